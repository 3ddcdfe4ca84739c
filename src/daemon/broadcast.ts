import type {Clock} from '../base/clock.ts'
import {disposable} from '../base/dispose.ts'
import type {State} from '../model/core/state.ts'
import type {DaemonState} from '../protocol/daemon.ts'
import type {Services} from './services.ts'

/** Changes of one moment travel together: a dozen busy agents tell of theirs many times a second. */
const BROADCAST_MS = 30

/**
 * Sends what changed until it is disposed: that an agent stands differently at once, since a person may be waited for;
 * all else with what comes soon after.
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

  function tell(): void {
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
    timer = {at: clock.after(urgent ? 0 : BROADCAST_MS, tell), urgent}
  })
  return disposable(() => timer?.at[Symbol.dispose]())
}

function agentStates({agents}: State): string {
  return Object.values(agents)
    .map(({value, context}) => `${value} ${context.waitsFor}`)
    .join()
}

/** The slices that say something new; compared as what they would be on the wire. */
function changedSlices(before: DaemonState, now: DaemonState): Partial<DaemonState> {
  const changed = Object.entries(now).filter(
    ([slice, value]) => JSON.stringify(value) !== JSON.stringify(before[slice as keyof DaemonState]),
  )
  return Object.fromEntries(changed)
}
