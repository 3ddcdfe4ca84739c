import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync} from 'node:fs'
import {utimes, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {createSandbox, refusal, startTicket} from './setup.ts'

/** A clone with a ticket, behind a remote that has moved on. */
async function setUp() {
  const sandbox = await createSandbox()
  const [clone, other] = [await sandbox.clone(), await sandbox.clone()]
  const repository = await sandbox.open(clone)
  const ticket = await startTicket(repository, 1, clone)
  await clone.git('pack-refs', '--all')
  const next = await other.commitFile('b.txt', 'b\n')
  await other.git('push', '--quiet', 'origin', 'main')
  const lock = async (name: string, made: Date) => {
    const file = join(repository.commonDir, name)
    await writeFile(file, '')
    await utimes(file, made, made)
    return file
  }
  return {clone, repository, ticket, next, lock, [Symbol.asyncDispose]: () => sandbox[Symbol.asyncDispose]()}
}

/** Git processes of other tests may live; none of them is as old. */
const LONG_AGO = new Date(0)

// Without /proc, no process can be proven dead.
describe.runIf(existsSync('/proc'))('a lock on refs that a killed git left behind', () => {
  it('goes, and the fetch that it stopped is done', async () => {
    await using at = await setUp()
    const lock = await at.lock('refs/remotes/origin/main.lock', LONG_AGO)
    expect(await at.repository.fetch()).toMatchObject({main: at.next})
    expect(existsSync(lock)).toBe(false)
  })

  it('on packed refs goes too, and the branch is deleted', async () => {
    await using at = await setUp()
    const lock = await at.lock('packed-refs.lock', LONG_AGO)
    const {path, branch} = at.ticket
    await at.repository.removeWorktree({path, branch, landed: null})
    expect(existsSync(lock)).toBe(false)
    expect(await at.clone.git('branch', '--list', branch)).toBe('')
  })

  it('stays while a git process lives that may have made it', async () => {
    await using at = await setUp()
    const holder = spawn('git', ['cat-file', '--batch'], {
      cwd: at.clone.dir,
      env: at.clone.env,
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    holder.stdin.write('HEAD\n')
    await once(holder.stdout, 'data')
    const lock = await at.lock('refs/remotes/origin/main.lock', new Date())
    const error = await refusal(at.repository.fetch())
    expect(error).toMatchObject({code: 'git-locked', message: expect.stringContaining('main.lock')})
    expect(existsSync(lock)).toBe(true)
    holder.stdin.end()
    await once(holder, 'exit')
  })
})
