import {type Kysely, sql} from 'kysely'
import {type Dialect, numbered} from './dialect.ts'

/** Milliseconds in which an instance that was not heard of still counts as active in the views. */
const ACTIVE_MS = 30 * 60_000
const DAY_MS = 24 * 60 * 60_000

/** Adds what sessions of several projects know each other by: their processes, mail with receipts, memory, views. */
export async function addCoordination(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const text = (table: string, ...columns: string[]) => addColumns(db, table, 'text', columns)
  const numbers = (table: string, ...columns: string[]) => addColumns(db, table, 'bigint', columns)
  await numbers('instances', 'registered_at', 'pid')
  await text('instances', 'host', 'process_start', 'session')
  await text('messages', 'nonce', 'project', 'sender_instance', 'resource', 'ended_by')
  await numbers('messages', 'answers', 'due_at', 'ended_at')
  await db.schema.createIndex('messages_nonce').unique().on('messages').column('nonce').execute()
  await db.schema.createIndex('messages_recipient').on('messages').columns(['recipient', 'id']).execute()
  await db.schema.createIndex('messages_resource').on('messages').columns(['resource', 'expires_at']).execute()
  await text('session_log', 'project', 'nonce')
  await db.schema.createIndex('session_log_nonce').unique().on('session_log').column('nonce').execute()
  await db.schema.createIndex('session_log_project').on('session_log').columns(['project', 'id']).execute()
  await db.schema.createIndex('session_log_instance').on('session_log').columns(['instance', 'id']).execute()
  await db.schema.createIndex('session_log_at').on('session_log').column('at').execute()
  await db.schema
    .createTable('receipts')
    .addColumn('message', 'bigint', column => column.notNull())
    .addColumn('instance', 'text', column => column.notNull())
    .addColumn('handed_at', 'bigint')
    .addColumn('tries', 'integer', column => column.notNull().defaultTo(0))
    .addColumn('begun_at', 'bigint')
    .addColumn('read_at', 'bigint')
    .addPrimaryKeyConstraint('receipts_key', ['message', 'instance'])
    .execute()
  await addMemory(db, dialect)
  await addViews(db, dialect)
  if (dialect === 'postgres') await addNotices(db)
}

async function addColumns(
  db: Kysely<unknown>,
  table: string,
  type: 'text' | 'bigint',
  columns: readonly string[],
): Promise<void> {
  for (const column of columns) await db.schema.alterTable(table).addColumn(column, type).execute()
}

/** Parts memory into that of a project and that of all, and copies what was there. */
async function addMemory(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const table = (name: string) =>
    db.schema
      .createTable(name)
      .addColumn('id', ...numbered(dialect))
      .addColumn('type', 'text', column => column.notNull())
      .addColumn('title', 'text', column => column.notNull())
      .addColumn('body', 'text', column => column.notNull())
      .addColumn('status', 'text', column => column.notNull())
      .addColumn('tags', 'text', column => column.notNull())
      .addColumn('files', 'text', column => column.notNull())
      .addColumn('created_by', 'text', column => column.notNull())
      .addColumn('created_at', 'bigint', column => column.notNull())
      .addColumn('updated_at', 'bigint', column => column.notNull())
  await table('project_memory')
    .addColumn('project', 'text', column => column.notNull())
    .execute()
  await table('global_memory').execute()
  await db.schema.createIndex('project_memory_project').on('project_memory').columns(['project', 'id']).execute()
  const to = 'type, title, body, status, tags, files, created_by, created_at, updated_at'
  const from = 'kind, title, body, status, tags, files, created_by, updated_at, updated_at'
  const at = (name: string) => sql.raw(dialect === 'postgres' ? `clambake.${name}` : name)
  await sql`insert into ${at('project_memory')} (project, ${sql.raw(to)})
    select project, ${sql.raw(from)} from ${at('memory')} where project is not null order by id`.execute(db)
  await sql`insert into ${at('global_memory')} (${sql.raw(to)})
    select ${sql.raw(from)} from ${at('memory')} where project is null order by id`.execute(db)
}

/** Adds the views by which people look into the store by hand. */
async function addViews(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const now =
    dialect === 'sqlite'
      ? "cast(unixepoch('subsec') * 1000 as integer)"
      : 'cast(extract(epoch from now()) * 1000 as bigint)'
  const at = (name: string) => (dialect === 'postgres' ? `clambake.${name}` : name)
  const view = (name: string, query: string) => sql.raw(`create view ${at(name)} as ${query}`).execute(db)
  await view(
    'active_instances',
    `select * from ${at('instances')} where status <> 'shutting_down' and heartbeat_at >= ${now} - ${ACTIVE_MS}`,
  )
  await view(
    'unread_messages',
    `select instance.id as instance, message.* from ${at('instances')} instance join ${at('messages')} message
      on message.recipient in ('@all', instance.project, instance.id)
      and coalesce(message.sender_instance, '') <> instance.id
    left join ${at('receipts')} receipt on receipt.message = message.id and receipt.instance = instance.id
    where message.ticket is null and message.expires_at > ${now} and message.ended_at is null
      and receipt.begun_at is null and receipt.read_at is null`,
  )
  await view('recent_activity', `select * from ${at('session_log')} where at >= ${now} - ${DAY_MS}`)
}

/** Lets the server tell who listens that one of these tables changed, once for each statement. */
async function addNotices(db: Kysely<unknown>): Promise<void> {
  await sql`create function clambake.tell_change() returns trigger language plpgsql as
    $$ begin perform pg_notify('clambake', tg_table_name); return null; end $$`.execute(db)
  for (const table of ['messages', 'receipts', 'instances', 'session_log', 'project_memory', 'global_memory']) {
    await sql`create trigger tell_change after insert or update or delete on ${sql.raw(`clambake.${table}`)}
      for each statement execute function clambake.tell_change()`.execute(db)
  }
}
