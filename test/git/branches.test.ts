import {rename, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {createSandbox, refusal, startTicket} from './setup.ts'

describe('a diff', () => {
  it('is what a branch changed since it left main, and of a worktree also what is not committed', async () => {
    await using sandbox = await createSandbox({'a.txt': 'one\n'})
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {branch, path, work} = await startTicket(repository, 1, clone)
    await work.commitFile('b.txt', 'two\nthree\n')
    // Main went on meanwhile; that is no change of the branch.
    await clone.commitFile('main.txt', 'main\n')
    await clone.git('push', '--quiet', 'origin', 'main')
    await repository.fetch()
    await writeFile(join(path, 'a.txt'), 'changed\n')

    const committed = await repository.diff({branch, worktree: null})
    expect(committed).toMatchObject({files: [{path: 'b.txt', added: 2, removed: 0}], cut: false})
    expect(committed.text).toContain('+three')
    const live = await repository.diff({branch, worktree: path})
    expect(live.files.map(({path: name}) => name)).toEqual(['a.txt', 'b.txt'])
    expect((await refusal(repository.diff({branch: 'agent001/9-no', worktree: null}))).code).toBe('no-branch')
  })

  it('is cut at a line where it is too long to read', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {branch, work} = await startTicket(repository, 1, clone)
    await work.commitFile('long.txt', 'line\n'.repeat(100_000))
    const {text, cut} = await repository.diff({branch, worktree: null})
    expect(cut).toBe(true)
    expect(text.length).toBeLessThanOrEqual(400_000)
    expect(text.endsWith('+line')).toBe(true)
  })
})

describe('publishing a branch', () => {
  it('only ever adds to what the remote has', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    await clone.git('switch', '--quiet', '-c', 'work-1')
    const first = await clone.commitFile('a.txt', 'a')
    expect(await repository.publishBranch('work-1')).toEqual({head: first, pushed: true})
    expect(await repository.publishBranch('work-1')).toEqual({head: first, pushed: false})

    const other = await sandbox.clone()
    await other.git('switch', '--quiet', 'work-1')
    const ahead = await other.commitFile('b.txt', 'b')
    await other.git('push', '--quiet', 'origin', 'work-1')
    expect(await repository.publishBranch('work-1')).toEqual({head: ahead, pushed: false})

    await clone.commitFile('c.txt', 'c')
    expect((await refusal(repository.publishBranch('work-1'))).code).toBe('branch-moved')
    expect(await repository.remoteHead('work-1')).toBe(ahead)
  })

  it('takes from its messages what GitHub would act on', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    await clone.git('switch', '--quiet', '-c', 'work-1')
    await clone.commit({message: 'Closes #1 for @ada', files: {'a.txt': 'a'}})
    const {head} = await repository.publishBranch('work-1')
    expect(await repository.remoteHead('work-1')).toBe(head)
    expect(await clone.resolve('work-1')).toBe(head)
    expect(await clone.git('log', '-1', '--format=%s', head)).not.toMatch(/closes #1|@ada/i)
    expect(await repository.publishBranch('work-1')).toEqual({head, pushed: false})
  })

  it('knows work that a squash merge brought to main', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    await clone.git('switch', '--quiet', '-c', 'work-1')
    const head = await clone.commitFile('a.txt', 'a')
    const landed = async () => (await repository.orphans({dead: new Set()})).map(orphan => [orphan.head, orphan.landed])
    expect(await landed()).toEqual([[head, null]])
    await clone.git('switch', '--quiet', 'main')
    await clone.git('merge', '--quiet', '--squash', 'work-1')
    await clone.git('commit', '--quiet', '-m', 'Squashed')
    await clone.git('push', '--quiet', 'origin', 'main')
    await repository.fetch()
    expect(await landed()).toEqual([[head, 'files']])
  })
})

it('compares the files of two commits, and fetches only those that are not here', async () => {
  await using sandbox = await createSandbox()
  const [clone, other] = [await sandbox.clone(), await sandbox.clone()]
  const repository = await sandbox.open(clone)
  const base = await clone.resolve('HEAD')
  const changed = await other.commitFile('a.txt', 'a')
  await other.git('rm', '--quiet', 'a.txt')
  const changedBack = await other.commit({message: 'Back', files: {}})
  await other.git('push', '--quiet', 'origin', 'HEAD:work-1')
  expect(await repository.sameTree(base, changed)).toBe(false)
  await rename(join(sandbox.path, 'remote.git'), join(sandbox.path, 'away.git'))
  expect(await repository.sameTree(base, changedBack)).toBe(true)
  expect((await refusal(repository.sameTree(base, 'a'.repeat(40)))).code).toBe('remote-gone')
})
