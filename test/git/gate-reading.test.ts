import {rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {createSandbox, startTicket} from './setup.ts'

const LINES = 'line\n'.repeat(20)

it('tells how a head differs from main: moved, deleted, emptied and protected files by their names', async () => {
  await using sandbox = await createSandbox({
    'a.txt': LINES,
    'old/b.txt': `${LINES}b\n`,
    'gone.txt': 'x\n',
    'test/empty.test.ts': LINES,
  })
  const clone = await sandbox.clone()
  const repository = await sandbox.open(clone)
  const {path, work} = await startTicket(repository, 1, clone)
  await rm(join(path, 'gone.txt'))
  await writeFile(join(path, 'test/empty.test.ts'), '\n \n')
  await work.git('mv', 'old/b.txt', 'b.txt')
  await work.git('add', '-A')
  const head = await work.commitFile('.github/workflows/ci.yml', 'on: push\n')
  const {base, changes, conflicts} = await repository.gateFacts({head, conflicts: false, fresh: true})
  expect(base).toMatchObject({contained: true, hasWorkflows: true})
  expect(conflicts).toEqual([])
  expect(changes).toEqual([
    {path: '.github/workflows/ci.yml', from: null, kind: 'added', left: 1, removed: 0},
    {path: 'b.txt', from: 'old/b.txt', kind: 'modified', left: 1, removed: 0},
    {path: 'gone.txt', from: null, kind: 'deleted', left: 1, removed: 1},
    {path: 'test/empty.test.ts', from: null, kind: 'modified', left: 0, removed: 20},
  ])
})

it('tells that main moved on, and the files that conflict where it is asked', async () => {
  await using sandbox = await createSandbox({'a.txt': 'one\n'})
  const clone = await sandbox.clone()
  const repository = await sandbox.open(clone)
  const {work} = await startTicket(repository, 1, clone)
  const head = await work.commitFile('a.txt', 'two\n')
  expect(await repository.gateFacts({head, conflicts: false, fresh: true})).toMatchObject({base: {contained: true}})
  const main = await clone.commitFile('a.txt', 'three\n')
  await clone.git('push', '--quiet', 'origin', 'main')
  const moved = await repository.gateFacts({head, conflicts: true, fresh: true})
  expect(moved).toMatchObject({base: {tip: main, contained: false}, conflicts: ['a.txt']})
})

it('says nothing of a head that is not here', async () => {
  await using sandbox = await createSandbox()
  const repository = await sandbox.open(await sandbox.clone())
  const facts = await repository.gateFacts({head: 'e'.repeat(40), conflicts: true, fresh: true})
  expect(facts).toEqual({base: null, changes: null, conflicts: [], rewrite: null})
})

it('makes the commits again on top of main where the history has to be linear', async () => {
  await using sandbox = await createSandbox({'a.txt': 'one\n'})
  const clone = await sandbox.clone()
  const repository = await sandbox.open(clone)
  const {path, branch, work} = await startTicket(repository, 1, clone)
  await work.commitFile('b.txt', 'b\n', 'First')
  const head = await work.commitFile('c.txt', 'c\n', 'Second')
  const main = await clone.commitFile('a.txt', 'two\n')
  await clone.git('push', '--quiet', 'origin', 'main')
  const updated = await repository.bringUpToDate({worktree: path, branch, head, linear: true})
  expect(updated).toEqual({head: await work.resolve('HEAD')})
  const log = await work.git('log', '--format=%s', '--no-merges', `${main}..HEAD`)
  expect(log.split('\n')).toEqual(['Second', 'First'])
  expect(await work.git('status', '--porcelain')).toBe('')
  expect(await work.git('show', 'HEAD:a.txt')).toBe('two')
})
