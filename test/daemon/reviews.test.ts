import {expect, it} from 'vitest'
import {aPull} from '../model/builders.ts'
import {memoryWorld} from './memory.ts'

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
