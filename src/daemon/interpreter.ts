import type {Clock} from '../base/clock.ts'
import {disposable} from '../base/dispose.ts'
import {type ErrorData, toErrorData} from '../base/errors.ts'
import type {Log} from '../base/log.ts'
import {createKeyedMutex} from '../base/mutex.ts'
import type {EffectHandlers} from '../model/core/effect-handler.ts'
import {handlingOf, isClaimLost, retryPause} from '../model/core/error-classes.ts'
import type {Fact} from '../model/core/facts.ts'
import type {Retry} from '../model/core/retry.ts'
import type {Effect, EffectName} from '../model/data/effects.ts'
import {createBreaker} from './breaker.ts'
import type {CrashPoints} from './crash.ts'

export type InterpreterOptions = {
  handlers: EffectHandlers<Exclude<EffectName, 'timer'>>
  dispatch: (fact: Fact) => void
  clock: Clock
  log: Log
  crash: CrashPoints
  /** Runs a ticket's effect inside the ticket's trace. */
  inTrace: <T>(effect: Effect, run: () => Promise<T>) => Promise<T>
  /** Called with the error of an effect that is retried, and with null after it works again. */
  onTrouble: (name: EffectName, error: ErrorData | null) => void
  /** Called with what is retried in a lane after each failure, and with null when that has ended. */
  onRetry: (lane: string, retry: Retry | null) => void
}

/** Effects that take minutes. They run beside the ticket's others, so that stopping it does not wait for them. */
const LONG_EFFECTS: readonly EffectName[] = ['setUpWorktree', 'verifyWork']

/**
 * Carries out effects. The effects of one ticket run in order, tickets run side by side, and a ticket's long effects
 * run beside its others. How long an effect that failed is retried is said for each class of errors; what fails for good
 * becomes a fact.
 */
export function createInterpreter(options: InterpreterOptions) {
  const {handlers, dispatch, clock, log, crash, inTrace, onTrouble, onRetry} = options
  const lanes = createKeyedMutex()
  const stopping = new AbortController()
  const waiting = new Set<Disposable>()
  /** Effects that run or wait, by lane. */
  const busy = new Map<string, number>()
  /** How many effects and timers are under way for each ticket. */
  const tickets = new Map<number, number>()
  /** Lanes whose present effect has failed since then, and is retried. */
  const retried = new Map<string, Retry>()
  const breaker = createBreaker(clock)

  async function attempt(effect: Exclude<Effect, {name: 'timer'}>): Promise<readonly Fact[]> {
    const handler = handlers[effect.name] as (effect: Effect) => Promise<readonly Fact[]>
    crash(effect.name, 'before')
    const facts = await inTrace(effect, () => handler(effect))
    crash(effect.name, 'after')
    return facts
  }

  function pause(ms: number): Promise<void> {
    const {promise, resolve} = Promise.withResolvers<void>()
    const timer = clock.after(ms, resolve)
    const wait = disposable(() => {
      timer[Symbol.dispose]()
      resolve()
    })
    waiting.add(wait)
    return promise.finally(() => waiting.delete(wait))
  }

  async function carryOut(effect: Exclude<Effect, {name: 'timer'}>): Promise<void> {
    const lane = laneOf(effect)
    const began = clock.monotonic()
    let last: ErrorData | null = null
    for (let tries = 1; !stopping.signal.aborted; tries++) {
      try {
        const facts = await attempt(effect)
        if (last) breaker.worked(last.code)
        onTrouble(effect.name, null)
        settle(lane)
        for (const fact of facts) dispatch(fact)
        return
      } catch (thrown) {
        const error = toErrorData(thrown)
        if (stopping.signal.aborted) return
        if (last && last.code !== error.code) breaker.worked(last.code)
        last = error
        const {retry, forMs, leastTries = 1, shared} = handlingOf(error)
        const isLate = clock.monotonic() - began >= (forMs ?? Number.POSITIVE_INFINITY)
        if (retry === null || (isLate && tries >= leastTries)) {
          log.warn('effect failed', {effect: effect.name, ...fieldsOf(effect), error, tries, stack: stackOf(thrown)})
          if (tries > 1) onTrouble(effect.name, null)
          settle(lane)
          dispatch({type: 'effectFailed', effect, error: afterTries(error, tries), lost: isClaimLost(error)})
          return
        }
        const wait = retryPause(retry, tries)
        const ticket = 'ticket' in effect ? effect.ticket : null
        // The clock may have been set back since the first failure.
        const since = Math.min(retried.get(lane)?.since ?? clock.now(), clock.now())
        retried.set(lane, {effect: effect.name, ticket, error, since, tries})
        log.warn('effect is retried', {effect: effect.name, ...fieldsOf(effect), error, wait})
        onTrouble(effect.name, error)
        onRetry(lane, retried.get(lane)!)
        if (shared) breaker.failed(error.code)
        await pause(wait)
        if (shared) await breaker.turn(error.code)
      }
    }
  }

  /** Notes that nothing is retried in a lane any more. */
  function settle(lane: string): void {
    if (retried.delete(lane)) onRetry(lane, null)
  }

  function count(ticket: number, change: 1 | -1): void {
    const left = (tickets.get(ticket) ?? 0) + change
    if (left > 0) tickets.set(ticket, left)
    else tickets.delete(ticket)
  }

  function startTimer(effect: Extract<Effect, {name: 'timer'}>): void {
    count(effect.ticket, 1)
    const timer = clock.after(effect.ms, () => {
      waiting.delete(timer)
      count(effect.ticket, -1)
      dispatch({type: 'timeout', ticket: effect.ticket, epoch: effect.epoch})
    })
    waiting.add(timer)
  }

  return {
    run(effect: Effect): void {
      if (stopping.signal.aborted) return
      if (effect.name === 'timer') return startTimer(effect)
      const lane = laneOf(effect)
      busy.set(lane, (busy.get(lane) ?? 0) + 1)
      if ('ticket' in effect) count(effect.ticket, 1)
      void lanes
        .run(lane, () => carryOut(effect))
        .finally(() => {
          settle(lane)
          if ('ticket' in effect) count(effect.ticket, -1)
          const left = busy.get(lane)! - 1
          if (left > 0) busy.set(lane, left)
          else busy.delete(lane)
        })
    },
    /** What is retried and fails again and again; null: some lane has something else to do. */
    onlyRetries: (): readonly Retry[] | null =>
      [...busy.keys()].every(lane => retried.has(lane)) ? [...retried.values()] : null,
    /** Tickets for which an effect or a timer is under way. */
    underWay: (): ReadonlySet<number> => new Set([...tickets.keys()]),
    /** Starts no further effect; those that run are left to end. */
    stop(): void {
      stopping.abort()
      for (const timer of waiting) timer[Symbol.dispose]()
      waiting.clear()
      breaker[Symbol.dispose]()
    },
  }
}

export type Interpreter = ReturnType<typeof createInterpreter>

function laneOf(effect: Effect): string {
  if (!('ticket' in effect)) return effect.name
  return `${LONG_EFFECTS.includes(effect.name) ? 'job' : 'ticket'} ${effect.ticket}`
}

/** Says of an error that was retried how often. */
function afterTries(error: ErrorData, tries: number): ErrorData {
  return tries === 1 ? error : {...error, message: `${error.message} (tried ${tries} times)`}
}

function fieldsOf(effect: Effect): {ticket?: number} {
  return 'ticket' in effect ? {ticket: effect.ticket} : {}
}

function stackOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && thrown.name !== 'ClambakeError' ? thrown.stack : undefined
}
