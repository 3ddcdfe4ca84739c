import {describe, expect, expectTypeOf, it} from 'vitest'
import type {AgentState, AgentValue} from '../../src/model/agent/agent.ts'
import {AGENT_STATES, type AgentPhase, agentPhase, waitsForPerson} from '../../src/model/agent/states.ts'
import {isDone, TICKET_STATES} from '../../src/model/ticket/states.ts'
import {stepTicket, type TicketState, type TicketValue} from '../../src/model/ticket/ticket.ts'
import {working} from './spent.ts'

type Traits = (typeof TICKET_STATES)[TicketValue]
const VALUES = Object.keys(TICKET_STATES) as TicketValue[]
const where = (asks: (traits: Traits) => boolean) => VALUES.filter(value => asks(TICKET_STATES[value]))

const AGENT_AT_WORK = ['preparing', 'settingUp', 'starting', 'working', 'inspecting', 'verifying']
const LANDING = ['aboard', 'opening', 'checking', 'mergeable', 'held', 'updating', 'merging', 'finishing', 'uncleaned']

describe('the table of ticket states', () => {
  it('has exactly the states of the machine, by type', () => {
    expectTypeOf<keyof typeof TICKET_STATES>().toEqualTypeOf<TicketValue>()
    // A row that is missing, and one too many, must not compile.
    const {lost: _lost, ...others} = TICKET_STATES
    // @ts-expect-error: `lost` has no row.
    const short: Record<TicketValue, Traits> = others
    // @ts-expect-error: `bundled` is no state.
    const long: Record<TicketValue, Traits> = {...TICKET_STATES, bundled: TICKET_STATES.lost}
    expect(Object.keys(long).length - Object.keys(short).length).toBe(2)
  })

  it('says who may stop, reset and spend', () => {
    expect(where(({may}) => may.stop)).toEqual([
      ...AGENT_AT_WORK,
      ...['bottled', 'aboard', 'opening', 'checking', 'mergeable', 'held', 'queued'],
    ])
    expect(where(({may}) => may.reset)).toEqual([...AGENT_AT_WORK, 'bottled', 'queued', 'blocked'])
    expect(where(({may}) => may.spend)).toEqual(['preparing', 'settingUp', 'starting', 'working'])
    expect(where(({may}) => may.retry)).toEqual(['blocked'])
    expect(where(({may, has}) => may.stop && has.slot)).toEqual(AGENT_AT_WORK)
  })

  it('says what a ticket has', () => {
    expect(where(({has}) => has.slot)).toEqual(['claiming', ...AGENT_AT_WORK, 'bottling'])
    expect(where(({has}) => has.work)).toEqual([
      ...['working', 'inspecting', 'verifying', 'bottling'],
      ...['bottled', 'aboard', 'opening', 'checking', 'mergeable', 'held', 'updating', 'queued', 'blocked'],
    ])
    expect(where(({has}) => has.bottle)).toEqual(['bottled', ...LANDING, 'merged'])
  })

  it('says how far a ticket is', () => {
    expect(where(({is}) => is.beginning)).toEqual(['claiming', 'preparing', 'queued'])
    expect(where(({is}) => is.bottling)).toEqual(['inspecting', 'verifying', 'bottling'])
    expect(where(({is}) => is.landing)).toEqual(LANDING)
    expect(where(({is}) => is.putOff)).toEqual(['queued', 'blocked'])
    expect(where(({is}) => is.atRest)).toEqual(['held', 'uncleaned', 'blocked', 'merged', 'lost'])
    expect(where(({is}) => is.over)).toEqual(['merged', 'lost'])
    expect(VALUES.filter(value => isDone({value, context: working().tickets[7]!.context}))).toEqual([
      'blocked',
      'merged',
    ])
  })

  it('says how its work lands', () => {
    expect(VALUES.flatMap(value => TICKET_STATES[value].lands.stage ?? [])).toEqual([
      ...['bottled', 'boarded', 'boarded', 'tested', 'tested', 'merged'],
    ])
    expect(where(({lands}) => lands.stage !== null)).toEqual([
      ...['bottled', 'aboard', 'opening', 'mergeable', 'merging', 'finishing'],
    ])
    expect(where(({lands}) => lands.pull === 'waits')).toEqual(['checking', 'held'])
    expect(where(({lands}) => lands.pull === 'green')).toEqual(['mergeable'])
    expect(where(({lands}) => lands.pull === 'merges')).toEqual(['merging', 'finishing', 'uncleaned', 'merged'])
    expect(where(({lands}) => lands.unfinished !== null)).toEqual(['bottled', 'mergeable', 'queued'])
  })

  it('says what is shown', () => {
    const shown = VALUES.map(value => {
      const {github, screen, detail, attention} = TICKET_STATES[value].shown
      return `${value}: ${github} | ${screen} ${detail}${attention ? ' !' : ''}`
    })
    expect(shown).toEqual([
      'claiming: null | claimed claiming',
      'preparing: claimed | claimed worktree',
      'settingUp: claimed | claimed setting up',
      'starting: claimed | claimed starting',
      'working: working | working null',
      'inspecting: working | working checking',
      'verifying: working | working verifying',
      'bottling: working | working pushing',
      'bottled: review | review bottled',
      'aboard: review | review aboard',
      'opening: review | review opening',
      'checking: review | review checks',
      'mergeable: review | review green',
      'held: review | review needs you !',
      'updating: review | review updating',
      'merging: review | review merging',
      'finishing: review | review merged',
      'uncleaned: review | review clean-up !',
      'queued: repair | claimed repair',
      'blocked: blocked | blocked null !',
      'merged: merged | merged null',
      'lost: null | orphaned null !',
    ])
  })
})

