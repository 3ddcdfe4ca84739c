import type {Kysely} from 'kysely'
import {DUE_MS} from '../../model/hub/mail.ts'
import type {Tables} from './schema.ts'

/** Times that are ahead by less may be those of another program, whose call came first. */
const SLACK_MS = 60_000
/** Of times that are ahead by more the clock is wrong now, as that of a machine that has just started: they are left. */
const MOST_MS = 7 * 24 * 60 * 60_000

/**
 * Takes times in the future for now, where the clock was set back: signs of life, blockers, reservations and the time until which a
 * request waits would last until that time comes again otherwise. A message itself is kept for longer instead, so that a clock
 * that is wrong for a moment loses none.
 */
export async function notAfter(db: Kysely<Tables>, at: number): Promise<void> {
  const [from, to] = [at + SLACK_MS, at + MOST_MS]
  const [beats, held, reserved, due] = await Promise.all([
    db.selectFrom('instances').select('id').where('heartbeat_at', '>', from).where('heartbeat_at', '<', to).execute(),
    db
      .selectFrom('messages')
      .select(['id', 'sent_at', 'expires_at'])
      .where('resource', 'is not', null)
      .where('sent_at', '>', from)
      .where('sent_at', '<', to)
      .where('ended_at', 'is', null)
      .execute(),
    db
      .selectFrom('reservations')
      .select(['id', 'at', 'expires_at'])
      .where('expires_at', '>', from)
      .where('at', '>', from)
      .where('at', '<', to)
      .where('released_at', 'is', null)
      .execute(),
    db
      .selectFrom('messages')
      .select('id')
      .where('kind', '=', 'request')
      .where('due_at', '>', from + DUE_MS)
      .where('due_at', '<', to)
      .where('ended_at', 'is', null)
      .execute(),
  ])
  for (const {id} of beats) {
    const query = db.updateTable('instances').set({heartbeat_at: at}).where('id', '=', id)
    await query.where('heartbeat_at', '>', from).execute()
  }
  for (const {id, sent_at, expires_at} of held) {
    const query = db.updateTable('messages').set({sent_at: at, expires_at: at + expires_at - sent_at})
    await query.where('id', '=', id).where('sent_at', '=', sent_at).execute()
  }
  for (const {id, at: reservedAt, expires_at} of reserved) {
    const query = db.updateTable('reservations').set({at, expires_at: at + expires_at - reservedAt})
    await query.where('id', '=', id).where('at', '=', reservedAt).execute()
  }
  for (const {id} of due) {
    const query = db.updateTable('messages').set({due_at: at + DUE_MS})
    await query.where('id', '=', id).execute()
  }
}
