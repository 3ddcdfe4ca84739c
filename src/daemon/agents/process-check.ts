import type {Clock} from '../../base/clock.ts'
import {toErrorData} from '../../base/errors.ts'
import type {Log} from '../../base/log.ts'
import {repeat} from '../../base/repeat.ts'
import type {State} from '../../model/core/state.ts'
import type {AgentId, PaneId} from '../../model/data/ids.ts'
import type {PaneInfo} from '../../model/data/pane.ts'
import type {HostGateway} from '../../model/gateways/host.ts'

const LOOK_MS = 20_000

/**
 * Checks now and then that each agent's process lives, by the host's own list: an exit whose report got lost must not
 * keep a ticket at work for ever. `ended` gets the pane as the host shows it; null: the host no longer has it.
 */
export function startProcessCheck(options: {
  host: Pick<HostGateway, 'panes'>
  state: () => State
  ended: (agent: AgentId, pane: PaneId, info: PaneInfo | null) => void
  clock: Clock
  log: Log
}): Disposable {
  const {host, state, ended, clock, log} = options
  return repeat(clock, LOOK_MS, async () => {
    const {agents, tickets} = state()
    const held = Object.values(agents).flatMap(({context: {agent, pane, ticket}}) =>
      pane !== null && ticket !== null && tickets[ticket]?.context.alive ? [{agent, pane}] : [],
    )
    if (held.length === 0) return LOOK_MS
    try {
      const panes = new Map((await host.panes()).map(info => [info.pane, info]))
      for (const {agent, pane} of held) {
        const info = panes.get(pane) ?? null
        if (info === null || info.exit) ended(agent, pane, info)
      }
    } catch (error) {
      log.warn('cannot check whether agents live', {error: toErrorData(error)})
    }
    return LOOK_MS
  })
}
