import {type Clock, zoneMinutesAt} from '../base/clock.ts'
import {disposable} from '../base/dispose.ts'
import type {Log} from '../base/log.ts'
import type {Fact} from '../model/core/facts.ts'
import type {State} from '../model/core/state.ts'
import type {Effect} from '../model/data/effects.ts'
import {decide} from '../model/decide/decide.ts'
import {inZone} from '../model/spending/usage.ts'

export type Engine = {
  state(): State
  /** Decides on a fact; facts that arrive meanwhile wait their turn. */
  dispatch(fact: Fact): void
  /** Called after each fact with the new state. */
  subscribe(listener: (state: State, fact: Fact) => void): Disposable
  /** Resolves with the first value that `probe` gives for a state. */
  until<T>(probe: (state: State) => T | undefined): Promise<T>
}

/** The one place that changes the state: facts come in, `decide` gives the new state and effects, `run` gets those. */
export function createEngine(options: {initial: State; clock: Clock; log: Log; run: (effect: Effect) => void}): Engine {
  const {clock, log, run} = options
  const listeners = new Set<(state: State, fact: Fact) => void>()
  const inbox: Fact[] = []
  let state = options.initial
  let busy = false

  function drain(): void {
    for (let fact = inbox.shift(); fact; fact = inbox.shift()) {
      const at = clock.now()
      const decision = decide(inZone(state, zoneMinutesAt(at)), fact, at)
      log.debug('decided', {fact: fact.type, effects: decision.effects.map(effect => effect.name)})
      state = decision.state
      for (const effect of decision.effects) run(effect)
      for (const listener of listeners) listener(state, fact)
    }
  }

  function subscribe(listener: (state: State, fact: Fact) => void): Disposable {
    listeners.add(listener)
    return disposable(() => listeners.delete(listener))
  }

  return {
    state: () => state,
    dispatch(fact) {
      inbox.push(fact)
      if (busy) return
      busy = true
      try {
        drain()
      } finally {
        busy = false
      }
    },
    subscribe,
    until(probe) {
      return new Promise(resolve => {
        const first = probe(state)
        if (first !== undefined) return resolve(first)
        const subscription = subscribe(next => {
          const value = probe(next)
          if (value === undefined) return
          subscription[Symbol.dispose]()
          resolve(value)
        })
      })
    },
  }
}
