import {describe, expect, it} from 'vitest'
import {createFakeClock} from '../../fixtures/clock/clock.ts'
import type {ErrorCode} from '../../src/base/error-codes.ts'
import {ClambakeError, type ErrorData} from '../../src/base/errors.ts'
import {silentLog} from '../../src/base/log.ts'
import {createInterpreter, type InterpreterOptions} from '../../src/daemon/interpreter.ts'
import type {Fact} from '../../src/model/core/facts.ts'
import type {Effect} from '../../src/model/data/effects.ts'

const watch = (ticket: number, pull = ticket): Effect => ({name: 'watchPull', ticket, pull})
const failing = (code: ErrorCode) => new ClambakeError({code, message: `it is ${code}`})

/** An interpreter in which `act` carries out every effect, and a diary of what happened. */
function setUp(act: (effect: Effect) => Promise<readonly Fact[]>) {
  const clock = createFakeClock()
  const diary: string[] = []
  const facts: Fact[] = []
  const troubles: [string, ErrorData | null][] = []
  const crashes: string[] = []
  const retries: string[] = []
  const handlers = new Proxy({} as InterpreterOptions['handlers'], {
    get: () => async (effect: Effect) => {
      const who = 'ticket' in effect ? `${effect.name} ${effect.ticket}` : effect.name
      diary.push(`${who} begins`)
      const result = await act(effect)
      diary.push(`${who} ends`)
      return result
    },
  })
  const interpreter = createInterpreter({
    handlers,
    dispatch: fact => facts.push(fact),
    clock,
    log: silentLog,
    crash: (name, side) => crashes.push(`${name}:${side}`),
    inTrace: (_, run) => run(),
    onTrouble: (name, error) => troubles.push([name, error]),
    onRetry: (lane, retry) => retries.push(retry ? `${lane}: ${retry.error.code} ${retry.tries}` : `${lane}: ended`),
  })
  return {interpreter, clock, diary, facts, troubles, crashes, retries}
}

/** Fails with these codes, one per call, and then works. */
function failingWith(...codes: ErrorCode[]) {
  return async (): Promise<Fact[]> => {
    const code = codes.shift()
    if (code !== undefined) throw failing(code)
    return [{type: 'ticketFinished', ticket: 1}]
  }
}

