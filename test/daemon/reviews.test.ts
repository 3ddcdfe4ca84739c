import {expect, it} from 'vitest'
import type {Work} from '../../src/model/gateways/git.ts'
import {aPull} from '../model/builders.ts'
import {AT_ONCE, memoryWorld} from './memory.ts'

it('reviews are read only for pull requests of tickets, once for each change', async () => {
  const world = memoryWorld()
  world.github.openIssue(1)
  world.github.pulls.set(90, aPull(90))
  const asked: number[] = []
  world.github.review = async pull => {
    asked.push(pull)
    return 'changes'
  }
  using daemon = await world.start()
  await daemon.api.pop({})
  await world.until(() => daemon.state().tickets[0]?.detail === 'bottled', 'it is bottled')
  world.github.verdicts.set(world.git.branches.get(daemon.state().tickets[0]!.branch!)!, 'pending')
  await daemon.api.land({})
  await world.until(() => daemon.state().tickets[0]?.pull != null, 'it has a pull request')
  const own = daemon.state().tickets[0]!.pull!
  await daemon.api.refresh({})
  await world.until(() => daemon.state().pulls.find(({number}) => number === own)?.review === 'changes', 'it is shown')
  await daemon.api.refresh({})
  await world.clock.advance(1000)
  expect(asked).toEqual([own])
  expect(daemon.state().pulls.find(({number}) => number === 90)?.review).toBe('unknown')
  // A decision that the list shows is not read again.
  world.github.pulls.set(own, {...world.github.pulls.get(own)!, review: 'approved', updatedAt: 99})
  await daemon.api.refresh({})
  await world.until(
    () => daemon.state().pulls.find(({number}) => number === own)?.review === 'approved',
    'the list shows it',
  )
  expect(asked).toEqual([own])
})

it('the pull request of a bundle shows what reviewers decided, too', async () => {
  const world = memoryWorld({routing: {max_agents: 2}})
  for (const number of [1, 2]) world.github.openIssue(number)
  world.github.review = async () => 'changes'
  using daemon = await world.start({mode: {routing: 'auto', landing: 'by hand'}})
  daemon.reconciler.start()
  await world.until(() => daemon.state().header.aboard === 2, 'both are bottled')
  world.github.judge = () => 'pending'
  await daemon.api.land({})
  await world.until(() => daemon.state().header.train.pulls.length === 1, 'the bundle has a pull request')
  const [own] = daemon.state().header.train.pulls
  await daemon.api.refresh({})
  await world.until(() => daemon.state().pulls.find(({number}) => number === own)?.review === 'changes', 'it is shown')
})

it('the changes of landed work are found by the commit on main, also after a restart', async () => {
  const world = memoryWorld({routing: {max_agents: 1}})
  world.github.openIssue(1)
  const asked: Work[] = []
  world.git.changesOf = async work => {
    asked.push(work)
    return {base: '', head: '', files: [], unlisted: 0}
  }
  const daemon = await world.start({mode: AT_ONCE})
  daemon.reconciler.start()
  await world.until(() => daemon.state().tickets[0]?.phase === 'merged', 'it has landed')
  await daemon.api.changes({of: {ticket: 1}})
  const merge = world.git.main.at(-1)
  expect(asked.at(-1)).toMatchObject({worktree: null, merge})
  daemon.kill()
  using again = await world.start()
  await again.api.changes({of: {ticket: 1}})
  expect(asked.at(-1)).toMatchObject({worktree: null, merge})
})

it('the changes of a pull request of a person are found by its commit', async () => {
  const world = memoryWorld()
  world.github.pulls.set(90, aPull(90))
  const asked: Work[] = []
  world.git.changesOf = async work => {
    asked.push(work)
    return {base: '', head: '', files: [], unlisted: 0}
  }
  using daemon = await world.start()
  await daemon.api.refresh({})
  await daemon.api.changes({of: {pull: 90}})
  expect(asked).toMatchObject([{worktree: null, commit: aPull(90).head.sha, pull: 90}])
})
