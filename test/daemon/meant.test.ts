import {describe, expect, it} from 'vitest'
import {meantBy} from '../../src/model/hub/meant.ts'
import {refusal} from '../git/setup.ts'
import {BY_HAND, type MemoryWorld, memoryWorld, type RunningDaemon} from './memory.ts'

const [CODE, AGAIN] = ['no-ticket', 'agent001 began #1 again by now: it was released and claimed once more']

/** Releases the first issue and claims it again; gives the row that was shown before. */
async function reclaimed(world: MemoryWorld, daemon: RunningDaemon) {
  const [shown] = daemon.state().tickets
  const meant = {ticket: 1, claim: shown!.claim}
  await daemon.api.reset({agent: 'agent001', meant})
  await world.clock.advance(1000)
  const begun = world.host.prompts.length
  await daemon.api.pop({issue: 1})
  await world.until(() => world.host.prompts.length > begun, 'the next agent works on it')
  return meant
}

async function working() {
  const world = memoryWorld({routing: {max_agents: 1}}, () => {})
  world.github.openIssue(1)
  const daemon = await world.start()
  await daemon.api.pop({issue: 1})
  await world.until(() => world.host.prompts.length === 1, 'it works')
  return {world, daemon}
}

describe('a request about an issue that was released and claimed again meanwhile', () => {
  it.each(['stopAgent', 'bottle', 'compact', 'clear'] as const)('does nothing: %s', async request => {
    const {world, daemon} = await working()
    using _daemon = daemon
    const meant = await reclaimed(world, daemon)
    const before = daemon.engine.state().tickets
    expect(await refusal(daemon.api[request]({agent: 'agent001', meant}))).toMatchObject({
      ...{code: CODE, message: AGAIN, kept: 'nothing was done'},
    })
    expect(daemon.engine.state().tickets).toEqual(before)
    expect(world.host.live()).toHaveLength(1)
  })

  it('does nothing: reset', async () => {
    const {world, daemon} = await working()
    using _daemon = daemon
    const meant = await reclaimed(world, daemon)
    expect(await refusal(daemon.api.reset({agent: 'agent001', meant}))).toMatchObject({
      code: 'not-resettable',
      message: '#1 was released and claimed once more since it was shown',
    })
    expect(world.host.live()).toHaveLength(1)
    const [row] = daemon.state().tickets
    await daemon.api.reset({agent: 'agent001', meant: {ticket: 1, claim: row!.claim}})
    expect(world.host.live()).toEqual([])
  })

  it('does nothing: send and answer', async () => {
    const {world, daemon} = await working()
    using _daemon = daemon
    const meant = await reclaimed(world, daemon)
    const {pane} = world.host.live()[0]!
    const id = world.host.ask(pane, {cwd: '/w', tool_name: 'Bash', tool_input: {command: 'npm install'}})
    const answer = {agent: 'agent001', id, answer: {kind: 'allow'}} as const
    expect(await refusal(daemon.api.answerAgent({...answer, meant}))).toMatchObject({code: CODE, message: AGAIN})
    expect(await refusal(daemon.api.send({to: 'agent001', text: 'Not that file.', meant}))).toMatchObject({
      ...{code: CODE, message: AGAIN, kept: 'the message was not sent'},
    })
    expect([world.hub.said, world.host.answers.size]).toEqual([[], 0])
    const now = meantBy(daemon.state().agents[0]!)
    await daemon.api.answerAgent({...answer, ...now})
    await daemon.api.send({to: 'agent001', text: 'That file.', ...now})
    expect([world.hub.said.length, world.host.answers.size]).toEqual([1, 1])
  })

  it('does nothing: land', async () => {
    const world = memoryWorld({routing: {max_agents: 1}})
    world.github.openIssue(1)
    using daemon = await world.start({mode: BY_HAND})
    const bottled = () => world.until(() => daemon.state().tickets[0]?.detail === 'bottled', 'it is bottled')
    await daemon.api.pop({issue: 1})
    await bottled()
    const {board} = await daemon.api.landPlan({})
    const tickets = board.map(({ticket, claim}) => ({ticket, claim}))
    await reclaimed(world, daemon)
    await bottled()
    expect(await refusal(daemon.api.land({tickets}))).toMatchObject({code: 'not-bottled', kept: 'nothing lands'})
    expect(daemon.state().tickets[0]?.detail).toBe('bottled')
  })
})

it('a request about an agent without a ticket does nothing to the ticket that it has by now', async () => {
  const {daemon} = await working()
  using _daemon = daemon
  const meant = {ticket: null, claim: null}
  expect(await refusal(daemon.api.stopAgent({agent: 'agent001', meant}))).toMatchObject({
    code: CODE,
    message: 'agent001 works on #1 by now, and had no ticket before',
  })
  expect(await refusal(daemon.api.send({to: 'agent001', text: 'Hello.', meant}))).toMatchObject({code: CODE})
})

it('an adopted claim is the one that was shown: a restart refuses nothing', async () => {
  const {world, daemon} = await working()
  const shown = meantBy(daemon.state().agents[0]!)
  daemon.kill()
  using next = await world.start()
  await world.until(() => next.state().agents[0]?.ticket === 1, 'it is taken up')
  expect(meantBy(next.state().agents[0]!)).toEqual(shown)
  await next.api.stopAgent({agent: 'agent001', ...shown})
})
