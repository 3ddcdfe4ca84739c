import {sleep} from '../../src/base/clock.ts'
import {ClambakeError} from '../../src/base/errors.ts'
import type {PaneInfo} from '../../src/model/data/pane.ts'
import type {DaemonState} from '../../src/protocol/daemon.ts'
import type {Play} from './play.ts'

/** How long a play is waited for; the machine may be busy. */
export const PATIENCE = {everyMs: 50, timeoutMs: 90_000}

/** A change that the daemon tells of is looked at at once; one that was lost with a connection, after this time. */
const LOOK_MS = 250

/** The daemon's state, once it is as wanted; fails with the state as it was last. */
export async function stateWhen(
  play: Pick<Play, 'daemon'>,
  isWanted: (state: DaemonState) => boolean,
  {timeoutMs} = PATIENCE,
): Promise<DaemonState> {
  let last: unknown
  const end = performance.now() + timeoutMs
  while (performance.now() < end) {
    try {
      await using daemon = await play.daemon()
      let changed = Promise.withResolvers<void>()
      using _told = daemon.on('state', () => changed.resolve())
      while (performance.now() < end) {
        const state = await daemon.call('state', {})
        last = state
        if (isWanted(state)) return state
        await Promise.race([changed.promise, sleep(LOOK_MS)])
        changed = Promise.withResolvers()
      }
    } catch (error) {
      // The daemon is being started again.
      if (!(error instanceof ClambakeError && ['not-running', 'disconnected'].includes(error.code))) throw error
      await sleep(PATIENCE.everyMs)
    }
  }
  throw new Error(`the state never came to be as wanted: ${JSON.stringify(last, null, 1)}`)
}

/** The newest pane of a ticket. */
export async function paneOf(play: Play, ticket: number): Promise<PaneInfo> {
  await using host = await play.host()
  const pane = (await host.call('pane.list', {})).findLast(info => info.meta.ticket === String(ticket))
  if (!pane) throw new Error(`no pane is for #${ticket}`)
  return pane
}

/** Types to a ticket's agent, as a person who is attached would. */
export async function type(play: Play, ticket: number, data: string): Promise<void> {
  const {pane} = await paneOf(play, ticket)
  await using host = await play.host()
  await host.call('pane.write', {pane, data})
}

/** The trace that an issue's claim names; null: nothing is traced. */
export async function traceInClaim({repository}: Pick<Play, 'repository'>, issue: number): Promise<string | null> {
  const message = await repository.git('log', '-1', '--format=%B', `refs/clambake/claims/issue-${issue}`)
  return (JSON.parse(message.slice(message.indexOf('{'))) as {traceparent: string | null}).traceparent
}
