import {sql} from 'kysely'
import type {TroubleError} from '../trouble.ts'
import {troubleOf} from '../trouble.ts'
import {openPostgres} from './database.ts'

export type PostgresHealth =
  | {
      kind: 'sound'
      version: string
      events: number
      /** Whether pgvector can be had there. */
      vectors: boolean
      /** How far its clock is ahead of ours. */
      aheadMs: number
    }
  | {kind: TroubleError['kind']; message: string}

/** Connects as the hub does, which also makes the tables, and looks at what the server can do. */
export async function checkPostgresHealth(url: string): Promise<PostgresHealth> {
  try {
    await using database = await openPostgres(url)
    const {rows} = await sql<{version: string; events: number; vectors: boolean; now: number}>`
      select current_setting('server_version') as version,
        (select count(*) from clambake.events) as events,
        exists (select 1 from pg_available_extensions where name = 'vector') as vectors,
        cast(extract(epoch from clock_timestamp()) * 1000 as bigint) as now
    `.execute(database.kysely)
    const [found] = rows
    if (!found) throw new Error('the server gave no answer')
    const {version, events, vectors, now} = found
    return {kind: 'sound', version, events, vectors, aheadMs: now - Date.now()}
  } catch (error) {
    const {kind, message} = troubleOf(error)
    return {kind, message}
  }
}
