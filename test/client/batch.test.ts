import {expect, it} from 'vitest'
import {createBatch} from '../../src/client/connection/batch.ts'
import {manualClock} from './clock.ts'

function start() {
  const clock = manualClock()
  const applied: object[] = []
  const batch = createBatch<{a?: number; b?: number}>({clock, everyMs: 100, apply: merged => applied.push(merged)})
  return {clock, batch, applied}
}

it('a burst is applied at once and then merged, later parts over earlier ones', () => {
  const {clock, batch, applied} = start()
  batch.add({a: 1})
  batch.add({a: 2})
  batch.add({b: 3})
  batch.add({a: 4})
  expect(applied).toEqual([{a: 1}])
  clock.pass(100)
  expect(applied).toEqual([{a: 1}, {a: 4, b: 3}])
})

it('what is urgent waits only for what comes with it, and takes what waited along', () => {
  const {clock, batch, applied} = start()
  batch.add({a: 1})
  batch.add({a: 2})
  batch.add({b: 3}, {urgent: true})
  batch.add({b: 4}, {urgent: true})
  batch.add({a: 3})
  expect(applied).toEqual([{a: 1}])
  clock.pass(0)
  expect(applied).toEqual([{a: 1}, {a: 3, b: 4}])
  batch.add({a: 4})
  clock.pass(99)
  expect(applied).toHaveLength(2)
  clock.pass(1)
  expect(applied[2]).toEqual({a: 4})
  expect(clock.waiting()).toBe(1)
})
