import {chmod, rename, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {createSandbox, refusal, startTicket} from './setup.ts'

describe('the changes of work', () => {
  it('are files with what is not committed, marked as such, and their lines on demand; the worktree is not touched', async () => {
    const eight = Array.from({length: 8}, (_, index) => `line ${index + 1}\n`).join('')
    await using sandbox = await createSandbox({'a.ts': eight, 'old name.ts': eight, 'run.sh': 'x\n', 'big.txt': 'x\n'})
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {branch, path, work} = await startTicket(repository, 1, clone)
    await work.commitFile('a.ts', eight.replace('line 4', 'changed'))
    await rename(join(path, 'old name.ts'), join(path, 'new name.ts'))
    await chmod(join(path, 'run.sh'), 0o755)
    await writeFile(join(path, 'big.txt'), `${'y'.repeat(1_100_000)}\n`)
    await writeFile(join(path, 'logo.bin'), Buffer.from([0, 1, 2]))
    await writeFile(join(path, ':(top)*'), 'odd name\n')
    const status = await work.git('status', '--porcelain')

    const seen = await repository.changesOf({branch, worktree: path})
    expect(
      seen.files.map(({path: name, from, status: how, kind, mode, uncommitted}) => [
        name,
        from,
        how,
        kind,
        mode?.to ?? null,
        uncommitted,
      ]),
    ).toEqual([
      [':(top)*', null, 'added', 'text', null, true],
      ['a.ts', null, 'modified', 'text', null, false],
      ['big.txt', null, 'modified', 'large', null, true],
      ['logo.bin', null, 'added', 'binary', null, true],
      ['new name.ts', 'old name.ts', 'renamed', 'text', null, true],
      ['run.sh', null, 'modified', 'text', '100755', true],
    ])
    expect(seen).toMatchObject({unlisted: 0, base: expect.stringMatching(/^[0-9a-f]{40}$/)})
    expect(await work.git('status', '--porcelain')).toBe(status)

    const {hunks} = await repository.fileDiff({branch, worktree: path}, {path: 'a.ts', from: null})
    expect(hunks[0]?.lines.filter(({sign}) => sign !== ' ')).toEqual([
      {sign: '-', old: 4, new: null, text: 'line 4'},
      {sign: '+', old: null, new: 4, text: 'changed'},
    ])
    const odd = await repository.fileDiff({branch, worktree: path}, {path: ':(top)*', from: null})
    expect(odd.hunks.flatMap(({lines}) => lines.map(({text}) => text))).toEqual(['odd name'])
    const asked = [
      {path: 'a.ts', side: 'new'},
      {path: 'a.ts', side: 'old'},
      {path: 'gone', side: 'new'},
    ] as const
    const [now, before, gone] = await repository.linesOf({branch, worktree: path}, asked)
    expect([now?.[3], before?.[3], gone]).toEqual(['changed', 'line 4', null])
  })

  it('of a file that was too large, and is not any more, are counted and not read', async () => {
    await using sandbox = await createSandbox({'was\nbig.txt': 'y\n'.repeat(600_000), 'a.txt': 'a\n'})
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {branch, path, work} = await startTicket(repository, 1, clone)
    await work.commitFile('was\nbig.txt', 'small\n')
    expect(await repository.fileDiff({branch, worktree: path}, {path: 'was\nbig.txt', from: null})).toEqual({
      hunks: [],
      cut: 600_001,
    })
    const asked = [
      {path: 'was\nbig.txt', side: 'old'},
      {path: 'was\nbig.txt', side: 'new'},
      {path: 'none', side: 'new'},
    ] as const
    expect(await repository.linesOf({branch, worktree: path}, asked)).toEqual([null, ['small'], null])
  })

  it('are those of landed work, whose branch is gone: by its commits, or by what main got', async () => {
    await using sandbox = await createSandbox({'a.ts': 'one\ntwo\n', 'b.ts': 'b\n'})
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {branch, path, work} = await startTicket(repository, 1, clone)
    await work.commitFile('a.ts', 'one\n2\n')
    const head = await work.commitFile('c.ts', 'new\n')
    // Others land first, then the work as one commit.
    await clone.commitFile('b.ts', 'changed\n')
    const tree = (await clone.git('merge-tree', '--write-tree', 'HEAD', head)).trim()
    const merge = (await clone.git('commit-tree', tree, '-p', 'HEAD', '-m', 'squashed')).trim()
    await clone.git('push', '--quiet', 'origin', `${merge}:refs/heads/main`)
    await repository.fetch()
    await clone.git('worktree', 'remove', '--force', path)
    await clone.git('update-ref', '-d', `refs/heads/${branch}`)
    const paths = async (commit: string | undefined) =>
      (await repository.changesOf({branch, worktree: null, merge, commit})).files.map(file => file.path)
    expect(await paths(head)).toEqual(['a.ts', 'c.ts'])
    expect(await paths(undefined)).toEqual(['a.ts', 'c.ts'])
    expect(await paths('f'.repeat(40))).toEqual(['a.ts', 'c.ts'])
    const diff = await repository.fileDiff({branch, worktree: null, merge}, {path: 'a.ts', from: null})
    const changed = diff.hunks.flatMap(({lines}) => lines.filter(({sign}) => sign !== ' ').map(({text}) => text))
    expect(changed).toEqual(['two', '2'])
  })

  it("are those of a person's pull request, fetched from a fork where no branch has them", async () => {
    await using sandbox = await createSandbox({'a.ts': 'one\n'})
    const person = await sandbox.clone()
    const commit = await person.commitFile('a.ts', 'two\n')
    await person.git('push', '--quiet', 'origin', `${commit}:refs/pull/9/head`)
    const repository = await sandbox.open(await sandbox.clone())
    const work = {branch: 'patch-1', worktree: null, commit}
    expect((await refusal(repository.changesOf(work))).code).toBe('no-branch')
    expect((await repository.changesOf({...work, pull: 9})).files.map(({path}) => path)).toEqual(['a.ts'])
    expect((await refusal(repository.changesOf({...work, commit: 'e'.repeat(40), pull: 9}))).code).toBe('no-branch')
  })

  it('are told by the commits that wrote their lines, and only by those of the range', async () => {
    await using sandbox = await createSandbox({'a.ts': 'one\ntwo\nthree\nfour\n'})
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {work} = await startTicket(repository, 1, clone)
    const base = await work.git('rev-parse', 'HEAD')
    const first = await work.commitFile('a.ts', 'ONE\ntwo\nthree\nfour\n')
    const commit = await work.commitFile('a.ts', 'ONE\ntwo\nTHREE\nfour\n')
    const places = [
      {path: 'a.ts', from: 1, to: 3},
      {path: 'a.ts', from: 3, to: 3},
      {path: 'a.ts', from: 2, to: 2},
      {path: 'a.ts', from: 90, to: 91},
      {path: '--gone', from: 1, to: 1},
    ]
    expect(await repository.whoWrote({base, commit}, places)).toEqual([[first, commit], [commit], [], [], []])
  })

  it('of a branch are its commits; of a commit that no fetch brought, where to look', async () => {
    await using sandbox = await createSandbox({'a.ts': 'one\n'})
    const clone = await sandbox.clone()
    const repository = await sandbox.open(clone)
    const {branch, path, work} = await startTicket(repository, 1, clone)
    const head = await work.commitFile('b.ts', 'two\n')
    await writeFile(join(path, 'c.ts'), 'three\n')
    expect((await repository.changesOf({branch, worktree: null})).files.map(file => file.path)).toEqual(['b.ts'])
    expect((await repository.changesOf({branch: 'no', worktree: null, commit: head})).head).toBe(head)
    const missing = repository.changesOf({branch: 'theirs', worktree: null, commit: 'a'.repeat(40)})
    expect(await refusal(missing)).toMatchObject({code: 'no-branch', next: expect.stringContaining('GitHub')})
  })
})
