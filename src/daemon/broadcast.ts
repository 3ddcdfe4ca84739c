import type {Clock} from '../base/clock.ts'
import {disposable} from '../base/dispose.ts'
import type {State} from '../model/core/state.ts'
import type {DaemonState} from '../protocol/daemon.ts'
import type {Services} from './services.ts'

/** Changes within this time are sent together: a dozen busy agents change state many times a second. */
const BROADCAST_MS = 30

/**
 * Sends changed slices of the state until it is disposed. A change of an agent's state is sent at once, since the agent
 * may wait for a person; other changes are sent together after a short delay.
 */
export function broadcastState(options: {
  services: Pick<Services, 'state' | 'onState'> & {engine: {state(): State}}
  clock: Clock
  send: (changed: Partial<DaemonState>) => void
}): Disposable {
  const {services, clock, send} = options
  let sent = services.state()
  let agents = agentStates(services.engine.state())
  let timer: {at: Disposable; urgent: boolean} | null = null

  function sendChanges(): void {
    timer = null
    const now = services.state()
    const changed = changedSlices(sent, now)
    sent = now
    if (Object.keys(changed).length > 0) send(changed)
  }

  services.onState(() => {
    const now = agentStates(services.engine.state())
    const urgent = now !== agents
    agents = now
    if (timer !== null && (timer.urgent || !urgent)) return
    timer?.at[Symbol.dispose]()
    timer = {at: clock.after(urgent ? 0 : BROADCAST_MS, sendChanges), urgent}
  })
  return disposable(() => timer?.at[Symbol.dispose]())
}

/** The state of every agent, as a key to compare. */
function agentStates({agents}: State): string {
  return Object.values(agents)
    .map(({value, context}) => `${value} ${context.waitsFor}`)
    .join()
}

function changedSlices(before: DaemonState, now: DaemonState): Partial<DaemonState> {
  const changed = Object.entries(now).filter(([slice, value]) => !isSame(value, before[slice as keyof DaemonState]))
  return Object.fromEntries(changed)
}

/** Compares values in the form in which they are sent; of thousands of rows, those that are the same object are not looked into. */
function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((item, index) => isSame(item, other[index]))
  return JSON.stringify(one) === JSON.stringify(other)
}
