import * as z from 'zod'
import {toErrorData} from '../../base/errors.ts'
import type {Log} from '../../base/log.ts'
import type {StoredEvent} from '../../model/data/event.ts'
import type {HubGateway} from '../../model/gateways/hub.ts'
import {MESSAGE_SENT} from '../agents/messages.ts'

/** The newest events, among which those of conflicts are looked for: days of work of many agents. */
const EVENTS_READ = 2000

/** What earlier runs of the daemon left of conflicts, which are named by their keys. */
export type PastConflicts = {
  /** When those were seen first that were there when the last run ended. */
  since: Readonly<Record<string, number>>
  /** Those that agents were told of and that are not known to be gone. */
  told: readonly string[]
}

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
    log.warn('cannot read which conflicts were seen', {error: toErrorData(error)})
    return {since: {}, told: []}
  }
}

/** Keeps those of which no event tells that they are gone. Pure. */
export function pastConflictsOf(events: readonly StoredEvent[]): PastConflicts {
  const since: Record<string, number> = {}
  const told = new Set<string>()
  for (const event of events) {
    const {type, at, metadata} = event
    const {data} = sides.safeParse(metadata)
    if (data === undefined) continue
    const key = `${data.one} ${data.other}`
    if (type === 'conflict_detected') since[key] = at
    else if (event.type === 'custom' && event.name === MESSAGE_SENT) told.add(key)
    else if (type === 'conflict_resolved') {
      delete since[key]
      told.delete(key)
    }
  }
  return {since, told: [...told]}
}
