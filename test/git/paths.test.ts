import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {createSandbox, refusal, startTicket} from './setup.ts'

describe('paths', () => {
  it('of main are all its files, as of the last fetch', async () => {
    await using sandbox = await createSandbox({'a.txt': 'a', 'src/b c.ts': 'b', 'src/ä.ts': 'ä'})
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    await clone.commitFile('later.txt', 'not pushed')
    expect(await repository.mainFiles()).toEqual(['a.txt', 'src/b c.ts', 'src/ä.ts'])
  })

  it('of what landed are listed by title, merge commits with all they brought, nothing without a number', async () => {
    await using sandbox = await createSandbox()
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const commit = (files: readonly string[], message: string) =>
      clone.commit({message, files: Object.fromEntries(files.map(file => [file, message]))})
    await commit(['plain.txt'], 'No number here')
    await commit(['a.txt', 'b c.txt'], 'Round totals (#12)')
    await clone.git('switch', '--quiet', '-c', 'side')
    await commit(['side.txt'], 'first step')
    await commit(['other.txt'], 'second step')
    await clone.git('switch', '--quiet', 'main')
    const merge = ['--message', 'Merge pull request #15 from ada/side', '--message', 'Limit searches']
    await clone.git('merge', '--quiet', '--no-ff', ...merge, 'side')
    await clone.git('push', '--quiet', 'origin', 'main')
    await repository.fetch()
    expect(await repository.mergedPaths(50)).toEqual([
      {title: 'Limit searches', paths: ['other.txt', 'side.txt']},
      {title: 'Round totals', paths: ['a.txt', 'b c.txt']},
    ])
    expect(await repository.mergedPaths(1)).toHaveLength(1)
  })

  it('that a worktree changes are those of its commits, its edits and its new files; of a branch its commits', async () => {
    await using sandbox = await createSandbox({'a.txt': 'one\n', 'gone.txt': 'x\n'})
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {branch, path, work} = await startTicket(repository, 1, clone)
    await work.commitFile('b.txt', 'two\n')
    await clone.commitFile('main.txt', 'main\n')
    await clone.git('push', '--quiet', 'origin', 'main')
    await repository.fetch()
    await writeFile(join(path, 'a.txt'), 'changed\n')
    await writeFile(join(path, 'new.txt'), 'new\n')
    expect(await repository.changedPaths({branch, worktree: null})).toEqual(['b.txt'])
    expect(await repository.changedPaths({branch, worktree: path})).toEqual(['a.txt', 'b.txt', 'new.txt'])
    expect((await refusal(repository.changedPaths({branch: 'no', worktree: null}))).code).toBe('no-branch')
  })

  it('count once what is committed and edited again, taken back or only off the index, also when main moves', async () => {
    const files = {'back.txt': 'one\n', 'index.txt': 'one\n', 'main.txt': 'one\n', 'twice.txt': 'one\n'}
    await using sandbox = await createSandbox(files)
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {branch, path, work} = await startTicket(repository, 1, clone)
    const changed = () => repository.changedPaths({branch, worktree: path})
    expect(await changed()).toEqual([])
    await work.commitFile('twice.txt', 'two\n')
    await work.commitFile('back.txt', 'two\n')
    await writeFile(join(path, 'twice.txt'), 'three\n')
    await writeFile(join(path, 'back.txt'), 'one\n')
    await work.git('rm', '--quiet', '--cached', 'index.txt')
    expect(await changed()).toEqual(['back.txt', 'index.txt', 'twice.txt'])
    await work.git('reset', '--hard', '--quiet')
    expect(await changed()).toEqual(['back.txt', 'twice.txt'])
    await clone.git('push', '--quiet', 'origin', `${await work.commitFile('main.txt', 'two\n')}:refs/heads/main`)
    await work.commitFile('new.txt', 'new\n')
    expect(await changed()).toEqual(['back.txt', 'main.txt', 'new.txt', 'twice.txt'])
    await repository.fetch()
    expect(await changed()).toEqual(['new.txt'])
  })
})
