import * as z from 'zod'
import {toErrorData} from '../../base/errors.ts'
import type {Log} from '../../base/log.ts'
import type {Fact} from '../../model/core/facts.ts'
import type {Claim} from '../../model/data/claim.ts'
import type {StoredEvent} from '../../model/data/event.ts'
import type {HubGateway} from '../../model/gateways/hub.ts'
import {SHOWN_EVENT} from '../../model/mirror/written.ts'

type LastWritten = NonNullable<Extract<Fact, {type: 'restored'}>['shown']>

/** Events that are read back: a ticket has a handful, and only those of open claims count. */
const EVENTS_READ = 2000

const show = z.object({
  labels: z.array(z.string()).nullable(),
  column: z.string().nullable(),
  assignee: z.string().nullable(),
})

/** Reads what earlier runs of the daemon last wrote to GitHub for its claims; without the hub that is unknown. */
export async function readLastWritten(
  claims: readonly Claim[],
  {hub, log}: {hub: Pick<HubGateway, 'history'>; log: Log},
): Promise<LastWritten> {
  try {
    return lastWrittenOf(claims, await hub.history({name: SHOWN_EVENT, limit: EVENTS_READ}))
  } catch (error) {
    log.warn('cannot read what was last written to GitHub', {error: toErrorData(error)})
    return []
  }
}

/** The last event of each claim; those of an earlier claim of the issue do not count. Pure. */
export function lastWrittenOf(claims: readonly Claim[], events: readonly StoredEvent[]): LastWritten {
  return claims.flatMap(({record: {issue, claimedAt}}) => {
    const last = events.findLast(({ticket, at}) => ticket === issue && at >= Date.parse(claimedAt))
    const parsed = show.safeParse(last?.metadata)
    return last && parsed.success ? [{ticket: issue, show: parsed.data, at: last.at}] : []
  })
}
