import {join} from 'node:path'
import {DatabaseSync} from 'node:sqlite'
import pg from 'pg'
import {findPostgres, type PostgresServer, startPostgres} from '../../fixtures/postgres/server.ts'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {type HubPlace, hubPlace} from '../../src/hub/place.ts'

/** A kind of store: places on it that nothing used before, and what empties one. */
export type Stores = AsyncDisposable & {place(): HubPlace; clear(place: HubPlace): Promise<void>}

const TABLES = [
  'events',
  'messages',
  'receipts',
  'reservations',
  'instances',
  'session_log',
  'project_memory',
  'global_memory',
  'memory_marks',
]

export const POSTGRES = findPostgres()

/** What is left out where no server is installed: the reports show it. */
export const WITHOUT_POSTGRES = 'on Postgres (left out: no server is installed; Debian: apt-get install postgresql)'

export async function fileStores(): Promise<Stores> {
  const folder = temporaryFolder('clambake-hubs-')
  let made = 0
  return {
    place: () => ({kind: 'file', file: join(folder.path, `hub-${++made}.db`)}),
    async clear(place) {
      if (place.kind !== 'file') throw new Error('not a file')
      using database = new DatabaseSync(place.file, {timeout: 2000})
      for (const table of TABLES) database.exec(`delete from ${table}`)
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

export async function postgresStores(): Promise<Stores & {server: PostgresServer}> {
  if (POSTGRES === null) throw new Error(WITHOUT_POSTGRES)
  const server = await startPostgres(POSTGRES)
  let made = 0
  return {
    server,
    place: () => postgresPlace(server.database(`hub_${++made}`)),
    async clear(place) {
      if (place.kind !== 'postgres') throw new Error('no server')
      await query(place.url, `truncate ${TABLES.map(table => `clambake.${table}`).join(', ')}`)
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

export function postgresPlace(url: string): HubPlace {
  return hubPlace({file: '', env: {CLAMBAKE_DATABASE_URL: url}})
}

/** Asks the server itself, without the hub. */
export async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({connectionString: url})
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(text)).rows
  } finally {
    await client.end()
  }
}
