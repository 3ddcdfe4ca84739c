import {expect, it} from 'vitest'
import type {SampleRepository} from '../../fixtures/repos/sample.ts'
import {createSandbox, startTicket} from './setup.ts'

it.each<[string, null | string, (work: SampleRepository) => Promise<unknown>]>([
  [
    'a commit that was reset away',
    null,
    async work => {
      await work.commitFile('gone.txt', 'only here')
      await work.git('reset', '--quiet', '--hard', 'HEAD~1')
    },
  ],
  [
    'a stash of new files alone',
    null,
    async work => {
      await work.write({'new.txt': 'only here'})
      await work.git('stash', 'push', '--quiet', '--include-untracked')
    },
  ],
  [
    'what was staged and then taken back in the file',
    null,
    async work => {
      await work.write({'a.txt': 'only staged\n'})
      await work.git('add', 'a.txt')
      await work.write({'a.txt': 'a\n'})
    },
  ],
  [
    'files that main has by now',
    'files',
    async work => {
      await work.write({'main.txt': 'main\n'})
    },
  ],
])('a rescue of %s is on main: %s', async (_, landed, make) => {
  await using sandbox = await createSandbox({'a.txt': 'a\n'})
  const clone = await sandbox.clone()
  const repository = await sandbox.open(clone)
  const {claim, work, path, branch} = await startTicket(repository, 1, clone)
  await make(work)
  await repository.removeWorktree({path, branch, landed: null})
  await repository.releaseClaim(claim)
  await clone.commitFile('main.txt', 'main\n')
  await clone.git('push', '--quiet', 'origin', 'main')
  const rescues = (await repository.orphans({dead: new Set(), all: true})).filter(({kind}) => kind === 'rescue')
  expect(rescues.map(found => found.landed)).toEqual([landed])
})
