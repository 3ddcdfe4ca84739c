import {describe, expect, it} from 'vitest'
import {type ErrorData, toErrorData} from '../../src/base/errors.ts'
import type {State} from '../../src/model/core/state.ts'
import type {TicketContext} from '../../src/model/ticket/context.ts'
import {TICKET_STATES} from '../../src/model/ticket/states.ts'
import type {TicketValue} from '../../src/model/ticket/ticket.ts'
import {refusal} from '../git/setup.ts'
import {type MemoryWorld, memoryWorld, type RunningDaemon} from './memory.ts'

/** A daemon whose agents take their prompts and do nothing until the test says so. */
async function working(issues = [1]): Promise<{world: MemoryWorld; daemon: RunningDaemon}> {
  const world = memoryWorld({routing: {max_agents: 2}}, () => {})
  for (const issue of issues) world.github.openIssue(issue)
  const daemon = await world.start()
  for (const issue of issues) await daemon.api.pop({issue})
  await world.until(() => world.host.prompts.length === issues.length, 'they are prompted')
  return {world, daemon}
}

const stateOf = ({engine}: RunningDaemon, issue: number) => engine.state().tickets[issue]?.value

/** The agent of an issue commits and ends its turn. */
async function handIn({world, daemon}: {world: MemoryWorld; daemon: RunningDaemon}, issue: number): Promise<void> {
  const {pane, cwd} = world.host.live().find(({meta}) => meta.ticket === String(issue))!
  world.git.commit(cwd, 'work')
  world.host.say(pane, 'Stop')
  await world.until(() => stateOf(daemon, issue) === 'bottled', 'it is bottled')
}

