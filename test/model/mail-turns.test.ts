import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import type {Fact} from '../../src/model/core/facts.ts'
import {newState} from '../../src/model/core/state.ts'
import {DAEMON, type Message} from '../../src/model/data/message.ts'
import {decide} from '../../src/model/decide/decide.ts'
import {
  afterTurn,
  isHeld,
  isToBeTold,
  type MailTurns,
  mayBegin,
  NO_MAIL_TURNS,
  type Writer,
  writerOf,
} from '../../src/model/hub/mail-turns.ts'
import {aConfig, anIssue} from './builders.ts'

const writers = fc.array(fc.constantFrom<Writer>('person', 'clambake', 'peer'), {maxLength: 4})
const turns = fc.record({begun: fc.nat(8), toldAt: fc.nat(8)})
const sha = (n: number) => n.toString(16).padStart(40, '0')

describe('the turns that other sessions may begin', () => {
  it.each([
    ['agent002', undefined, 'peer'],
    ['an agent elsewhere', undefined, 'peer'],
    ['a program of ada@laptop', undefined, 'peer'],
    [DAEMON, undefined, 'clambake'],
    ['ada@laptop', undefined, 'person'],
    ['agent002@laptop', undefined, 'person'],
    // The account by which an agent works on GitHub may have any name.
    ['agent002', 'github:review:1', 'person'],
  ] as const)('%s (%s) is a %s', (from, key, writer) => {
    expect(writerOf({from, ...(key !== undefined && {key})})).toBe(writer)
  })

  it('are at most so many between two words of a person, whoever writes what', () => {
    fc.assert(
      fc.property(fc.array(writers), fc.nat(5), (looks, limit) => {
        let count: MailTurns = NO_MAIL_TURNS
        let sincePerson = 0
        for (const waiting of looks) {
          if (!mayBegin(waiting, count, limit)) continue
          if (waiting.includes('person')) sincePerson = 0
          else if (waiting.every(writer => writer === 'peer')) sincePerson++
          count = afterTurn(count, waiting)
          expect(count.begun).toBe(sincePerson)
          expect(sincePerson).toBeLessThanOrEqual(limit)
        }
      }),
    )
  })

  it('hold back neither a person nor Clambake, and nothing where nothing waits', () => {
    fc.assert(
      fc.property(writers, turns, fc.nat(8), (waiting, count, limit) => {
        const begins = mayBegin(waiting, count, limit)
        if (waiting.some(writer => writer !== 'peer')) expect(begins).toBe(true)
        if (waiting.length === 0) expect(begins).toBe(false)
        expect(isHeld(waiting, count, limit)).toBe(!begins && waiting.length > 0)
        if (waiting.includes('person')) expect(afterTurn(count, waiting)).toEqual(NO_MAIL_TURNS)
      }),
    )
  })

  it('are told of once, and again when more were allowed and begun', () => {
    fc.assert(
      fc.property(writers, turns, fc.nat(8), (waiting, count, limit) => {
        if (!isToBeTold(waiting, count, limit)) return
        expect(isHeld(waiting, count, limit)).toBe(true)
        const told = {...count, toldAt: count.begun}
        expect(isToBeTold(waiting, told, limit)).toBe(false)
        const more = afterTurn(told, ['peer'])
        expect(isToBeTold(['peer'], more, more.begun)).toBe(true)
      }),
    )
    expect(isToBeTold(['peer'], NO_MAIL_TURNS, 0)).toBe(false)
  })
})

const LIMIT = 2
const PEERS: Fact = {type: 'mailWaits', ticket: 7, messages: [{id: 12, by: 'peer'}]}
const TURN_DONE: Fact = {type: 'agentReported', agent: 'agent001', pane: 'p', report: {kind: 'turnDone'}}
const FAILED: Fact = {type: 'agentReported', agent: 'agent001', pane: 'p', report: {kind: 'failed', error: 'x'}}
const work = {
  head: sha(2),
  branch: 'b',
  commits: [{sha: sha(2), subject: 'work'}],
  dirty: [],
  changed: [],
  loosePointers: [],
}
const INSPECTED: Fact = {type: 'workInspected', ticket: 7, work}
const words = (id: number, from: string): Extract<Fact, {type: 'messageSent'}> => {
  const message: Message = {id, from, to: 'agent001', ticket: 7, text: 'Hm', at: 1, deliveredAt: null, expiresAt: 99}
  return {type: 'messageSent', message}
}

/** #7, whose agent works. */
function atWork(verify: string[] = []) {
  const config = (limit: number) => aConfig({routing: {max_agents: 1}, hub: {max_mail_turns: limit}, agents: {verify}})
  let state = newState({config: config(LIMIT), mode: {routing: 'by hand', landing: 'by hand'}, at: 0})
  /** The effects of a fact; each delivery of messages is taken at once, as a turn. */
  const tell = (fact: Fact): string[] => {
    const decision = decide(state, fact, 1)
    state = decision.state
    return decision.effects.map(effect => {
      if (effect.name !== 'deliverMessages') return effect.name
      const by = mail.splice(0)
      if (by.length + effect.messages.length === 0) return 'nothing'
      tell({type: 'mailTurnBegan', ticket: 7, words: [...effect.messages.map(writerOf), ...by]})
      tell({type: 'messagesDelivered', ticket: 7, messages: effect.messages})
      return 'turn'
    })
  }
  /** Mail that the hub holds. */
  const mail: Writer[] = []
  const peersWrite = () => {
    mail.push('peer')
    return tell(PEERS)
  }
  for (const fact of [
    {type: 'githubSeen', issues: [anIssue(7)], pulls: [], main: sha(1)},
    {type: 'popAsked', issue: 7},
    {type: 'ticketClaimed', ticket: 7, base: sha(1), session: 's', branch: 'b'},
    {type: 'worktreePrepared', ticket: 7, worktree: '/w'},
    {type: 'agentStarted', ticket: 7, agent: 'agent001', pane: 'p'},
  ] satisfies Fact[]) {
    tell(fact)
  }
  const decided = (fact: Fact) => {
    const decision = decide(state, fact, 1)
    state = decision.state
    return decision
  }
  return {tell, decided, peersWrite, ticket: () => state.tickets[7]!, config}
}