describe('the machine and the table', () => {
  const {context} = working().tickets[7]!
  const takes = (value: TicketValue, type: 'stop' | 'park' | 'retry'): boolean => {
    const state: TicketState = {value, context}
    return stepTicket(state, {type, at: 1, reason: 'a test'}).moved
  }

  it('agree on which states a stop ends', () => {
    expect(VALUES.filter(value => takes(value, 'stop'))).toEqual(where(({may}) => may.stop))
  })

  it('agree on which states a budget ends', () => {
    expect(VALUES.filter(value => takes(value, 'park'))).toEqual(where(({may}) => may.spend))
  })

  it('agree on which states a person retries', () => {
    expect(VALUES.filter(value => takes(value, 'retry'))).toEqual(where(({may}) => may.retry))
  })
})

describe('the table of agent states', () => {
  const phases = Object.keys(AGENT_STATES) as AgentPhase[]
  const are = (trait: 'free' | 'busy' | 'needsPerson') => phases.filter(phase => AGENT_STATES[phase][trait])

  it("has the machine's states and the usage limit, by type", () => {
    expectTypeOf<keyof typeof AGENT_STATES>().toEqualTypeOf<AgentValue | 'limited'>()
    const {cleanup: _cleanup, ...others} = AGENT_STATES
    // @ts-expect-error: `cleanup` has no row.
    const short: Record<AgentPhase, unknown> = others
    expect(Object.keys(short)).toHaveLength(phases.length - 1)
  })

  it('says who is free, at work or waits for a person', () => {
    expect(are('free')).toEqual(['available'])
    expect(are('busy')).toEqual(['assigned', 'working', 'cleanup'])
    expect(are('needsPerson')).toEqual(['waiting'])
  })

  it('tells a wait for a usage limit from one for a person', () => {
    const slot = working().agents.agent001!
    const waiting = (waitsFor: 'answer' | 'limit'): AgentState => ({
      value: 'waiting',
      context: {...slot.context, waitsFor},
    })
    expect(agentPhase(slot)).toBe('working')
    expect(agentPhase(waiting('answer'))).toBe('waiting')
    expect(waitsForPerson(waiting('answer'))).toBe(true)
    expect(agentPhase(waiting('limit'))).toBe('limited')
    expect(waitsForPerson(waiting('limit'))).toBe(false)
  })
})
