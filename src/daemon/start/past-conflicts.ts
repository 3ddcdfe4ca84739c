import * as z from 'zod'
import {toErrorData} from '../../base/errors.ts'
import type {Log} from '../../base/log.ts'
import type {StoredEvent} from '../../model/data/event.ts'
import type {HubGateway} from '../../model/gateways/hub.ts'

/** The newest events, among which those of conflicts are looked for: days of work of many agents. */
const EVENTS_READ = 2000

/** When conflicts were seen first that were there when an earlier run of the daemon ended, by their keys. */
export type PastConflicts = Readonly<Record<string, number>>

const sides = z.object({one: z.string(), other: z.string()})

/** Reads the conflicts that an earlier run of the daemon saw last; without the hub they are seen as new ones. */
export async function readPastConflicts({
  hub,
  log,
}: {
  hub: Pick<HubGateway, 'recent'>
  log: Log
}): Promise<PastConflicts> {
  try {
    return pastConflictsOf(await hub.recent(EVENTS_READ))
  } catch (error) {
    log.warn('cannot read since when conflicts are seen', {error: toErrorData(error)})
    return {}
  }
}

/** Those of which no event tells that they are gone. Pure. */
export function pastConflictsOf(events: readonly StoredEvent[]): PastConflicts {
  const since: Record<string, number> = {}
  for (const {type, at, metadata} of events) {
    const {data} = sides.safeParse(metadata)
    if (data === undefined) continue
    const key = `${data.one} ${data.other}`
    if (type === 'conflict_detected') since[key] = at
    else if (type === 'conflict_resolved') delete since[key]
  }
  return since
}
