import {type Kysely, sql} from 'kysely'
import type {Dialect} from './dialect.ts'
import type {Tables} from './schema.ts'

/** Adds which claim an agent works on, and which claim mail and reservations are of: a slot's name is that of many. */
export async function addClaims(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const columns = [
    ['instances', 'claim'],
    ['messages', 'sender_claim'],
    ['messages', 'recipient_claim'],
    ['reservations', 'owner_claim'],
  ] as const
  for (const [table, column] of columns) await db.schema.alterTable(table).addColumn(column, 'text').execute()
  await db.schema.createIndex('messages_claim').on('messages').columns(['recipient_claim', 'id']).execute()
  await replaceUnread(db, dialect)
}

/** Makes the view of unread messages again: receipts of an agent are kept under its claim. */
async function replaceUnread(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const at = (name: string) => (dialect === 'postgres' ? `clambake.${name}` : name)
  const now =
    dialect === 'sqlite'
      ? "cast(unixepoch('subsec') * 1000 as integer)"
      : 'cast(extract(epoch from now()) * 1000 as bigint)'
  await sql.raw(`drop view ${at('unread_messages')}`).execute(db)
  await sql
    .raw(
      `create view ${at('unread_messages')} as
    select instance.id as instance, message.* from ${at('instances')} instance join ${at('messages')} message
      on (message.recipient in ('@all', instance.project) or message.recipient_claim = instance.claim
        or (message.recipient = instance.id and (message.recipient_claim is null or instance.claim is null)))
      and coalesce(message.sender_claim, message.sender_instance, '') <> coalesce(instance.claim, instance.id)
      and not (coalesce(message.sender_instance, '') = instance.id
        and (message.sender_claim is null or instance.claim is null))
    left join ${at('receipts')} receipt
      on receipt.message = message.id and receipt.instance = coalesce(instance.claim, instance.id)
    where message.ticket is null and message.expires_at > ${now} and message.ended_at is null
      and receipt.begun_at is null and receipt.read_at is null`,
    )
    .execute(db)
}

/** Ends what an agent held and reserved for an earlier claim: its slot has that name again, and works on something else. */
export async function endEarlier(
  db: Kysely<Tables>,
  {id, claim, at}: {id: string; claim: string; at: number},
): Promise<void> {
  await db
    .updateTable('messages')
    .set({ended_at: at, ended_by: id})
    .where('sender_instance', '=', id)
    .where('kind', '=', 'blocker')
    .where('ended_at', 'is', null)
    .where('expires_at', '>', at)
    .where('sender_claim', '<>', claim)
    .execute()
  await db
    .updateTable('reservations')
    .set({released_at: at})
    .where('owner_instance', '=', id)
    .where('released_at', 'is', null)
    .where('owner_claim', '<>', claim)
    .execute()
}

/** The claim that an agent works on now; null: the hub knows of none, or it is another session. */
export async function claimOf(db: Kysely<Tables>, instance: string | null): Promise<string | null> {
  if (instance === null) return null
  const row = await db.selectFrom('instances').select('claim').where('id', '=', instance).executeTakeFirst()
  return row?.claim ?? null
}
