import type {Kysely} from 'kysely'
import type {Migration} from 'kysely/migration'
import {addClaims} from './claims.ts'
import {addCoordination} from './coordination.ts'
import {type Dialect, numbered} from './dialect.ts'
import {addMemorySearch} from './memory/migration.ts'
import {addVectors} from './memory/vectors.ts'
import {addReservations} from './reservations.ts'

/**
 * The migrations of the first programs, which refuse a file that names any other in their ledger: nothing is added here.
 */
export function firstMigrations(dialect: Dialect): Record<string, Migration> {
  return {
    '001-vocabulary': {up: db => createVocabulary(db, dialect)},
    '002-delivery': {up: addDelivery},
    '003-once': {up: addKey},
  }
}

/**
 * All later migrations, in the order of their names, with a ledger of their own. A released name never changes. Programs of
 * several versions use one store at once, so a migration only adds: tables, columns that may be null, views, indexes.
 */
export function laterMigrations(dialect: Dialect): Record<string, Migration> {
  return {
    '101-coordination': {up: db => addCoordination(db, dialect)},
    '102-holds': {up: db => addReservations(db, dialect)},
    '103-memory': {up: db => addMemorySearch(db, dialect)},
    '105-memory-vectors': {up: db => addVectors(db, dialect)},
    '106-claims': {up: db => addClaims(db, dialect)},
  }
}

async function createVocabulary(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  await db.schema
    .createTable('events')
    // It never gives a number twice, so readers can continue after the last one they saw.
    .addColumn('seq', ...numbered(dialect))
    .addColumn('key', 'text', column => column.notNull().unique())
    .addColumn('repository', 'text', column => column.notNull())
    .addColumn('at', 'bigint', column => column.notNull())
    .addColumn('type', 'text', column => column.notNull())
    .addColumn('name', 'text')
    .addColumn('message', 'text', column => column.notNull())
    .addColumn('role', 'text')
    .addColumn('agent', 'text')
    .addColumn('ticket', 'integer')
    .addColumn('task_id', 'text')
    .addColumn('commit_id', 'text')
    .addColumn('severity', 'text')
    .addColumn('metadata', 'text')
    .addColumn('trace_id', 'text')
    .execute()
  await db.schema.createIndex('events_repository').on('events').columns(['repository', 'seq']).execute()
  await db.schema.createIndex('events_ticket').on('events').columns(['repository', 'ticket', 'seq']).execute()
  await db.schema.createIndex('events_agent').on('events').columns(['repository', 'agent', 'seq']).execute()

  await db.schema
    .createTable('instances')
    .addColumn('id', 'text', column => column.primaryKey())
    .addColumn('project', 'text', column => column.notNull())
    .addColumn('directory', 'text', column => column.notNull())
    .addColumn('task', 'text', column => column.notNull())
    .addColumn('model', 'text', column => column.notNull())
    .addColumn('status', 'text', column => column.notNull())
    .addColumn('heartbeat_at', 'bigint', column => column.notNull())
    .execute()

  await db.schema
    .createTable('messages')
    .addColumn('id', ...numbered(dialect))
    .addColumn('sender', 'text', column => column.notNull())
    .addColumn('recipient', 'text', column => column.notNull())
    .addColumn('kind', 'text', column => column.notNull())
    .addColumn('body', 'text', column => column.notNull())
    .addColumn('sent_at', 'bigint', column => column.notNull())
    .addColumn('expires_at', 'bigint', column => column.notNull())
    .execute()

  await db.schema
    .createTable('memory')
    .addColumn('id', ...numbered(dialect))
    .addColumn('project', 'text')
    .addColumn('kind', 'text', column => column.notNull())
    .addColumn('title', 'text', column => column.notNull())
    .addColumn('body', 'text', column => column.notNull())
    .addColumn('status', 'text', column => column.notNull())
    .addColumn('tags', 'text', column => column.notNull())
    .addColumn('files', 'text', column => column.notNull())
    .addColumn('created_by', 'text', column => column.notNull())
    .addColumn('updated_at', 'bigint', column => column.notNull())
    .execute()

  await db.schema
    .createTable('session_log')
    .addColumn('id', ...numbered(dialect))
    .addColumn('instance', 'text', column => column.notNull())
    .addColumn('kind', 'text', column => column.notNull())
    .addColumn('detail', 'text', column => column.notNull())
    .addColumn('at', 'bigint', column => column.notNull())
    .execute()
}

/** Adds repository, ticket and time of delivery to messages. */
async function addDelivery(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('messages')
    .addColumn('repository', 'text', column => column.notNull().defaultTo(''))
    .execute()
  await db.schema.alterTable('messages').addColumn('ticket', 'integer').execute()
  await db.schema.alterTable('messages').addColumn('delivered_at', 'bigint').execute()
  await db.schema.createIndex('messages_repository').on('messages').columns(['repository', 'id']).execute()
}

/** Adds the key under which a repository keeps one message. */
async function addKey(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('messages').addColumn('key', 'text').execute()
  await db.schema.createIndex('messages_key').unique().on('messages').columns(['repository', 'key']).execute()
}
