import {existsSync} from 'node:fs'
import {describeFailure} from '../../model/data/assignment.ts'
import type {Config} from '../../model/data/config.ts'
import type {HubGateway} from '../../model/gateways/hub.ts'
import type {Job, Jobs} from '../jobs/jobs.ts'

/** Ends what a ticket's worktree has outside of its folder, before the folder goes. */
export type TearDown = (place: Pick<Job, 'ticket' | 'branch' | 'session' | 'worktree'>) => Promise<void>

/**
 * Runs `worktree.teardown` in a worktree that is about to be removed: after a kill it runs again, as long as the folder is
 * there. A failed command is reported and does not stop the removal, since the work itself is safe.
 */
export function createTearDown(gateways: {jobs: Jobs; config: Config; hub: Pick<HubGateway, 'append'>}): TearDown {
  const {jobs, hub, config} = gateways
  return async place => {
    const {teardown: commands, teardown_timeout: timeoutMinutes} = config.worktree
    if (commands.length === 0 || !existsSync(place.worktree)) return
    const outcome = await jobs.run({kind: 'teardown', ...place, commands, timeoutMinutes})
    if (typeof outcome === 'string') return
    hub.append({
      type: 'status_update',
      ticket: place.ticket,
      severity: 'warning',
      message: `the teardown of #${place.ticket} failed, so parts of its runtime may be left: ${describeFailure(outcome)}`,
    })
  }
}
