import {expect, it} from 'vitest'
import {NO_TERMS} from '../../src/model/data/landing/terms.ts'
import {changed} from '../model/gate/readings.ts'
import {diligent, memoryWorld} from './memory.ts'

/** #1 is bottled and lands; agents work on #2, which changes cart.ts too, and on #3, which does not. */
async function landing(notifyAgents: boolean) {
  const world = memoryWorld({routing: {max_agents: 4}})
  const finish = diligent(world)
  world.host.play = (pane, text) => {
    if (pane.cwd.includes('issue-1')) finish(pane, text)
  }
  for (const number of [1, 2, 3]) world.github.openIssue(number)
  const gateFacts = world.git.gateFacts.bind(world.git)
  world.git.gateFacts = async asked => ({...(await gateFacts(asked)), changes: [changed('cart.ts'), changed('a`b.ts')]})
  world.git.changedPaths = async ({worktree}) => (worktree?.includes('issue-2') ? ['cart.ts', 'a`b.ts'] : ['other.ts'])
  const daemon = await world.start({mode: {routing: 'auto', landing: 'by hand'}})
  daemon.reconciler.start()
  const tickets = () => daemon.engine.state().tickets
  await world.until(
    () => tickets()[1]?.value === 'bottled' && [2, 3].every(issue => tickets()[issue]?.value === 'working'),
    'one is bottled, two are at work',
  )
  await daemon.api.land({terms: {...NO_TERMS, notifyAgents}})
  await world.until(() => world.github.issues.get(1)!.state === 'closed', 'it lands')
  return world
}

it('--notify-agents tells agents whose files the landed work touches, once, with the paths as data', async () => {
  const world = await landing(true)
  const notes = world.hub.said
  expect(notes.map(({from, ticket}) => [from, ticket])).toEqual([['clambake', 2]])
  expect(notes[0]?.text).toContain('Main moved: the work on #1 landed as')
  expect(notes[0]?.text).toContain('```\ncart.ts\na`b.ts\n```')
  await world.clock.advance(60_000)
  expect(world.hub.said).toHaveLength(1)
})

it('no agent is told where the landing does not ask for it', async () => {
  expect((await landing(false)).hub.said).toEqual([])
})
