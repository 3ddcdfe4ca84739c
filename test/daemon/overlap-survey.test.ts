import {expect, it} from 'vitest'
import {worktreePath} from '../../src/tickets/handlers.ts'
import {memoryWorld} from './memory.ts'

it('paths that a running agent changes hold back issues that likely touch them, until it is done', async () => {
  const world = memoryWorld({routing: {max_agents: 3}}, () => {})
  world.git.files.push('src/cart.ts', 'src/login.ts')
  world.git.merged.push({title: 'Cart totals are wrong', paths: ['src/cart.ts']})
  world.github.openIssue(1)
  world.github.openIssue(2, {title: 'Cart totals look wrong', createdAt: 2})
  world.github.openIssue(3, {body: 'in src/login.ts', createdAt: 3})
  using daemon = await world.start()
  const worktree = worktreePath({root: world.git.root, config: world.config, issue: 1})
  world.git.changes.set(worktree, ['src/cart.ts', 'src/new.ts'])
  await daemon.api.pop({issue: 1})
  await daemon.api.refresh({})
  await world.until(() => daemon.engine.state().changes[1]?.length === 2, 'what it changes is seen')

  expect(await daemon.api.pop({}), 'the next that does not touch it').toMatchObject({ticket: 3})
  await daemon.api.stopAgent({agent: 'agent001'})
  expect(await daemon.api.pop({})).toMatchObject({ticket: 2})
})

it('main is read once for each of its commits, and not at all with avoid_overlap off', async () => {
  for (const [avoid, asked] of [
    [true, 2],
    [false, 0],
  ] as const) {
    const world = memoryWorld({routing: {avoid_overlap: avoid}}, () => {})
    let surveys = 0
    world.git.mainFiles = async () => {
      surveys++
      return []
    }
    using daemon = await world.start()
    for (let look = 0; look < 3; look++) {
      await daemon.api.refresh({})
      await world.clock.advance(1)
    }
    world.git.main.push('another commit on main')
    await daemon.api.refresh({})
    await world.clock.advance(1)
    expect(surveys).toBe(asked)
  }
})
