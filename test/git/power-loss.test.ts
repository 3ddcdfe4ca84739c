import {chmodSync, existsSync, readdirSync, readFileSync, truncateSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it, vi} from 'vitest'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import type {SampleRepository} from '../../fixtures/repos/sample.ts'
import {createSandbox, startTicket} from './setup.ts'

/** The file in which a clone keeps an object. */
async function objectFile(clone: SampleRepository, content: string): Promise<string> {
  await clone.write({'.content': content})
  const oid = await clone.git('hash-object', '-w', '.content')
  const file = join(clone.dir, '.git/objects', oid.slice(0, 2), oid.slice(2))
  chmodSync(file, 0o644)
  return file
}

describe('after a loss of power', () => {
  it.each([
    ['empty', (file: string) => truncateSync(file)],
    ['full of zeroes', (file: string) => writeFileSync(file, Buffer.alloc(40))],
  ])('a rescue has the files whose objects it left %s', async (_, damage) => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {path, branch, base, work} = await startTicket(repository, 1, clone)
    await work.write({'half.txt': 'half', 'other.txt': 'other'})
    for (const content of ['half', 'other']) damage(await objectFile(clone, content))
    const [ref] = await repository.removeWorktree({path, branch, landed: base})
    expect(await clone.git('cat-file', 'blob', `${ref}:half.txt`)).toBe('half')
    expect(await sandbox.remote('cat-file', 'blob', `${ref}:other.txt`)).toBe('other')
    expect(existsSync(path)).toBe(false)
    expect(readdirSync(join(clone.dir, '.git/clambake-damaged-objects'))).toHaveLength(2)
  })

  it('nothing is deleted whose rescue would not be whole', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {path, branch, work} = await startTicket(repository, 1, clone)
    await work.commitFile('done.txt', 'done')
    await work.commitFile('done.txt', 'done again')
    truncateSync(await objectFile(clone, 'done'))
    await expect(repository.removeWorktree({path, branch, landed: null})).rejects.toMatchObject({
      code: 'rescue-damaged',
    })
    expect(readFileSync(join(path, 'done.txt'), 'utf8')).toBe('done again')
    expect(await clone.resolve(`refs/heads/${branch}`)).not.toBe('')
  })
})

describe('a rescue', () => {
  /** A `sync` that notes what is there as it runs. */
  function fakeSync(folder: string, {watched, end}: {watched: string; end: string}): string {
    const noted = join(folder, 'noted')
    const program = join(folder, 'sync')
    writeFileSync(program, `#!/bin/sh\n{ echo "$@"; ls '${watched}'; } >> '${noted}'\n${end}\n`, {mode: 0o755})
    return noted
  }

  it('is on the disk before anything is deleted, and nothing is deleted where the disk does not take it', async () => {
    using folder = temporaryFolder()
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {path, branch, base, work} = await startTicket(repository, 1, clone)
    await work.write({'half.txt': 'half'})
    fakeSync(folder.path, {watched: path, end: "echo 'sync: error syncing: Input/output error' >&2; exit 1"})
    vi.stubEnv('PATH', `${folder.path}:${process.env.PATH}`)
    try {
      await expect(repository.removeWorktree({path, branch, landed: base})).rejects.toMatchObject({code: 'disk-broken'})
      expect(existsSync(join(path, 'half.txt'))).toBe(true)
      const noted = fakeSync(folder.path, {watched: path, end: 'exit 0'})
      await repository.removeWorktree({path, branch, landed: base})
      expect(readFileSync(noted, 'utf8')).toMatch(/half\.txt\n$/)
      expect(existsSync(path)).toBe(false)
    } finally {
      vi.unstubAllEnvs()
    }
  })
})
