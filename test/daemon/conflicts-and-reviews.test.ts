import {expect, it} from 'vitest'
import {aPull} from '../model/builders.ts'
import {memoryWorld} from './memory.ts'

it('branches that conflict with main are shown with their paths, tried once for each pair of commits', async () => {
  const world = memoryWorld()
  world.github.openIssue(1)
  const tried: string[] = []
  const {conflictsWithMain} = world.git
  world.git.conflictsWithMain = async commit => {
    tried.push(commit)
    return conflictsWithMain(commit)
  }
  using life = await world.start()
  await life.api.pop({})
  await world.until(() => life.state().tickets[0]?.detail === 'bottled', 'it is bottled')
  const head = world.git.branches.get(life.state().tickets[0]!.branch!)!
  expect(life.state().conflicts).toEqual([])

  world.git.conflicts.set(head, ['src/routes.ts'])
  world.git.main.push('another commit on main')
  await life.api.refresh({})
  await world.until(() => life.state().conflicts.length === 1, 'the conflict is seen')
  expect(life.state().conflicts[0]).toMatchObject({ticket: 1, paths: ['src/routes.ts']})
  const before = tried.length
  await life.api.refresh({})
  await world.clock.advance(1000)
  expect(tried.length).toBe(before)
  expect(life.state().tickets[0]?.detail, 'it is only shown').toBe('bottled')
})

it('reviews are read of our own pull requests only, once for each change', async () => {
  const world = memoryWorld()
  world.github.openIssue(1)
  world.github.pulls.set(90, aPull(90))
  const asked: number[] = []
  world.github.review = async pull => {
    asked.push(pull)
    return 'changes'
  }
  using life = await world.start()
  await life.api.pop({})
  await world.until(() => life.state().tickets[0]?.detail === 'bottled', 'it is bottled')
  world.github.verdicts.set(world.git.branches.get(life.state().tickets[0]!.branch!)!, 'pending')
  await life.api.land({})
  await world.until(() => life.state().tickets[0]?.pull != null, 'it has a pull request')
  const own = life.state().tickets[0]!.pull!
  await life.api.refresh({})
  await world.until(() => life.state().pulls.find(({number}) => number === own)?.review === 'changes', 'it is shown')
  await life.api.refresh({})
  await world.clock.advance(1000)
  expect(asked).toEqual([own])
  expect(life.state().pulls.find(({number}) => number === 90)?.review).toBe('unknown')
  // What the look at all of them tells is not asked again.
  world.github.pulls.set(own, {...world.github.pulls.get(own)!, review: 'approved', updatedAt: 99})
  await life.api.refresh({})
  await world.until(() => life.state().pulls.find(({number}) => number === own)?.review === 'approved', 'it is told')
  expect(asked).toEqual([own])
})
