import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {attentionMeans, type OutputSight, observeOutput} from '../../src/model/agent/without-signals.ts'

const QUIET_MS = 1000
const look = fc.record({
  turn: fc.constantFrom('1', '2'),
  grows: fc.integer({min: 0, max: 2}),
  after: fc.integer({min: 1, max: 700}),
})

describe('an agent without signals', () => {
  it('is done only when a whole time of silence follows its last word of the turn, and works when it writes', () => {
    fc.assert(
      fc.property(fc.array(look, {minLength: 1, maxLength: 40}), looks => {
        let at = 0
        let chars = 0
        let sight: OutputSight | undefined
        let silentSince = 0
        let worked = false
        let turn: string | undefined
        for (const {turn: asked, grows, after} of looks) {
          at += after
          chars += grows
          const isNew = asked !== turn
          const before = sight
          const outcome = observeOutput(sight, {turn: asked, chars, at, quietMs: QUIET_MS})
          sight = outcome.sight
          if (isNew) {
            ;[turn, silentSince, worked] = [asked, at, false]
            expect(outcome.said).toBeNull()
          } else if (chars !== before!.chars) {
            ;[silentSince, worked] = [at, true]
            expect(outcome.said).toBe('busy')
          } else {
            const isDone = at - silentSince >= QUIET_MS * (worked ? 1 : 6)
            expect(outcome.said).toBe(isDone ? 'turnDone' : null)
            if (isDone) silentSince = at
          }
        }
      }),
    )
  })

  it('that says by itself when it is done is never taken to be done by its silence', () => {
    fc.assert(
      fc.property(fc.array(look, {minLength: 1}), looks => {
        let at = 0
        let sight: OutputSight | undefined
        for (const {turn, after} of looks) {
          at += after * 10_000
          const {said, sight: next} = observeOutput(sight, {turn, chars: 1, at, quietMs: null})
          sight = next
          expect(said).toBeNull()
        }
      }),
    )
  })
})

it.each([
  ['Approval requested: npm install', 'asks'],
  ['Codex wants to edit 2 files. Confirm?', 'asks'],
  ['Agent is waiting for your input', 'asks'],
  ['Turn complete', 'turnDone'],
  ['', 'turnDone'],
])('%j means %s', (text, expected) => {
  expect(attentionMeans(text)).toBe(expected)
})
