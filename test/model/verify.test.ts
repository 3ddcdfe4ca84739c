import {describe, expect, it} from 'vitest'
import type {Fact} from '../../src/model/core/facts.ts'
import {newState} from '../../src/model/core/state.ts'
import type {Effect} from '../../src/model/data/effects.ts'
import {decide} from '../../src/model/decide/decide.ts'
import {MAX_STARTS} from '../../src/model/ticket/back-off.ts'
import {MAX_NUDGES} from '../../src/model/ticket/reasons.ts'
import {MAX_VERIFIES} from '../../src/model/ticket/ticket.ts'
import {aConfig, anIssue} from './builders.ts'

const sha = (n: number) => n.toString(16).padStart(40, '0')
const FAILURE = {command: 'npm test', exit: 'code 1', output: '1 failed'}
const RED: Fact = {type: 'workVerified', ticket: 7, head: sha(2), failure: FAILURE}
const GREEN: Fact = {...RED, failure: null}
const INSPECTED: Extract<Fact, {type: 'workInspected'}> = {
  type: 'workInspected',
  ticket: 7,
  work: {
    head: sha(2),
    branch: 'b',
    commits: [{sha: sha(2), subject: 'work'}],
    dirty: [],
    changed: [],
    loosePointers: [],
  },
}
const TURN_DONE: Fact = {type: 'agentReported', agent: 'agent001', pane: 'p', report: {kind: 'turnDone'}}
const EXITED: Fact = {type: 'agentExited', agent: 'agent001', pane: 'p'}
const STOPPED: Fact = {type: 'agentStopped', agent: 'agent001', ticket: 7}

/** #7, whose worktree is ready; effects on labels are left out. */
function begin(agents: {setup?: string[]; verify?: string[]}) {
  const config = aConfig({routing: {max_agents: 1}, agents})
  let state = newState({config, mode: {routing: 'by hand', landing: 'by hand'}, at: 0})
  const tell = (...facts: Fact[]): Effect[] => {
    let asked: readonly Effect[] = []
    for (const fact of facts) {
      const decision = decide(state, fact, 1)
      state = decision.state
      asked = decision.effects
    }
    return asked.filter(({name}) => name !== 'showTicket')
  }
  const prepared = tell(
    {type: 'githubSeen', issues: [anIssue(7)], pulls: [], main: sha(1)},
    {type: 'popAsked', issue: 7},
    {type: 'ticketClaimed', ticket: 7, base: sha(1), session: 's', branch: 'b'},
    {type: 'worktreePrepared', ticket: 7, worktree: '/w'},
  )
  return {tell, prepared, ticket: () => state.tickets[7]!, slot: () => state.agents.agent001!}
}

/** #7, whose agent has committed and whose work is being verified. */
function verifying() {
  const run = begin({verify: ['npm test']})
  const asked = run.tell({type: 'agentStarted', ticket: 7, agent: 'agent001', pane: 'p'}, TURN_DONE, INSPECTED)
  return {...run, asked}
}

