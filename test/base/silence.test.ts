import {expect, it} from 'vitest'
import {createFakeClock} from '../../fixtures/clock/clock.ts'
import {ClambakeError} from '../../src/base/errors.ts'
import {watchSilence} from '../../src/base/silence.ts'

it('says once that a process is silent, and that it answers again, also with an error', async () => {
  const clock = createFakeClock()
  const said: string[] = []
  let open: PromiseWithResolvers<unknown> | null = null
  let isSuspended = false
  let asked = 0
  const watch = watchSilence({
    clock,
    ask() {
      asked++
      if (!isSuspended) return Promise.reject(new Error('no such method'))
      open = Promise.withResolvers()
      return open.promise
    },
    onSilent: () => said.push('silent'),
    onAnswer: () => said.push('answers'),
  })
  await clock.advance(60_000)
  expect([asked, said]).toEqual([6, []])
  isSuspended = true
  await clock.advance(19_000)
  expect(said).toEqual([])
  await clock.advance(2000)
  expect(said).toEqual(['silent'])
  open!.reject(new ClambakeError({code: 'call-timeout', message: 'no answer'}))
  await clock.advance(30_000)
  expect(said).toEqual(['silent'])
  isSuspended = false
  open!.resolve(null)
  await clock.advance(0)
  expect(said).toEqual(['silent', 'answers'])
  watch[Symbol.dispose]()
  const before = asked
  await clock.advance(60_000)
  expect(asked).toBe(before)
})
