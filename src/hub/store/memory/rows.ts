import {type Kysely, type RawBuilder, sql} from 'kysely'
import {
  MEMORY_STATUSES,
  type Memory,
  type MemoryRef,
  type MemoryScope,
  type MemoryType,
  memoryRef,
  parseMemoryRef,
} from '../../../model/hub/memory/memory.ts'
import type {Dialect} from '../dialect.ts'
import {known} from '../known.ts'
import type {Tables} from '../schema.ts'

type Row = {
  id: number
  project: string | null
  type: string
  title: string
  body: string
  status: Memory['status']
  tags: string
  files: string
  created_by: string
  instance: string | null
  session: string | null
  ticket: number | null
  commit_id: string | null
  created_at: number
  updated_at: number
  superseded_by: string | null
}

const COLUMNS =
  'id, type, title, body, status, tags, files, created_by, instance, session, ticket, commit_id, created_at, updated_at, ' +
  'superseded_by'

/** The name of a table of the hub in a query written by hand. */
export function at(name: string, dialect: Dialect): RawBuilder<unknown> {
  return sql.raw(dialect === 'postgres' ? `clambake.${name}` : name)
}

/** The table that holds a scope's memories. */
export function tableOf(scope: MemoryScope, dialect: Dialect): RawBuilder<unknown> {
  return at(scope === 'project' ? 'project_memory' : 'global_memory', dialect)
}

function columnsOf(scope: MemoryScope): RawBuilder<unknown> {
  return sql.raw(`${scope === 'project' ? 'project' : 'null as project'}, ${COLUMNS}`)
}

/** The memories of a scope that a condition selects, with what follows it. */
export async function selectMemories(
  db: Kysely<Tables>,
  scope: MemoryScope,
  rest: RawBuilder<unknown>,
  dialect: Dialect,
): Promise<Memory[]> {
  const {rows} = await sql<Row>`select ${columnsOf(scope)} from ${tableOf(scope, dialect)} ${rest}`.execute(db)
  return rows.map(row => memoryOf(scope, row))
}

/** The memories with these names, in their order; those that are not there are left out. */
export async function getMemories(db: Kysely<Tables>, refs: readonly MemoryRef[], dialect: Dialect): Promise<Memory[]> {
  const parsed = refs.map(parseMemoryRef).filter(ref => ref !== null)
  const parts = (['project', 'global'] as const).flatMap(scope => {
    const ids = parsed.filter(ref => ref.scope === scope).map(({id}) => id)
    if (ids.length === 0) return []
    const name = sql.raw(`'${scope}' as scope`)
    return [sql`select ${name}, ${columnsOf(scope)} from ${tableOf(scope, dialect)} where id in (${sql.join(ids)})`]
  })
  if (parts.length === 0) return []
  const {rows} = await sql<Row & {scope: MemoryScope}>`${sql.join(parts, sql` union all `)}`.execute(db)
  const found = new Map(rows.map(row => [memoryRef(row.scope, row.id), memoryOf(row.scope, row)]))
  return parsed.map(({ref}) => found.get(ref)).filter(memory => memory !== undefined)
}

function memoryOf(scope: MemoryScope, row: Row): Memory {
  return {
    ref: memoryRef(scope, row.id),
    project: row.project,
    // What a newer program wrote is shown as it is.
    type: row.type as MemoryType,
    title: row.title,
    text: row.body,
    // Of one that this program does not know, all it can tell is that it is in force no more.
    status: known(MEMORY_STATUSES, row.status, 'deprecated'),
    tags: listOf(row.tags),
    files: listOf(row.files),
    by: row.created_by,
    instance: row.instance,
    session: row.session,
    ticket: row.ticket,
    commit: row.commit_id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    supersededBy: row.superseded_by === null ? null : (parseMemoryRef(row.superseded_by)?.ref ?? null),
  }
}

/** A row that was damaged or written by hand must not hide the others. */
function listOf(text: string): string[] {
  try {
    const list: unknown = JSON.parse(text)
    return Array.isArray(list) ? list.filter(entry => typeof entry === 'string') : []
  } catch {
    return []
  }
}
