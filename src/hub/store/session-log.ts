import type {Kysely} from 'kysely'
import {ACTIONS, type LogEntry} from '../../model/hub/session-log.ts'
import type {Tables} from './schema.ts'

/** `nonce` is chosen for each write, so that it can be repeated. */
export type NewLogEntry = Omit<LogEntry, 'id'> & {nonce: string}

/** Selects entries; all given conditions must hold. */
export type LogFilter = {project?: string; instance?: string; since?: number; until?: number; limit: number}

export async function writeLog(db: Kysely<Tables>, {action, ...entry}: NewLogEntry): Promise<void> {
  await db
    .insertInto('session_log')
    .values({...entry, kind: action})
    .onConflict(conflict => conflict.column('nonce').doNothing())
    .execute()
}

/** The newest entries that match, newest first. */
export async function findLog(db: Kysely<Tables>, filter: LogFilter): Promise<LogEntry[]> {
  const {project, instance, since, until, limit} = filter
  let query = db
    .selectFrom('session_log')
    .selectAll()
    .where('kind', 'in', [...ACTIONS])
  if (project !== undefined) query = query.where('project', '=', project)
  if (instance !== undefined) query = query.where('instance', '=', instance)
  if (since !== undefined) query = query.where('at', '>=', since)
  if (until !== undefined) query = query.where('at', '<', until)
  const rows = await query.orderBy('id', 'desc').limit(limit).execute()
  return rows.map(({id, instance: by, project: of, kind, detail, at}) => {
    // The query selects only these kinds.
    return {id, instance: by, project: of, action: kind as LogEntry['action'], detail, at}
  })
}