/** The turns of an agent in whose ticket all of them were begun by its peers; it ends its turn. */
function usedUp(verify: string[] = []) {
  const run = atWork(verify)
  for (let n = 0; n < LIMIT; n++) {
    run.peersWrite()
    expect(run.tell(TURN_DONE)).toContain('turn')
  }
  return run
}

describe('work that is handed in', () => {
  it('waits no longer for words of peers once they have begun so many turns', () => {
    const {tell, peersWrite, ticket} = usedUp(['npm test'])
    expect(peersWrite()).toEqual(['record', 'notify'])
    expect(peersWrite()).toEqual([])
    expect(tell(TURN_DONE)).toContain('inspectWork')
    expect(tell(INSPECTED)).toContain('verifyWork')
    expect(tell({type: 'workVerified', ticket: 7, head: sha(2), failure: null})).toContain('bottleTicket')
    expect(ticket().context.mailTurns).toEqual({begun: LIMIT, toldAt: LIMIT})
  })

  it('waits for the word of a person, which lets peers begin turns again', () => {
    const {tell, peersWrite, ticket} = usedUp()
    peersWrite()
    tell(words(1, 'ada@laptop'))
    expect(ticket().context.mailTurns.begun).toBe(0)
    expect(tell(TURN_DONE)).toContain('turn')
    peersWrite()
    expect(tell(TURN_DONE)).toContain('turn')
    expect(ticket().context.mailTurns.begun).toBe(1)
  })

  it('goes back to its agent with what other agents wrote meanwhile, which is not lost when that prompt fails', () => {
    const {tell, decided, ticket} = usedUp(['npm test'])
    tell(words(1, 'agent002'))
    tell(TURN_DONE)
    tell(INSPECTED)
    const failure = {command: 'npm test', exit: 'code 1', output: '1 failed'}
    const red = decided({type: 'workVerified', ticket: 7, head: sha(2), failure})
    const prompt = red.effects.find(({name}) => name === 'promptAgent')!
    expect(prompt).toMatchObject({held: [{id: 1, from: 'agent002'}]})
    expect(red.state.messages[7]).toBeUndefined()
    const error = {code: 'prompt-not-taken', message: 'it is stuck', exitCode: 1} as const
    const failed = decided({type: 'effectFailed', effect: prompt, error, lost: false})
    expect(failed.state.messages[7]).toMatchObject([{id: 1}])
    expect(ticket().value).toBe('blocked')
  })
})

it('mail that begins no turn is given to an agent that waits for a prompt as soon as more turns are allowed', () => {
  const {tell, peersWrite, config} = usedUp()
  tell(FAILED)
  expect(peersWrite()).not.toContain('turn')
  expect(tell({type: 'configurationChanged', config: config(LIMIT + 1)})).toContain('turn')
})

it('a person who starts the agent of a blocked ticket again lets other sessions begin turns again', () => {
  const {tell, ticket} = usedUp()
  tell({type: 'agentReported', agent: 'agent001', pane: 'p', report: {kind: 'turnDone', blocked: 'no way'}})
  expect(ticket().value).toBe('blocked')
  tell({type: 'retryAsked', ticket: 7})
  expect(ticket().context.mailTurns).toEqual(NO_MAIL_TURNS)
})

it('peers begin at most so many turns between two words of a person, whatever happens', () => {
  const step = fc.constantFrom('mail', 'agent', 'person', 'failed', 'done', 'inspected', 'green', 'gone')
  fc.assert(
    fc.property(fc.array(step, {maxLength: 60}), steps => {
      const {tell, peersWrite} = atWork(['npm test'])
      let sincePerson = 0
      for (const [n, kind] of steps.entries()) {
        const facts: {[kind in typeof kind]: () => string[]} = {
          mail: peersWrite,
          agent: () => tell(words(n + 1, 'agent002')),
          person: () => tell(words(n + 1, 'ada@laptop')),
          failed: () => tell(FAILED),
          done: () => tell(TURN_DONE),
          inspected: () => tell(INSPECTED),
          green: () => tell({type: 'workVerified', ticket: 7, head: sha(2), failure: null}),
          gone: () => tell({type: 'nothingToRead', ticket: 7, agent: 'agent001', wasIdle: true}),
        }
        if (kind === 'person') sincePerson = -1
        sincePerson += facts[kind]().filter(name => name === 'turn').length
        expect(sincePerson).toBeLessThanOrEqual(LIMIT)
      }
    }),
  )
})
