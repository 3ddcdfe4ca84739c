import type {Clock} from '../base/clock.ts'
import {disposable} from '../base/dispose.ts'
import {type ErrorData, toErrorData} from '../base/errors.ts'
import type {Log} from '../base/log.ts'
import {createKeyedMutex} from '../base/mutex.ts'
import type {EffectHandlers} from '../model/core/effect-handler.ts'
import type {Fact} from '../model/core/facts.ts'
import type {Effect, EffectName} from '../model/data/effects.ts'
import type {CrashPoints} from './crash.ts'
import {isClaimLost, isTransient} from './transient.ts'

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
}

/** An effect that fails for a passing reason, since then (epoch milliseconds). `ticket`: null if it is for none. */
export type Retried = {ticket: number | null; error: ErrorData; since: number}

/** Effects that take minutes. They run beside the ticket's others, so that stopping it does not wait for them. */
const LONG_EFFECTS: readonly EffectName[] = ['setUpWorktree', 'verifyWork']

/** The wait between retries doubles from the first to the last. */
const FIRST_RETRY_MS = 500
const LAST_RETRY_MS = 30_000

/**
 * Carries out effects. The effects of one ticket run in order, tickets run side by side, and a ticket's long effects
 * run beside its others. An effect that fails for a passing reason is retried until it works; any other failure becomes a
 * fact.
 */
export function createInterpreter(options: InterpreterOptions) {
  const {handlers, dispatch, clock, log, crash, inTrace, onTrouble} = options
  const lanes = createKeyedMutex()
  const stopping = new AbortController()
  const waiting = new Set<Disposable>()
  /** Effects that run or wait, by lane. */
  const busy = new Map<string, number>()
  /** Lanes whose present effect has failed since then, and is retried. */
  const retried = new Map<string, Retried>()

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
    for (let wait = FIRST_RETRY_MS; !stopping.signal.aborted; wait = Math.min(wait * 2, LAST_RETRY_MS)) {
      try {
        const facts = await attempt(effect)
        onTrouble(effect.name, null)
        for (const fact of facts) dispatch(fact)
        return
      } catch (thrown) {
        const error = toErrorData(thrown)
        if (stopping.signal.aborted) return
        if (!isTransient(error)) {
          log.warn('effect failed', {effect: effect.name, ...fieldsOf(effect), error, stack: stackOf(thrown)})
          dispatch({type: 'effectFailed', effect, error, lost: isClaimLost(error)})
          return
        }
        const ticket = 'ticket' in effect ? effect.ticket : null
        retried.set(lane, {ticket, error, since: retried.get(lane)?.since ?? clock.now()})
        log.warn('effect is retried', {effect: effect.name, ...fieldsOf(effect), error, wait})
        onTrouble(effect.name, error)
        await pause(wait)
      }
    }
  }

  function startTimer(effect: Extract<Effect, {name: 'timer'}>): void {
    const timer = clock.after(effect.ms, () => {
      waiting.delete(timer)
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
      void lanes
        .run(lane, () => carryOut(effect))
        .finally(() => {
          retried.delete(lane)
          const left = busy.get(lane)! - 1
          if (left > 0) busy.set(lane, left)
          else busy.delete(lane)
        })
    },
    /** What is retried and fails again and again; null: some lane has something else to do. */
    onlyRetries: (): readonly Retried[] | null =>
      [...busy.keys()].every(lane => retried.has(lane)) ? [...retried.values()] : null,
    /** Starts no further effect; those that run are left to end. */
    stop(): void {
      stopping.abort()
      for (const timer of waiting) timer[Symbol.dispose]()
      waiting.clear()
    },
  }
}

export type Interpreter = ReturnType<typeof createInterpreter>

function laneOf(effect: Effect): string {
  if (!('ticket' in effect)) return effect.name
  return `${LONG_EFFECTS.includes(effect.name) ? 'job' : 'ticket'} ${effect.ticket}`
}

function fieldsOf(effect: Effect): {ticket?: number} {
  return 'ticket' in effect ? {ticket: effect.ticket} : {}
}

function stackOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && thrown.name !== 'ClambakeError' ? thrown.stack : undefined
}
