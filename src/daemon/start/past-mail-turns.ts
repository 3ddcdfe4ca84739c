import * as z from 'zod'
import {toErrorData} from '../../base/errors.ts'
import type {Log} from '../../base/log.ts'
import type {StoredEvent} from '../../model/data/event.ts'
import {MAIL_TURNS_EVENT} from '../../model/decide/mail-turns.ts'
import type {HubGateway} from '../../model/gateways/hub.ts'
import {type MailTurns, NO_MAIL_TURNS} from '../../model/hub/mail-turns.ts'

/** Events that are read back: a ticket has about as many as other sessions may begin turns of its agent. */
const EVENTS_READ = 2000

/** The turns that other sessions began for a ticket since a time (epoch milliseconds): an earlier claim does not count. */
export type PastMailTurns = (ticket: number, since: number) => MailTurns

const turns = z.object({begun: z.number().int().nonnegative(), toldAt: z.number().int().nonnegative()})

/**
 * Reads what earlier runs of the daemon counted, so that restarting it gives other sessions no more turns. What holds: a turn
 * is counted by an event once its prompt was taken. A daemon that is killed between the two leaves that one turn uncounted.
 * The count goes with a claim to another daemon that uses the same hub, as the mail does; while the hub cannot be read, and
 * for one with a hub of its own, it begins at 0.
 */
export async function readPastMailTurns({
  hub,
  log,
}: {
  hub: Pick<HubGateway, 'history'>
  log: Log
}): Promise<PastMailTurns> {
  try {
    return pastMailTurnsOf(await hub.history({name: MAIL_TURNS_EVENT, limit: EVENTS_READ}))
  } catch (error) {
    log.warn('cannot read how many turns other sessions began', {error: toErrorData(error)})
    return pastMailTurnsOf([])
  }
}

/** The last event of a ticket says how many there are. Pure. */
export function pastMailTurnsOf(events: readonly StoredEvent[]): PastMailTurns {
  return (ticket, since) => {
    const last = events.findLast(event => event.ticket === ticket && event.at >= since)
    const parsed = turns.safeParse(last?.metadata)
    return parsed.success ? parsed.data : NO_MAIL_TURNS
  }
}
