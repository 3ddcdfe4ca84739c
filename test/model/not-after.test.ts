import fc from 'fast-check'
import {expect, it} from 'vitest'
import {notAfter, REFUSED_MS} from '../../src/model/core/not-after.ts'
import type {State} from '../../src/model/core/state.ts'
import {agentId} from '../../src/model/data/ids.ts'
import {decide} from '../../src/model/decide/decide.ts'
import {forgePause, hasEnded, trialsWithin} from '../../src/model/landing/train/pause.ts'
import {needsOf} from '../../src/model/recovery/needs.ts'
import {heldByLimit} from '../../src/model/spending/limit.ts'
import {newContext} from '../../src/model/ticket/context.ts'
import {isBusyForLong} from '../../src/model/ticket/merging.ts'
import {aConfig} from './builders.ts'
import {start} from './world.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const THEN = Date.UTC(2026, 10, 30)
/** Another clock of this size is a time. */
const isTime = (value: unknown): value is number => typeof value === 'number' && value > 1e11

/** A state in which something waits since each kind of time. */
function waitingSince(at: number): State {
  const base = start(2)
  const known = {issue: 7, title: 'T', agent: agentId(1), branch: 'b', since: at}
  const context = newContext(aConfig(), {...known, busySince: at, putBackAt: at, starts: [at]})
  const agent = base.agents[agentId(1)]!
  const show = {labels: [], column: null, assignee: null}
  const side = {key: 'b', ticket: 7, agent: 'agent001', branch: 'b', pull: null, head: 'a'}
  return {
    ...base,
    agents: {...base.agents, [agentId(1)]: {...agent, context: {...agent.context, waitsFor: 'limit', since: at}}},
    tickets: {7: {value: 'checking', context}},
    written: {7: {show, at, missing: [], before: null, left: [], asks: []}},
    retries: {
      'ticket 7': {
        ...{effect: 'watchPull', ticket: 7, since: at, tries: 3},
        error: {code: 'remote-unreachable', message: 'it fails', exitCode: 1},
      },
    },
    refused: {8: {reason: 'taken', until: at + REFUSED_MS}},
    radar: {
      ...base.radar,
      conflicts: [{one: side, other: null, files: [], committed: true, since: at}] as never,
    },
    train: {
      ...base.train,
      now: {value: 'testing', context: {...base.train.now.context, awaitedSince: at, departedAt: at}},
      paused: forgePause({reason: 'billing', at, main: null, before: 0}),
      trials: [at],
    },
  }
}

/** Each time in a state, by its path. */
function timesIn(value: unknown, path = ''): [path: string, time: number][] {
  if (isTime(value)) return [[path, value]]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => timesIn(inner, `${path}.${key}`))
}

const jump = fc.integer({min: -48 * HOUR, max: 48 * HOUR})

it('counts each time in the future as now, and what ends at a time ends after its own duration', () => {
  expect(timesIn(waitingSince(THEN)).length).toBeGreaterThan(12)
  fc.assert(
    fc.property(jump, jumped => {
      const at = THEN + jumped
      const state = waitingSince(THEN)
      const after = notAfter(state, at)
      // Starts count by their distance, see `recentStarts`.
      const late = timesIn(after).filter(([path, time]) => time > at && !path.includes('.starts.'))
      const paused = state.train.paused!
      expect(late.filter(([path]) => !path.endsWith('.until'))).toEqual([])
      for (const [path, time] of late) {
        const most = path.includes('.refused.') ? REFUSED_MS : paused.until! - paused.since
        expect(time - at, path).toBeLessThanOrEqual(most)
      }
      if (jumped >= 0) expect(after).toBe(state)
      expect(notAfter(after, at)).toBe(after)
    }),
  )
})

it('lets every wait of the decisions end in its own time after the clock was set to any other', () => {
  fc.assert(
    fc.property(jump, jumped => {
      const at = THEN + jumped
      const {state} = decide(waitingSince(THEN), {type: 'profileChecked', fault: null}, at)
      expect(heldByLimit(state, at + 6 * HOUR)).toBeNull()
      expect(trialsWithin(state.train.trials, at + HOUR)).toEqual([])
      expect(state.train.paused === null || hasEnded(state.train.paused, {at: at + 16 * MINUTE, main: null})).toBe(true)
      expect(state.refused[8]!.until).toBeLessThanOrEqual(at + REFUSED_MS)
      // A person is shown what fails for long.
      expect(needsOf(state, at + HOUR)).toContainEqual(
        expect.objectContaining({issue: 7, what: expect.stringContaining('it fails')}),
      )
      expect(isBusyForLong(state.tickets[7]!.context, at + HOUR)).toBe(true)
    }),
  )
})
