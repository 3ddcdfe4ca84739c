import {readFile, readlink} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import type {SampleRepository} from '../../fixtures/repos/sample.ts'
import {run} from '../../src/base/run.ts'
import type {OpenOptions, Repository} from '../../src/git/repository.ts'
import {agentIn, createSandbox, refusal, type Sandbox, startTicket, type Ticket} from '../git/setup.ts'
import {KINDS, type Kind} from './repositories.ts'

/** What every agent writes besides what its kind of repository is about. */
const WORK = {'work/start.txt': 'start\n', 'work/größe 1.txt': 'ü\n'}
const HALF = {'work/half.txt': 'half of it\n', 'README.md': '# Changed, not committed\n'}
const SHORT = ['plain', 'line ends by attributes', 'a repository within the worktree', 'hooks that fail']
const names = process.env.CLAMBAKE_CHAOS === 'all' ? Object.keys(KINDS) : SHORT

/** The agent's git, with the identity that its environment gives it. */
function agentGit({path}: Ticket, sandbox: Sandbox) {
  const who = {GIT_AUTHOR_NAME: 'agent001', GIT_AUTHOR_EMAIL: 'agent001@example.test'}
  const committer = {GIT_COMMITTER_NAME: 'agent001', GIT_COMMITTER_EMAIL: 'agent001@example.test'}
  const env = {...sandbox.env, ...who, ...committer, GIT_DIR: undefined}
  return async (...args: string[]) => (await run('git', {args, cwd: path, env})).stdout
}

/** The bytes of a file or link as they are on the disk. */
async function onDisk(path: string, file: string): Promise<string> {
  const at = join(path, file)
  try {
    return await readlink(at)
  } catch {
    return (await readFile(at)).toString('latin1')
  }
}

/** Every file that a commit and the refs of nested repositories hold, by its bytes. */
async function contentOf(clone: SampleRepository, refs: readonly string[]): Promise<Set<string>> {
  const found = new Set<string>()
  for (const ref of refs) {
    const list = (await clone.git('ls-tree', '-r', '-z', ref)).split('\0').filter(Boolean)
    for (const line of list) {
      const [, type, oid] = line.split('\t')[0]!.split(' ')
      if (type !== 'blob') continue
      const {stdout} = await run('git', {
        args: ['-C', clone.dir, 'cat-file', 'blob', oid!],
        env: clone.env,
      })
      found.add(stdout)
    }
  }
  return found
}

/** What the shape of a clone says on how it is opened. */
type Opening = Partial<OpenOptions> & {dir?: string}

async function open({clone: make, shape}: Kind, sandbox: Sandbox) {
  const made = await (make ?? (box => box.clone()))(sandbox)
  const {dir, ...options}: Opening = (await shape?.(sandbox, made)) ?? {}
  const clone = dir === undefined ? made : {...made, dir, git: (...args: string[]) => at(made, dir, args)}
  return {clone, open: () => sandbox.open(clone, options)}
}

async function at(clone: SampleRepository, dir: string, args: readonly string[]): Promise<string> {
  return (await run('git', {args: [...args], cwd: dir, env: clone.env})).stdout
}

/** Brings a pushed branch onto main as a merge on GitHub does. */
async function land(sandbox: Sandbox, branch: string): Promise<void> {
  await sandbox.remote('update-ref', 'refs/heads/main', `refs/heads/${branch}`)
}

/** What an agent wrote and did not commit is in the rescue, to the byte. */
async function expectRescued(repository: Repository, clone: SampleRepository, {path}: Ticket): Promise<void> {
  const {ref, nested} = await repository.rescue({worktree: path, reason: 'a test'})
  const kept = await contentOf({...clone, dir: repository.root}, [ref])
  for (const file of Object.keys(HALF)) {
    expect([...kept], file).toContain((await onDisk(path, file)).replace(/\n$/, ''))
  }
  if (await onDisk(path, 'vendor/nested/.git/HEAD').catch(() => null)) expect(nested).not.toEqual([])
}

describe.each(names)('a ticket in a repository with: %s', name => {
  const kind = KINDS[name]!

  it('lands or is refused truthfully, and no byte of it is lost', {timeout: 600_000}, async () => {
    await using sandbox = await createSandbox({'README.md': '# Sample\n', ...kind.files})
    const place = await open(kind, sandbox)
    if (kind.refused?.when === 'open') {
      const error = await refusal(place.open())
      expect(error).toMatchObject({code: kind.refused.code, next: expect.stringMatching(/./)})
      return
    }
    const {clone} = place
    const repository = await place.open()
    const ticket = await startTicket(repository, 1, clone)
    const {path, branch, claim} = ticket
    await kind.meanwhile?.(sandbox, clone, path)
    const git = agentGit(ticket, sandbox)
    const work = agentIn(path, clone)
    await work.write({...WORK, ...kind.writes})
    await git('add', '--all', '--', 'work', 'README.md', ...Object.keys(kind.writes ?? {}))
    await git('commit', '--quiet', ...(kind.commit ?? []), '-m', 'Work')
    const before = new Map<string, string>()
    for (const file of Object.keys({...WORK, ...kind.writes})) before.set(file, await git('rev-parse', `HEAD:${file}`))

    // It is half done with the rest when everything is killed.
    await work.write(HALF)
    await expectRescued(repository, clone, ticket)
    await git('add', '--all')
    await git('commit', '--quiet', ...(kind.commit ?? []), '-m', 'The rest')
    const head = await git('rev-parse', 'HEAD')
    const inspected = await repository.inspect(path)
    expect(inspected).toMatchObject({head, branch})
    expect(inspected.dirty.filter(file => !file.startsWith('vendor'))).toEqual([])

    const push = repository.pushWork({worktree: path, claim, head, patch: {phase: 'review'}})
    if (kind.refused) {
      expect(await refusal(push)).toMatchObject({code: kind.refused.code})
      expect(await git('rev-parse', 'HEAD')).toBe(head)
      return
    }
    const pushed = await push
    expect(await repository.remoteHead(branch)).toBe(pushed.record.head)

    // Main moves on, and the branch follows it.
    const other = await sandbox.clone('other')
    await other.commitFile('beside.txt', 'beside\n')
    await other.git('push', '--quiet', 'origin', 'HEAD:main')
    await repository.fetch()
    const updated = await repository.bringUpToDate({worktree: path, branch, head: pushed.record.head!, linear: false})
    if (!('head' in updated)) throw new Error(`it conflicts in ${updated.conflicts.join(', ')}`)
    const again = await repository.pushWork({worktree: path, claim: pushed, head: updated.head, patch: {}})
    await land(sandbox, branch)
    await repository.fetch()
    expect(await repository.isOnMain(again.record.head!)).toBe(true)
    await repository.removeWorktree({path, branch, landed: again.record.head!})
    await repository.deleteRemoteBranch(branch, again.record.head!)
    await repository.releaseClaim(again)

    for (const [file, oid] of before) expect(await sandbox.remote('rev-parse', `main:${file}`), file).toBe(oid)
    expect(await sandbox.remote('rev-parse', 'main:work/half.txt')).toMatch(/^[0-9a-f]{40}$/)
    expect((await repository.worktrees()).map(worktree => worktree.path)).toEqual([])
    expect(await sandbox.remoteRefs('refs/heads')).toEqual(['refs/heads/main'])
    if (name !== 'a shallow clone') expect(await repository.lostCommits()).toEqual([])
  })
})
