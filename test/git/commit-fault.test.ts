import {existsSync} from 'node:fs'
import {chmod, mkdir, stat, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {run} from '../../src/base/run.ts'
import {commitFault} from '../../src/git/commits/commit-fault.ts'
import {createSandbox, type Sandbox} from './setup.ts'

async function place(sandbox: Sandbox) {
  const clone = await sandbox.clone()
  const objects = () => clone.git('count-objects', '-v')
  const before = await objects()
  return {
    clone,
    /** The fault as a person reads it; null: there is none. Nothing is written. */
    async fault() {
      const found = await commitFault({dir: clone.dir, env: clone.env})
      expect(await objects()).toBe(before)
      return found && `${found.message}\n${found.next}`
    },
  }
}

/** Comes with SSH, which a machine need not have. */
const hasKeygen = (process.env.PATH ?? '').split(':').some(folder => existsSync(join(folder, 'ssh-keygen')))

describe('whether agents can commit', () => {
  it('they can where git knows an author', async () => {
    await using sandbox = await createSandbox({})
    const {fault} = await place(sandbox)
    expect(await fault()).toBeNull()
  })

  it('they cannot without an author', async () => {
    await using sandbox = await createSandbox({})
    const {clone, fault} = await place(sandbox)
    await clone.git('config', '--unset-all', 'user.email')
    // Some machines have a name from which git would make an address.
    await clone.git('config', 'user.useConfigOnly', 'true')
    expect(await fault()).toMatch(/git knows no author.*\ngit config --global user\.name/)
  })

  it('they cannot where commits are to be signed with a key that is not there', async () => {
    await using sandbox = await createSandbox({})
    const {clone, fault} = await place(sandbox)
    await clone.git('config', 'commit.gpgSign', 'true')
    await clone.git('config', 'user.signingKey', '0000000000000000')
    expect(await fault()).toMatch(/signing fails.*\n.*commit\.gpgSign false/)
  })

  it.skipIf(!hasKeygen)(
    'they can where the key signs, and no program runs that an agent could have named',
    async () => {
      await using sandbox = await createSandbox({})
      const {clone, fault} = await place(sandbox)
      const key = join(sandbox.path, 'key')
      await run('ssh-keygen', {args: ['-q', '-t', 'ed25519', '-N', '', '-f', key], env: clone.env})
      const marker = join(sandbox.path, 'ran')
      const program = join(sandbox.path, 'bin/sign')
      await mkdir(join(sandbox.path, 'bin'))
      await writeFile(program, `#!/bin/sh\ntouch ${marker}\nexit 1\n`)
      await chmod(program, 0o755)
      for (const [name, value] of [
        ['commit.gpgSign', 'true'],
        ['gpg.format', 'ssh'],
        ['user.signingKey', key],
        ['gpg.ssh.program', program],
        ['gpg.program', program],
      ]) {
        await clone.git('config', name!, value!)
      }
      expect(await fault()).toBeNull()
      await expect(stat(marker)).rejects.toThrow()
    },
  )
})