describe('a request of a person', () => {
  const ASKS: Readonly<Record<string, (api: RunningDaemon['api']) => Promise<unknown>>> = {
    stop: api => api.stopAgent({agent: 'agent001'}),
    bottle: api => api.bottle({agent: 'agent001'}),
    land: api => api.land({tickets: [{ticket: 1, claim: null}]}),
    reset: api => api.reset({agent: 'agent001', meant: {ticket: 1, claim: null}}),
    pop: api => api.pop({issue: 1}),
    start: api => api.startAgent({agent: 'agent001'}),
    say: api => api.send({to: 'agent001', text: 'Use the new parser.'}),
  }
  const VALUES = Object.keys(TICKET_STATES) as TicketValue[]
  /** What is answered once the look at the work ends, or its push; here none is under way. */
  const isAwaited = (ask: string, value: TicketValue) => ask === 'bottle' && TICKET_STATES[value].is.bottling

  /** A daemon whose ticket was put into a state. */
  async function inState(value: TicketValue): Promise<{world: MemoryWorld; daemon: RunningDaemon}> {
    const {world, daemon} = await working()
    const {cwd, pane} = world.host.live()[0]!
    const head = world.git.commit(cwd, 'work')
    const {context} = daemon.engine.state().tickets[1]!
    const pull = await world.github.ensurePull({branch: context.branch, base: 'main', title: 'x', body: ''})
    const has = TICKET_STATES[value].has
    const known: TicketContext = {...context, ...(has.bottle || value === 'blocked' ? {head, pull: pull.number} : {})}
    if (!has.slot) {
      world.host.exit(pane)
      daemon.engine.dispatch({type: 'stopAsked', ticket: 1})
      await world.until(() => daemon.state().agents[0]?.state === 'available', 'its agent is free')
    }
    daemon.engine.dispatch({type: 'restored', tickets: [{ticket: {value, context: known}, pane: null, prompted: true}]})
    return {world, daemon}
  }

  it.each(Object.keys(ASKS))(
    'to %s: in each state it changes something, or an error says why it does not',
    async ask => {
      for (const value of VALUES.filter(one => !isAwaited(ask, one))) {
        const {world, daemon} = await inState(value)
        using _daemon = daemon
        const ofTicket = ({tickets, messages}: State) => [tickets[1], messages[1]]
        const before = ofTicket(daemon.engine.state())
        let end: 'done' | ErrorData | undefined
        void ASKS[ask]!(daemon.api).then(
          () => {
            end = 'done'
          },
          (error: unknown) => {
            end = toErrorData(error)
          },
        )
        await world.until(() => end !== undefined, `it is answered while the ticket is ${value}`)
        if (end === 'done') expect(ofTicket(daemon.engine.state()), value).not.toEqual(before)
        else expect(end?.message, value).toMatch(/#1\b|agent001 has no ticket|No issue is ready/)
      }
    },
  )

  it('to stop an agent is refused whose work was handed in while it was saved', async () => {
    const at = await working()
    using _daemon = at.daemon
    const {git} = at.world
    const {rescue} = git
    git.rescue = async options => {
      await handIn(at, 1)
      return await rescue.call(git, options)
    }
    const refused = await refusal(at.daemon.api.stopAgent({agent: 'agent001'}))
    expect(refused).toMatchObject({code: 'not-stoppable', message: 'agent001 does not work on #1 now: it is bottled'})
  })

  it('to land a ticket is refused that went back to its agent while the halt was lifted', async () => {
    const at = await working()
    const {world, daemon} = at
    using _daemon = daemon
    await handIn(at, 1)
    const {halt} = await daemon.api.pauseLanding({reason: ''})
    const {liftHalt} = world.git
    world.git.liftHalt = async (...asked) => {
      const message = {from: 'ada', to: 'agent001', ticket: 1, text: 'Rename it.', deliveredAt: null, key: 'review:1'}
      daemon.engine.dispatch({type: 'messageSent', message: await world.hub.send(message)})
      return await liftHalt.call(world.git, ...asked)
    }
    const refused = await refusal(daemon.api.land({tickets: [{ticket: 1, claim: null}], lift: halt!}))
    expect(refused).toMatchObject({code: 'not-bottled'})
  })

  it('to bottle work is answered with what its agent does first: it reads a message', async () => {
    const {world, daemon} = await working()
    using _daemon = daemon
    world.git.commit(world.host.live()[0]!.cwd, 'work')
    await daemon.api.send({to: 'agent001', text: 'Use the new parser.'})
    expect(await refusal(daemon.api.bottle({agent: 'agent001'}))).toMatchObject({
      code: 'not-bottled',
      message: '#1 is not bottled yet: agent001 reads a message first',
    })
    await world.until(() => world.host.prompts.length === 2, 'it reads it')
  })

  it('to bottle work is answered though its ticket is released meanwhile', async () => {
    const {world, daemon} = await working()
    using _daemon = daemon
    world.git.commit(world.host.live()[0]!.cwd, 'work')
    const {inspect} = world.git
    world.git.inspect = async path => {
      world.git.inspect = inspect
      const found = await inspect.call(world.git, path)
      await daemon.api.reset({agent: 'agent001'})
      return found
    }
    expect(await refusal(daemon.api.bottle({agent: 'agent001'}))).toMatchObject({
      code: 'not-bottled',
      message: '#1 cannot be bottled now: it is not claimed here',
    })
  })

  it('to undo a reset is refused without a free agent, and claims nothing later', async () => {
    const at = await working([1, 2])
    const {world, daemon} = at
    using _daemon = daemon
    await daemon.api.reset({agent: 'agent001'})
    world.github.openIssue(3)
    await daemon.api.refresh({})
    await daemon.api.pop({issue: 3})
    await world.until(() => world.host.prompts.length === 3, 'it is prompted')
    world.git.branches.set('agent001/1-issue-1', world.git.main[0]!)
    expect(await refusal(daemon.api.undo({}))).toMatchObject({code: 'no-free-agent'})
    await handIn(at, 3)
    await world.until(() => daemon.state().agents[0]?.state === 'available', 'an agent is free')
    await world.clock.advance(10_000)
    expect(stateOf(daemon, 1)).toBeUndefined()
    await daemon.api.undo({})
    expect(stateOf(daemon, 1)).toBe('starting')
  })

  it('to claim is not kept while no agent is started', async () => {
    const {world, daemon} = await working([])
    using _daemon = daemon
    world.github.openIssue(1)
    await daemon.api.refresh({})
    daemon.engine.dispatch({type: 'modeChosen', mode: {routing: 'off', landing: 'by hand'}})
    expect(await refusal(daemon.api.pop({issue: 1}))).toMatchObject({code: 'claim-refused'})
    daemon.engine.dispatch({type: 'modeChosen', mode: null})
    await world.clock.advance(10_000)
    expect(stateOf(daemon, 1)).toBeUndefined()
  })

  it('to allow what an agent asks is refused while its process is being ended', async () => {
    const {world, daemon} = await working()
    using _daemon = daemon
    world.host.stop = () => new Promise(() => {})
    world.host.ask(world.host.live()[0]!.pane, {cwd: '/w', tool_name: 'Bash', tool_input: {command: 'npm install'}})
    await daemon.api.stopAgent({agent: 'agent001'})
    expect(daemon.state().agents[0]).toMatchObject({state: 'cleanup', asks: null})
    const refused = await refusal(daemon.api.answerAgent({agent: 'agent001', answer: {kind: 'allow'}}))
    expect(refused).toMatchObject({code: 'nothing-asked'})
    expect(world.host.answers.size).toBe(0)
  })

  it('to send a review back is refused once the work is on main', async () => {
    const at = await working()
    const {world, daemon} = at
    using _daemon = daemon
    await handIn(at, 1)
    world.github.ensureClosed = () => new Promise(() => {})
    await daemon.api.land({})
    await world.until(() => stateOf(daemon, 1) === 'finishing', 'it is on main')
    const of = {ticket: 1}
    const {id} = await daemon.api.reviewDraft({of})
    const at1 = {path: 'a.ts', side: 'new', from: 1, to: 1, quote: ['x'], outdated: false} as const
    const comments = [{...at1, id: '1', body: 'Round it.'}]
    await daemon.api.keepReview({of, draft: {id, head: null, comments, viewed: {}}})
    expect(await daemon.api.reviewReaders({of})).toMatchObject({readers: [], unheard: 1})
    expect(await refusal(daemon.api.submitReview({of, id, publish: 'no'}))).toMatchObject({code: 'nowhere-to-send'})
  })
})