describe('verifying', () => {
  it('comes between a finished turn and the bottle, which takes exactly what passed', () => {
    const {tell, ticket, asked} = verifying()
    expect(asked).toEqual([{name: 'verifyWork', ticket: 7, branch: 'b', session: 's', worktree: '/w', head: sha(2)}])
    expect(ticket().value).toBe('verifying')
    expect(tell(GREEN)).toEqual([{name: 'bottleTicket', ticket: 7, worktree: '/w', head: sha(2)}])
  })

  it('sends work that does not pass back to its agent, twice, then asks a person', () => {
    const {tell, ticket} = verifying()
    for (let time = 0; time < MAX_VERIFIES; time++) {
      const assignment = {kind: 'unfinished', missing: 'verify', failure: FAILURE}
      expect(tell(RED)).toMatchObject([{name: 'promptAgent', ticket: 7, assignment}])
      expect(ticket()).toMatchObject({value: 'working', context: {reason: '`npm test` failed (code 1)'}})
      expect(tell(TURN_DONE, INSPECTED)).toMatchObject([{name: 'verifyWork'}])
    }
    const reason = '`npm test` failed (code 1), after 2 tries to repair it'
    expect(tell(RED)).toMatchObject([{name: 'stopAgent'}, {name: 'blockTicket', reason}])
    expect(ticket()).toMatchObject({value: 'blocked', context: {reason}})
    // When a person asks again, it starts over.
    tell(STOPPED, {type: 'retryAsked', ticket: 7})
    expect(ticket().context).toMatchObject({failedVerifies: 0, reason: null})
  })

  it('starts an agent whose process has ended again, with what failed', () => {
    const {tell, ticket} = verifying()
    expect(tell(EXITED, RED)).toMatchObject([{name: 'stopAgent'}, {name: 'timer', ms: 1000}])
    expect(ticket().value).toBe('queued')
    // It may have died of what it was told; it is not told again at once.
    expect(tell(STOPPED)).toEqual([])
    const {epoch} = ticket().context
    const assignment = {kind: 'repair', repair: {kind: 'verify', failure: FAILURE}}
    expect(tell({type: 'timeout', ticket: 7, epoch})).toMatchObject([{name: 'prepareWorktree'}])
    expect(tell({type: 'worktreePrepared', ticket: 7, worktree: '/w'})).toMatchObject([
      {name: 'startAgent', attempt: 2, resume: true, assignment},
    ])
  })

  it('asks a person when an agent that ended was started too often', () => {
    const {tell, ticket} = begin({verify: ['npm test']})
    const started: Fact = {type: 'agentStarted', ticket: 7, agent: 'agent001', pane: 'p'}
    const nothing: Fact = {...INSPECTED, work: {...INSPECTED.work, commits: []}}
    for (let attempt = 1; attempt < MAX_STARTS; attempt++) {
      tell(started, EXITED, nothing, STOPPED)
      const {epoch} = ticket().context
      tell({type: 'timeout', ticket: 7, epoch}, {type: 'worktreePrepared', ticket: 7, worktree: '/w'})
    }
    const reason = '`npm test` failed (code 1)'
    expect(tell(started, EXITED, INSPECTED, RED)).toMatchObject([{name: 'stopAgent'}, {name: 'blockTicket', reason}])
    expect(ticket()).toMatchObject({value: 'blocked', context: {reason, attempts: MAX_STARTS}})
  })

  it('looks at the work again when it moved meanwhile', () => {
    const {tell, ticket, asked} = verifying()
    const error = {code: 'head-moved', message: 'it moved', exitCode: 1} as const
    expect(tell({type: 'effectFailed', effect: asked[0]!, error, lost: false})).toMatchObject([{name: 'inspectWork'}])
    expect(ticket().value).toBe('inspecting')
  })

  it('ends when its agent is stopped, and what it finds out after that means nothing', () => {
    const {tell, ticket, slot} = verifying()
    expect(tell({type: 'stopAsked', ticket: 7})).toMatchObject([{name: 'stopAgent'}, {name: 'blockTicket'}])
    tell(STOPPED)
    expect(tell(GREEN)).toEqual([])
    expect(ticket().value).toBe('blocked')
    expect(slot().value).toBe('available')
  })

  it('is left out without commands', () => {
    const {tell, prepared} = begin({})
    expect(prepared).toMatchObject([{name: 'startAgent'}])
    const started: Fact = {type: 'agentStarted', ticket: 7, agent: 'agent001', pane: 'p'}
    expect(tell(started, TURN_DONE, INSPECTED)).toMatchObject([{name: 'bottleTicket'}])
  })
})

describe('setting up', () => {
  it('comes between the worktree and the agent', () => {
    const {tell, prepared, ticket} = begin({setup: ['npm ci']})
    expect(prepared).toEqual([{name: 'setUpWorktree', ticket: 7, branch: 'b', session: 's', worktree: '/w'}])
    expect(ticket().value).toBe('settingUp')
    expect(tell({type: 'worktreeSetUp', ticket: 7})).toMatchObject([{name: 'startAgent', worktree: '/w', attempt: 1}])
  })

  it('blocks the ticket when it fails, and is retried with it', () => {
    const {tell, prepared, ticket} = begin({setup: ['npm ci']})
    const error = {code: 'setup-failed', message: '`npm ci` failed (code 1)', exitCode: 1} as const
    expect(tell({type: 'effectFailed', effect: prepared[0]!, error, lost: false})).toMatchObject([
      {name: 'stopAgent'},
      {name: 'blockTicket', reason: '`npm ci` failed (code 1)'},
    ])
    expect(ticket().value).toBe('blocked')
    expect(tell(STOPPED, {type: 'retryAsked', ticket: 7})).toMatchObject([{name: 'prepareWorktree'}])
    expect(tell({type: 'worktreePrepared', ticket: 7, worktree: '/w'})).toMatchObject([{name: 'setUpWorktree'}])
  })
})

