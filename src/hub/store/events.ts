import type {Kysely} from 'kysely'
import type {NewEvent, StoredEvent} from '../../model/data/event.ts'
import {type Dialect, holdLock} from './dialect.ts'
import type {EventRow, NewEventRow, Tables} from './schema.ts'

/** Selects events of a repository; all given conditions must hold. */
export type EventFilter = {
  repository: string
  agent?: string
  ticket?: number
  /** Custom events of this name. */
  name?: string
  /** Only events with a greater seq. */
  after?: number
  limit: number
}

/**
 * Writes events in order. Skips events whose key is stored already, so a batch may be sent twice. Batches follow each other
 * on both databases: whoever reads on from the last number that it saw misses none that was committed later.
 */
export async function appendEvents(db: Kysely<Tables>, rows: readonly NewEventRow[], dialect: Dialect): Promise<void> {
  if (rows.length === 0) return
  await db.transaction().execute(async transaction => {
    await holdLock(transaction, 'events', dialect)
    await transaction
      .insertInto('events')
      .values([...rows])
      .onConflict(conflict => conflict.column('key').doNothing())
      .execute()
  })
}

/** The newest `limit` events that match, oldest first; with `after`, the oldest `limit` that follow it. */
export async function findEvents(db: Kysely<Tables>, filter: EventFilter): Promise<StoredEvent[]> {
  const {agent, ticket, name, after} = filter
  let query = db.selectFrom('events').selectAll().where('repository', '=', filter.repository).limit(filter.limit)
  if (agent !== undefined) query = query.where('agent', '=', agent)
  if (ticket !== undefined) query = query.where('ticket', '=', ticket)
  if (name !== undefined) query = query.where('name', '=', name)
  if (after !== undefined) return (await query.where('seq', '>', after).orderBy('seq', 'asc').execute()).map(toEvent)
  return (await query.orderBy('seq', 'desc').execute()).map(toEvent).reverse()
}

/** The row of an event. */
export function toRow(event: NewEvent & {key: string; at: number; repository: string}): NewEventRow {
  return {
    key: event.key,
    repository: event.repository,
    at: event.at,
    type: event.type,
    name: event.type === 'custom' ? event.name : null,
    message: event.message,
    role: event.role ?? null,
    agent: event.agent ?? null,
    ticket: event.ticket ?? null,
    task_id: event.taskId ?? null,
    commit_id: event.commit ?? null,
    severity: event.severity ?? null,
    metadata: event.metadata === undefined ? null : JSON.stringify(event.metadata),
    trace_id: event.traceId ?? null,
  }
}

function toEvent(row: EventRow): StoredEvent {
  const fields = {
    name: row.name,
    message: row.message,
    role: row.role,
    agent: row.agent,
    ticket: row.ticket,
    taskId: row.task_id,
    commit: row.commit_id,
    severity: row.severity,
    metadata: row.metadata === null ? null : metadataOf(row.metadata),
    traceId: row.trace_id,
  }
  const present = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
  // Rows come from events that were parsed before they were stored.
  return {seq: row.seq, at: row.at, repository: row.repository, type: row.type, ...present} as StoredEvent
}

/** A row that was damaged must not hide the others: its text stays to be seen. */
function metadataOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return {unreadable: text}
  }
}
