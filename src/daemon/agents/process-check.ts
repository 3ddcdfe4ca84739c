import type {Clock} from '../../base/clock.ts'
import {toErrorData} from '../../base/errors.ts'
import type {Log} from '../../base/log.ts'
import {repeat} from '../../base/repeat.ts'
import type {State} from '../../model/core/state.ts'
import type {PaneInfo} from '../../model/data/pane.ts'
import type {HostGateway} from '../../model/gateways/host.ts'

const LOOK_MS = 20_000

/**
 * Checks now and then that each agent's process lives, by the host's own list: an exit whose report got lost must not
 * keep a ticket at work for ever. `ended` is called with the pane as the host shows it, or with its last known data.
 */
export function startProcessCheck(options: {
  host: Pick<HostGateway, 'panes'>
  state: () => State
  known: (pane: string) => PaneInfo | undefined
  ended: (info: PaneInfo) => void
  clock: Clock
  log: Log
}): Disposable {
  const {host, state, known, ended, clock, log} = options
  return repeat(clock, LOOK_MS, async () => {
    const {agents, tickets} = state()
    const held = Object.values(agents).flatMap(({context: {pane, ticket}}) =>
      pane !== null && ticket !== null && tickets[ticket]?.context.alive ? [pane] : [],
    )
    if (held.length === 0) return LOOK_MS
    try {
      const panes = new Map((await host.panes()).map(info => [info.pane, info]))
      for (const pane of held) {
        const info = panes.get(pane) ?? gone(known(pane), clock)
        if (info?.exit) ended(info)
      }
    } catch (error) {
      log.warn('cannot check whether agents live', {error: toErrorData(error)})
    }
    return LOOK_MS
  })
}

/** A pane that the host no longer has, as one whose program has ended. */
function gone(info: PaneInfo | undefined, clock: Clock): PaneInfo | undefined {
  return info && {...info, exit: info.exit ?? {code: -1, signal: null, at: clock.now()}}
}
