import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import type {Fact} from '../../src/model/core/facts.ts'
import {newState, type State} from '../../src/model/core/state.ts'
import type {NewEvent} from '../../src/model/data/event.ts'
import {dayOf, NO_USAGE, spentToday, type Usage} from '../../src/model/data/usage.ts'
import {decide} from '../../src/model/decide/decide.ts'
import {USAGE_EVENT} from '../../src/model/spending/usage.ts'
import {aConfig} from './builders.ts'
import {spent, working} from './spent.ts'

const HOUR = 3_600_000

/** Tells the facts one after another; gives the last state and what was to be written down. */
function tell(state: State, facts: readonly [Fact, number][]): {state: State; written: NewEvent[]} {
  const written: NewEvent[] = []
  let now = state
  for (const [fact, at] of facts) {
    const decision = decide(now, fact, at)
    now = decision.state
    for (const effect of decision.effects) {
      if (effect.name === 'record' && effect.event.type === 'custom' && effect.event.name === USAGE_EVENT) {
        written.push(effect.event)
      }
    }
  }
  return {state: now, written}
}

const turnDone: Fact = {type: 'agentReported', agent: 'agent001', pane: 'p', report: {kind: 'turnDone'}}

describe('what was used', () => {
  it('is added up for its ticket and its day, and written down when the turn ends', () => {
    const {state, written} = tell(working(), [
      [spent({mail: 1, costUsd: 0.25, input: 10}), 5],
      [spent({mail: 4, costUsd: 0.5, output: 7}), 6],
      [turnDone, 7],
    ])
    expect(state.tickets[7]?.context.usage).toEqual({...NO_USAGE, costUsd: 0.75, input: 10, output: 7, requests: 2})
    expect(spentToday(state.spending, 8)).toBe(0.75)
    expect(written).toMatchObject([
      {agent: 'agent001', ticket: 7, metadata: {pane: 'p', day: '1970-01-01', mail: 4, costUsd: 0.75, requests: 2}},
    ])
    expect(state.spending.unwritten).toEqual({})
  })

  it('is written at once when it arrives late, and at the end of the process', () => {
    const late = tell(working(), [
      [turnDone, 1],
      [spent({costUsd: 1}), 2],
    ])
    expect(late.written).toHaveLength(1)
    const ended = tell(working(), [
      [spent({costUsd: 1}), 1],
      [{type: 'agentExited', agent: 'agent001', pane: 'p'}, 2],
    ])
    expect(ended.written).toHaveLength(1)
  })

  it('counts for the day also when its ticket is gone', () => {
    const {state, written} = tell(working(), [[spent({costUsd: 1, ticket: 99}), 1]])
    expect(spentToday(state.spending, 1)).toBe(1)
    expect(written).toMatchObject([{ticket: 99}])
  })

  it('belongs to the local day on which it was seen, and the day begins at midnight', () => {
    const state = newState({
      config: aConfig(),
      mode: {routing: 'off', landing: 'by hand'},
      at: 0,
      spending: {zoneMinutes: 120, day: '1970-01-01', costUsd: 3},
    })
    expect(spentToday(state.spending, 21 * HOUR)).toBe(3)
    expect(spentToday(state.spending, 22 * HOUR)).toBe(0)
    const yesterday = tell(state, [[spent({costUsd: 1, seenAt: 21 * HOUR}), 23 * HOUR]])
    expect(spentToday(yesterday.state.spending, 23 * HOUR)).toBe(0)
    expect(yesterday.written).toMatchObject([{metadata: {day: '1970-01-01'}}])
    const today = tell(state, [[spent({costUsd: 1, seenAt: 22 * HOUR}), 23 * HOUR]])
    expect(spentToday(today.state.spending, 23 * HOUR)).toBe(1)
  })

  it('is written down wholly and once, whatever happens in between', () => {
    const step = fc.oneof(
      fc.record({cents: fc.integer({min: 1, max: 500}), minutes: fc.nat(3000)}).map(given => ({...given, turn: false})),
      fc.constant({cents: 0, minutes: 0, turn: true}),
    )
    fc.assert(
      fc.property(fc.array(step, {maxLength: 250}), steps => {
        let at = 0
        const facts = steps.map(({cents, minutes, turn}, index): [Fact, number] => {
          at += minutes * 60_000
          return [turn ? turnDone : spent({mail: index + 1, costUsd: cents, seenAt: at}), at]
        })
        const {state, written} = tell(working(), [...facts, [{type: 'agentExited', agent: 'agent001', pane: 'p'}, at]])
        const sum = (events: NewEvent[]) =>
          events.reduce((total, {metadata}) => total + Number((metadata as Partial<Usage>).costUsd), 0)
        expect(sum(written)).toBe(steps.reduce((total, {cents}) => total + cents, 0))
        const today = written.filter(({metadata}) => metadata?.day === dayOf(at, 0))
        expect(sum(today)).toBe(spentToday(state.spending, at))
        const mails = written.map(({metadata}) => Number(metadata?.mail))
        expect(mails).toEqual(mails.toSorted((a, b) => a - b))
      }),
    )
  })
})
