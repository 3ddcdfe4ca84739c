import type {Clock} from '../../base/clock.ts'
import {toErrorData} from '../../base/errors.ts'
import type {Log} from '../../base/log.ts'
import {repeat} from '../../base/repeat.ts'
import {AGENT_STATES, agentPhase} from '../../model/agent/states.ts'
import type {State} from '../../model/core/state.ts'
import type {PaneInfo} from '../../model/data/pane.ts'
import type {HostGateway} from '../../model/gateways/host.ts'
import type {HubGateway, OwnInstance} from '../../model/gateways/hub.ts'
import type {ClaimOf} from '../../model/hub/instance.ts'

/** The hub drops an instance after half an hour, so a few heartbeats may be missed. */
const BEAT_MS = 5 * 60_000

/** The working agents as instances of the hub. Pure. */
export function instancesOf(
  state: State,
  {root, claimOf, panes}: {root: string; claimOf: ClaimOf; panes: readonly PaneInfo[]},
): OwnInstance[] {
  return Object.values(state.agents).flatMap(slot => {
    const {agent, ticket: issue, pane} = slot.context
    const ticket = issue === null ? undefined : state.tickets[issue]
    if (!ticket || pane === null) return []
    return [
      {
        id: `${agent}@${root}`,
        directory: ticket.context.worktree ?? root,
        task: `#${issue} ${ticket.context.title}`,
        model: state.config.agents.profile,
        status: AGENT_STATES[agentPhase(slot)].busy ? 'busy' : 'idle',
        pid: panes.find(info => info.pane === pane)?.pid ?? null,
        ...claimOf(ticket.context.issue),
      },
    ]
  })
}

/** Registers the working agents with the hub again and again, including those that an earlier run started. */
export function startHeartbeats(options: {
  hub: Pick<HubGateway, 'register'>
  host: Pick<HostGateway, 'panes'>
  state: () => State
  root: string
  claimOf: ClaimOf
  clock: Clock
  log: Log
}): Disposable {
  const {hub, host, state, root, claimOf, clock, log} = options
  return repeat(clock, 0, async () => {
    try {
      const panes = await host.panes()
      for (const instance of instancesOf(state(), {root, claimOf, panes})) await hub.register(instance)
    } catch (error) {
      log.warn('cannot send heartbeats to the hub', {error: toErrorData(error)})
    }
    return BEAT_MS
  })
}
