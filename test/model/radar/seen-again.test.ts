import {expect, it} from 'vitest'
import {pastConflictsOf} from '../../../src/daemon/start/past-conflicts.ts'
import {newState} from '../../../src/model/core/state.ts'
import type {StoredEvent} from '../../../src/model/data/event.ts'
import {decide} from '../../../src/model/decide/decide.ts'
import {aConfig} from '../builders.ts'

const side = (ticket: number) => ({key: `#${ticket}`, label: `#${ticket}`, ticket, agent: null, branch: null})
const SEEN = {
  type: 'conflictsSeen',
  sides: [side(1), side(2)],
  conflicts: [{one: side(1), other: side(2), files: [{path: 'a', kind: 'contents'}], committed: true}],
} as const
const MINUTE = 60_000

/** When the conflict counts as seen first and how many events tell of it, if it is seen so long after the start. */
function seenAfter(ms: number): {since: number | undefined; told: number} {
  const start = 1_000_000
  const empty = newState({config: aConfig({}), mode: {routing: 'by hand', landing: 'by hand'}, at: start})
  const {state} = decide(empty, {type: 'restored', tickets: [], conflicts: {'#1 #2': 7}}, start)
  const seen = decide(state, SEEN, start + ms)
  return {since: seen.state.radar.conflicts[0]?.since, told: seen.effects.filter(({name}) => name === 'record').length}
}

it('a conflict of an earlier run is the same one if it is seen again within ten minutes', () => {
  expect(seenAfter(9 * MINUTE)).toEqual({since: 7, told: 0})
  expect(seenAfter(11 * MINUTE)).toEqual({since: 1_000_000 + 11 * MINUTE, told: 1})
})

it('it began with the last event that told of it, unless a later one told that it is gone', () => {
  const event = (seq: number, type: 'conflict_detected' | 'conflict_resolved', other: string): StoredEvent => ({
    ...{seq, at: seq, repository: 'r', message: '', type, metadata: {one: '#1', other}},
  })
  const events = [
    event(1, 'conflict_detected', '#2'),
    event(2, 'conflict_detected', 'main'),
    event(3, 'conflict_resolved', '#2'),
    event(4, 'conflict_detected', '#3'),
    event(5, 'conflict_detected', 'main'),
    {...event(6, 'conflict_detected', '#9'), metadata: {one: 9}},
  ]
  expect(pastConflictsOf(events).since).toEqual({'#1 main': 5, '#1 #3': 4})
})
