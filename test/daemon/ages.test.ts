import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {enteredStateAt} from '../../src/daemon/agents/entered-state.ts'
import type {AgentReport} from '../../src/model/core/facts.ts'
import {type MemoryWorld, memoryWorld, type RunningDaemon} from './memory.ts'

const INSTALL = {cwd: '/w', tool_name: 'Bash', tool_input: {command: 'npm install left-pad'}}
const MINUTE = 60_000

/** A daemon with one agent that has worked for seven minutes. */
async function working() {
  const world = memoryWorld({}, () => {})
  world.github.openIssue(1)
  const daemon = await world.start()
  await daemon.api.pop({})
  await world.until(() => world.host.prompts.length === 1, 'it works')
  const [pane] = world.host.live()
  await world.clock.advance(7 * MINUTE)
  return {world, daemon, pane: pane!.pane}
}

const agesOf = (daemon: RunningDaemon) => {
  const {agents, tickets} = daemon.state()
  const agent = agents[0]!
  return {agent: [agent.state, agent.since], ticket: [tickets[0]!.phase, tickets[0]!.since]}
}

async function restarted({world, daemon}: {world: MemoryWorld; daemon: RunningDaemon}): Promise<RunningDaemon> {
  daemon.kill()
  await world.clock.advance(11 * MINUTE)
  return world.start()
}

describe('since when an agent and its ticket are as they are', () => {
  it('is the same after a restart of the daemon while the agent works', async () => {
    const run = await working()
    const before = agesOf(run.daemon)
    expect(before.agent[0]).toBe('working')
    using daemon = await restarted(run)
    expect(agesOf(daemon)).toEqual(before)
  })

  it('is the same after a restart while the agent asks, and after it got its answer', async () => {
    const run = await working()
    run.world.host.ask(run.pane, INSTALL)
    const asking = agesOf(run.daemon)
    expect(asking.agent[0]).toBe('waiting')
    await run.world.clock.advance(3 * MINUTE)
    const daemon = await restarted(run)
    expect(agesOf(daemon)).toEqual(asking)
    run.world.host.say(run.pane, 'PostToolUse')
    await run.world.clock.advance(MINUTE)
    run.world.host.say(run.pane, 'PreToolUse', {tool_name: 'Read', tool_input: {file_path: 'a.ts'}})
    const after = agesOf(daemon)
    expect(after.agent[0]).toBe('working')
    using again = await restarted({world: run.world, daemon})
    expect(agesOf(again)).toEqual(after)
  })

  it('is the same after a restart once its work is bottled, or it is blocked', async () => {
    const run = await working()
    run.world.git.commit(run.world.host.live()[0]!.cwd, 'work')
    run.world.host.say(run.pane, 'Stop')
    await run.world.until(() => agesOf(run.daemon).ticket[0] === 'review', 'it is bottled')
    const bottled = agesOf(run.daemon).ticket
    using daemon = await restarted(run)
    expect(agesOf(daemon).ticket).toEqual(bottled)
  })
})

const reports = fc.array(
  fc.record({
    ms: fc.integer({min: 1, max: 1000}),
    report: fc.constantFrom<AgentReport>(
      {kind: 'busy', activity: 'Edit', detail: ''},
      {kind: 'asks', activity: 'asks', detail: ''},
      {kind: 'failed', error: 'overloaded'},
      {kind: 'turnDone'},
    ),
  }),
)

it('changes with the first report of another kind, and with no other', () => {
  fc.assert(
    fc.property(reports, steps => {
      const timeOf = (index: number) => steps.slice(0, index + 1).reduce((sum, {ms}) => sum + ms, 0)
      const dated = steps.map(({report}, index) => ({at: timeOf(index), report}))
      const waits = ({report}: (typeof dated)[number]) => report.kind === 'asks' || report.kind === 'failed'
      const last = dated.at(-1)
      const begin = last ? dated.findLastIndex(item => waits(item) !== waits(last)) : -1
      const first = dated[begin + 1]
      const expected = first && (begin >= 0 || waits(first)) ? first.at : null
      expect(enteredStateAt(dated)).toBe(expected)
    }),
  )
})