describe('commits that point to what other clones could not get', () => {
  const loosePointers = [{path: 'lib', problem: 'no remote of the submodule is known to have its commit 1234567'}]
  const LOOSE: Fact = {...INSPECTED, work: {...INSPECTED.work, loosePointers}}
  const assignment = {kind: 'repair', repair: {kind: 'pointers', pointers: loosePointers}}
  const working = () => {
    const run = begin({})
    run.tell({type: 'agentStarted', ticket: 7, agent: 'agent001', pane: 'p'})
    return run
  }

  it('are not bottled: the agent gets them back, and then a person', () => {
    const {tell, ticket} = working()
    for (let nudge = 0; nudge < MAX_NUDGES; nudge++) {
      expect(tell(TURN_DONE, LOOSE)).toEqual([expect.objectContaining({name: 'promptAgent', assignment})])
    }
    expect(tell(TURN_DONE, LOOSE)).toContainEqual(expect.objectContaining({name: 'blockTicket'}))
    expect(ticket()).toMatchObject({value: 'blocked', context: {reason: expect.stringContaining('lib')}})
  })

  it('are told at the next start to an agent whose process has ended', () => {
    const {tell, ticket} = working()
    tell(EXITED, LOOSE)
    expect(ticket()).toMatchObject({value: 'queued', context: {assignment}})
  })
})

describe('a message to an agent whose work is being looked at', () => {
  const SAID: Fact = {
    type: 'messageSent',
    message: {
      id: 1,
      from: 'ada',
      to: 'agent001',
      ticket: 7,
      text: 'Use the new parser',
      at: 1,
      deliveredAt: null,
      expiresAt: 99,
    },
  }
  const DELIVERED = [{name: 'deliverMessages', ticket: 7, messages: [{text: 'Use the new parser'}]}]

  it('is read before the work is verified', () => {
    const {tell, ticket} = begin({verify: ['npm test']})
    tell({type: 'agentStarted', ticket: 7, agent: 'agent001', pane: 'p'}, TURN_DONE)
    expect(tell(SAID)).toEqual([])
    expect(tell(INSPECTED)).toMatchObject(DELIVERED)
    expect(ticket().value).toBe('working')
    expect(tell(TURN_DONE, INSPECTED)).toMatchObject([{name: 'verifyWork'}])
  })

  it('is read before verified work is bottled, and the work is verified again after that', () => {
    const {tell, ticket} = verifying()
    tell(SAID)
    expect(tell(GREEN)).toMatchObject(DELIVERED)
    expect(ticket().value).toBe('working')
    expect(tell(TURN_DONE, INSPECTED)).toMatchObject([{name: 'verifyWork'}])
    expect(tell(GREEN)).toMatchObject([{name: 'bottleTicket'}])
  })

  it('may be mail of the hub, and when it is gone by then the work is looked at as before', () => {
    const {tell, ticket} = begin({verify: ['npm test']})
    tell({type: 'agentStarted', ticket: 7, agent: 'agent001', pane: 'p'})
    expect(tell({type: 'mailWaits', ticket: 7, messages: [{id: 12, by: 'peer'}]})).toEqual([])
    expect(tell(TURN_DONE)).toMatchObject([{name: 'deliverMessages', ticket: 7, messages: [], wasIdle: false}])
    expect(tell({type: 'nothingToRead', ticket: 7, agent: 'agent001', wasIdle: false})).toMatchObject([
      {name: 'inspectWork'},
    ])
    expect(ticket().value).toBe('inspecting')
  })

  it('waits for the agent that repairs what does not pass', () => {
    const {tell} = verifying()
    tell(SAID)
    expect(tell(RED)).toMatchObject([{name: 'promptAgent'}])
    expect(tell(TURN_DONE)).toMatchObject(DELIVERED)
  })

  it('is told as unread when its process has ended, or when the work is handed in already', () => {
    const unread = {
      name: 'record',
      event: {message: 'agent001 handed in #7 without having read what ada said: Use the new parser'},
    }
    const ended = verifying()
    ended.tell(EXITED, SAID, GREEN)
    expect(
      ended.tell({type: 'ticketBottled', ticket: 7, head: sha(2)}).filter(({name}) => name === 'record'),
    ).toMatchObject([unread])
    const late = verifying()
    late.tell(GREEN, SAID)
    const asked = late.tell({type: 'ticketBottled', ticket: 7, head: sha(2)})
    expect(asked.filter(({name}) => name === 'record')).toMatchObject([unread])
    expect(late.ticket().value).toBe('bottled')
    // It was stored when the work was handed in already.
    expect(late.tell(SAID)).toMatchObject([unread, {name: 'expireMessages', ticket: 7, messages: [1]}])
  })

  it('is told as unread when its ticket is released', () => {
    const {tell} = verifying()
    tell(SAID)
    const asked = tell({type: 'resetAsked', ticket: 7, by: 'ada'})
    expect(asked).toContainEqual({name: 'expireMessages', ticket: 7, messages: [1]})
    expect(asked.flatMap(effect => (effect.name === 'record' ? [effect.event.message] : []))).toContain(
      'agent001 left #7 without having read what ada said: Use the new parser',
    )
  })
})