describe('the interpreter', () => {
  it('runs effects that take minutes beside the others of their ticket', async () => {
    const verify = Promise.withResolvers<readonly Fact[]>()
    const {interpreter, clock, diary} = setUp(async effect => (effect.name === 'verifyWork' ? verify.promise : []))
    const job = {ticket: 1, branch: 'b', session: 's', worktree: '/w'}
    interpreter.run({name: 'verifyWork', ...job, head: 'h'})
    interpreter.run({name: 'setUpWorktree', ...job})
    interpreter.run({name: 'stopAgent', ticket: 1, agent: 'agent001'})
    await clock.advance(0)
    expect(diary).toEqual(['verifyWork 1 begins', 'stopAgent 1 begins', 'stopAgent 1 ends'])
    verify.resolve([])
    await clock.advance(0)
    expect(diary.slice(3)).toEqual(['verifyWork 1 ends', 'setUpWorktree 1 begins', 'setUpWorktree 1 ends'])
  })

  it("runs one ticket's effects one after another, in order, and tickets side by side", async () => {
    const gates = new Map<string, PromiseWithResolvers<readonly Fact[]>>()
    const {interpreter, clock, diary} = setUp(effect => {
      const gate = Promise.withResolvers<readonly Fact[]>()
      gates.set(`${effect.name} ${'ticket' in effect ? effect.ticket : ''}`, gate)
      return gate.promise
    })
    interpreter.run(watch(1))
    interpreter.run({name: 'stopAgent', ticket: 1, agent: 'agent001'})
    interpreter.run(watch(2))
    await clock.advance(0)
    expect(diary).toEqual(['watchPull 1 begins', 'watchPull 2 begins'])
    expect(interpreter.onlyRetries()).toBeNull()
    gates.get('watchPull 1')?.resolve([])
    await clock.advance(0)
    expect(diary).toEqual(['watchPull 1 begins', 'watchPull 2 begins', 'watchPull 1 ends', 'stopAgent 1 begins'])
    gates.get('stopAgent 1')?.resolve([])
    gates.get('watchPull 2')?.resolve([])
    await clock.advance(0)
    expect(interpreter.onlyRetries()).toEqual([])
  })

  it('retries passing failures with growing waits, and reports the trouble and its end', async () => {
    const codes = Array.from({length: 9}, (): ErrorCode => 'github-unreachable')
    const begun: number[] = []
    const act = failingWith(...codes)
    const {interpreter, clock, facts, troubles} = setUp(() => {
      begun.push(clock.monotonic())
      return act()
    })
    interpreter.run(watch(1))
    await clock.advance(200_000)
    const waits = begun.slice(1).map((at, index) => at - begun[index]!)
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000])
    expect(troubles.filter(([, error]) => error?.code === 'github-unreachable')).toHaveLength(9)
    expect(troubles.at(-1)).toEqual(['watchPull', null])
    expect(facts).toEqual([{type: 'ticketFinished', ticket: 1}])
    expect(clock.pending).toBe(0)
  })

  it.each<ErrorCode>([
    'github-unavailable',
    'github-rate-limited',
    'remote-unreachable',
    'disconnected',
    'github-bad-token',
  ])('decides nothing on %s', async code => {
    const {interpreter, clock, facts} = setUp(failingWith(code))
    interpreter.run(watch(1))
    await clock.advance(1000)
    expect(facts.map(({type}) => type)).toEqual(['ticketFinished'])
  })

  it.each<[ErrorCode, boolean]>([
    ['branch-other-work', false],
    ['claim-lost', true],
    ['no-claim', true],
  ])('gives any other failure back as a fact: %s', async (code, lost) => {
    const {interpreter, clock, facts, troubles} = setUp(failingWith(code))
    interpreter.run(watch(1))
    await clock.advance(60_000)
    expect(facts).toEqual([
      {type: 'effectFailed', effect: watch(1), error: {code, message: `it is ${code}`, exitCode: 1}, lost},
    ])
    expect(troubles).toEqual([])
  })

  it('gives up what a signal ends again and again, and says how often it tried', async () => {
    const {interpreter, clock, facts, retries} = setUp(() => Promise.reject(failing('run-interrupted')))
    interpreter.run(watch(1))
    await clock.advance(9 * 60_000)
    expect(facts).toEqual([])
    expect(interpreter.onlyRetries()).toMatchObject([{effect: 'watchPull', ticket: 1}])
    await clock.advance(2 * 60_000)
    expect(facts).toMatchObject([
      {type: 'effectFailed', error: {message: expect.stringMatching(/tried \d\d times/)}, lost: false},
    ])
    expect(retries.at(-1)).toBe('ticket 1: ended')
    expect(interpreter.onlyRetries()).toEqual([])
  })

  it('tries at least three times what a signal ends, however long each try takes', async () => {
    const begun: number[] = []
    const {interpreter, clock, facts} = setUp(async () => {
      begun.push(clock.monotonic())
      await new Promise<void>(resolve => clock.after(20 * 60_000, resolve))
      throw failing('run-interrupted')
    })
    interpreter.run(watch(1))
    await clock.advance(59 * 60_000)
    expect(begun).toHaveLength(3)
    expect(facts).toEqual([])
    await clock.advance(2 * 60_000)
    expect(facts).toMatchObject([{type: 'effectFailed', error: {message: expect.stringMatching(/tried 3 times/)}}])
  })

  it('lets effects that fail for the same reason try one after another, and all once one works', async () => {
    let isDown = true
    const begun: number[] = []
    const {interpreter, clock, facts} = setUp(async () => {
      begun.push(clock.monotonic())
      if (isDown) throw failing('github-unreachable')
      return [{type: 'ticketFinished', ticket: 1}]
    })
    for (let ticket = 1; ticket <= 12; ticket++) interpreter.run(watch(ticket))
    await clock.advance(10 * 60_000)
    // One lane alone tries twice a minute; twelve of them together do not try more than four times.
    const minute = begun.filter(at => at > 5 * 60_000 && at <= 6 * 60_000)
    expect(minute.length).toBeGreaterThanOrEqual(3)
    expect(minute.length).toBeLessThanOrEqual(5)
    isDown = false
    await clock.advance(60_000)
    expect(facts).toHaveLength(12)
    expect(clock.pending).toBe(0)
  })

  it('knows for which tickets something is under way', async () => {
    const gate = Promise.withResolvers<readonly Fact[]>()
    const {interpreter, clock} = setUp(() => gate.promise)
    interpreter.run(watch(1))
    interpreter.run({name: 'timer', ticket: 2, epoch: 1, ms: 1000})
    await clock.advance(500)
    expect([...interpreter.underWay()]).toEqual([1, 2])
    gate.resolve([])
    await clock.advance(1000)
    expect([...interpreter.underWay()]).toEqual([])
  })

  it('turns an unexpected error into a fact too, and continues with the ticket', async () => {
    const {interpreter, clock, facts} = setUp(async effect => {
      if (effect.name === 'watchPull') throw new TypeError('undefined is not a function')
      return []
    })
    interpreter.run(watch(1))
    interpreter.run({name: 'stopAgent', ticket: 1, agent: 'agent001'})
    await clock.advance(0)
    expect(facts).toMatchObject([{type: 'effectFailed', error: {code: 'internal'}, lost: false}])
    expect(interpreter.onlyRetries()).toEqual([])
  })

  it('starts nothing after it is stopped: no effect, no wait, no timer; running effects may end', async () => {
    const gate = Promise.withResolvers<readonly Fact[]>()
    const {interpreter, clock, diary, facts} = setUp(effect => {
      if (effect.name === 'stopAgent') throw failing('disconnected')
      return gate.promise
    })
    interpreter.run(watch(1))
    interpreter.run(watch(1, 2))
    interpreter.run({name: 'stopAgent', ticket: 2, agent: 'agent001'})
    interpreter.run({name: 'timer', ticket: 3, epoch: 1, ms: 1000})
    await clock.advance(100)
    const before = diary.length
    interpreter.stop()
    interpreter.run(watch(4))
    gate.resolve([{type: 'ticketFinished', ticket: 1}])
    await clock.advance(60_000)
    expect(diary.slice(before)).toEqual(['watchPull 1 ends'])
    expect(facts).toEqual([{type: 'ticketFinished', ticket: 1}])
    expect(clock.pending).toBe(0)
    expect(interpreter.onlyRetries()).toEqual([])
  })

  it('lets timers come back as facts with their epoch, without holding up the ticket', async () => {
    const {interpreter, clock, facts, diary} = setUp(async () => [])
    interpreter.run({name: 'timer', ticket: 1, epoch: 4, ms: 10_000})
    interpreter.run(watch(1))
    await clock.advance(9999)
    expect(diary).toContain('watchPull 1 ends')
    expect(facts).toEqual([])
    await clock.advance(1)
    expect(facts).toEqual([{type: 'timeout', ticket: 1, epoch: 4}])
  })

  it('passes the crash points before and after each effect', async () => {
    const {interpreter, clock, crashes} = setUp(failingWith('claim-lost'))
    interpreter.run(watch(1))
    interpreter.run({name: 'stopAgent', ticket: 1, agent: 'agent001'})
    await clock.advance(0)
    expect(crashes).toEqual(['watchPull:before', 'stopAgent:before', 'stopAgent:after'])
  })
})
