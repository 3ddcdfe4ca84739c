import type {Kysely, Selectable} from 'kysely'
import {MESSAGE_LIFE_MS, type Message} from '../../model/data/message.ts'
import type {Tables} from './schema.ts'

/** `kept`: only those that are kept under a key. */
export type MessageFilter = {repository: string; to?: string; kept?: boolean; limit: number}

/**
 * Stores a message of a repository and gives it with its id; one that is kept under its key or its nonce already, as it is.
 */
export async function insertMessage(
  db: Kysely<Tables>,
  {repository, nonce, ...message}: Omit<Message, 'id' | 'expiresAt'> & {repository: string; nonce: string},
): Promise<Message> {
  const {key} = message
  if (key !== undefined) {
    const kept = await db
      .selectFrom('messages')
      .selectAll()
      .where('repository', '=', repository)
      .where('key', '=', key)
      .executeTakeFirst()
    if (kept) return messageOf(kept)
  }
  await db
    .insertInto('messages')
    .values({
      sender: message.from,
      recipient: message.to,
      kind: 'request',
      body: message.text,
      sent_at: message.at,
      expires_at: message.at + MESSAGE_LIFE_MS,
      repository,
      ticket: message.ticket,
      delivered_at: message.deliveredAt,
      key: key ?? null,
      nonce,
    })
    .onConflict(conflict => conflict.column('nonce').doNothing())
    .execute()
  const stored = await db.selectFrom('messages').selectAll().where('nonce', '=', nonce).executeTakeFirstOrThrow()
  return messageOf(stored)
}

/** Records when a message was delivered; keeps the first time. */
export async function markDelivered(db: Kysely<Tables>, {id, at}: {id: number; at: number}): Promise<void> {
  await db
    .updateTable('messages')
    .set({delivered_at: at})
    .where('id', '=', id)
    .where('delivered_at', 'is', null)
    .execute()
}

/**
 * Lets a message that was not delivered expire before its day is over. What is kept under a key, or whose day is over, gets
 * the time at which it was sent: that says that it was told of.
 */
export async function expireMessage(db: Kysely<Tables>, {id, at}: {id: number; at: number}): Promise<void> {
  const ofId = db.updateTable('messages').where('id', '=', id).where('delivered_at', 'is', null)
  await ofId.set({expires_at: at}).where('key', 'is', null).where('expires_at', '>', at).execute()
  await ofId
    .set(({ref}) => ({expires_at: ref('sent_at')}))
    .where(eb => eb.or([eb('key', 'is not', null), eb('expires_at', '=', eb('sent_at', '+', MESSAGE_LIFE_MS))]))
    .where(eb => eb.or([eb('key', 'is not', null), eb('expires_at', '<=', at)]))
    .execute()
}

/** The newest messages that match, newest first. */
export async function findMessages(db: Kysely<Tables>, filter: MessageFilter): Promise<Message[]> {
  let query = db
    .selectFrom('messages')
    .selectAll()
    .where('repository', '=', filter.repository)
    .where('ticket', 'is not', null)
    .orderBy('id', 'desc')
    .limit(filter.limit)
  if (filter.to !== undefined) query = query.where('recipient', '=', filter.to)
  if (filter.kept) query = query.where('key', 'is not', null)
  return (await query.execute()).map(messageOf)
}

function messageOf(row: Selectable<Tables['messages']>): Message {
  return {
    id: row.id,
    from: row.sender,
    to: row.recipient,
    ticket: row.ticket ?? 0,
    text: row.body,
    at: row.sent_at,
    deliveredAt: row.delivered_at,
    // What is kept under a key waits for its agent, however long, unless it expired as it was sent: it was told as unread.
    expiresAt: row.key === null || row.expires_at <= row.sent_at ? row.expires_at : null,
    ...(row.key === null ? {} : {key: row.key}),
  }
}
