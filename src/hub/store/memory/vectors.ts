import {type Kysely, sql} from 'kysely'
import {messageOf} from '../../../base/errors.ts'
import {type MemoryRef, memoryRef, parseMemoryRef} from '../../../model/hub/memory/memory.ts'
import type {Dialect} from '../dialect.ts'
import type {Tables} from '../schema.ts'
import {at, tableOf} from './rows.ts'
import {among, type Chosen} from './search.ts'

/** Memories that a search by meaning finds. */
const FOUND = 20
const SCOPES = ['project', 'global'] as const

/** A text as a model's vector. */
export type Vector = {model: string; values: readonly number[]}
/** A memory whose text has no vector of a model yet; `contentKey` says which text. */
export type Unembedded = {ref: MemoryRef; contentKey: string; title: string; text: string}
export type NewVector = {ref: MemoryRef; contentKey: string; values: readonly number[]}

/** Adds the vectors of memories' texts. Their type needs no extension; their comparison does. */
export async function addVectors(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  await db.schema
    .createTable('memory_vectors')
    .addColumn('scope', 'text', column => column.notNull())
    .addColumn('memory', 'bigint', column => column.notNull())
    .addColumn('model', 'text', column => column.notNull())
    .addColumn('dimension', 'integer', column => column.notNull())
    .addColumn('content_key', 'text', column => column.notNull())
    .addColumn('vector', dialect === 'postgres' ? sql`real[]` : 'blob', column => column.notNull())
    .addPrimaryKeyConstraint('memory_vectors_key', ['scope', 'memory', 'model'])
    .execute()
}

/** The newest memories in force whose text has no vector of the model. */
export async function findUnembedded(
  db: Kysely<Tables>,
  {model, limit}: {model: string; limit: number},
  dialect: Dialect,
): Promise<Unembedded[]> {
  const found: Unembedded[] = []
  for (const scope of SCOPES) {
    const {rows} = await sql<{id: number; content_key: string; title: string; body: string}>`
      select id, content_key, title, body from ${tableOf(scope, dialect)} m
      where status in ('active', 'resolved') and content_key is not null and not exists (
        select 1 from ${at('memory_vectors', dialect)} v where v.scope = ${scope} and v.memory = m.id
          and v.model = ${model} and v.content_key = m.content_key)
      order by id desc limit ${limit}`.execute(db)
    for (const {id, content_key: contentKey, title, body: text} of rows) {
      found.push({ref: memoryRef(scope, id), contentKey, title, text})
    }
  }
  return found.slice(0, limit)
}

/** Stores vectors; one of a text that was changed meanwhile is found out of date by its key. */
export async function putVectors(
  db: Kysely<Tables>,
  {model, vectors}: {model: string; vectors: readonly NewVector[]},
  dialect: Dialect,
): Promise<void> {
  for (const {ref, contentKey, values} of vectors) {
    const place = parseMemoryRef(ref)
    if (place === null) continue
    await sql`insert into ${at('memory_vectors', dialect)} (scope, memory, model, dimension, content_key, vector)
      values (${place.scope}, ${place.id}, ${model}, ${values.length}, ${contentKey}, ${stored(values, dialect)})
      on conflict (scope, memory, model) do update set dimension = excluded.dimension,
        content_key = excluded.content_key, vector = excluded.vector`.execute(db)
  }
}

/** The memories whose texts mean most nearly what a vector means, the nearest first; text: why none can be found. */
export async function findNearest(
  db: Kysely<Tables>,
  scopes: readonly Chosen[],
  {model, values}: Vector,
  dialect: Dialect,
): Promise<MemoryRef[] | string> {
  const compare = dialect === 'sqlite' ? await sqliteCompare(db) : await postgresCompare(db)
  if (typeof compare === 'string') return compare
  const distance = compare(stored(values, dialect))
  const parts = scopes.map(({scope, where, chosen}) => {
    const name = sql.raw(`'${scope}' as scope`)
    return sql`select * from (
      select ${name}, m.id as id, ${distance} as distance
      from ${at('memory_vectors', dialect)} v join ${tableOf(scope, dialect)} m on m.id = v.memory
      where v.scope = ${scope} and v.model = ${model} and v.dimension = ${values.length}
        and v.content_key = m.content_key and ${where} ${among(sql`m.id`, chosen)}
      order by distance limit ${FOUND}) ${sql.ref(scope)}`
  })
  const {rows} = await sql<{scope: (typeof SCOPES)[number]; id: number; distance: number | null}>`
    ${sql.join(parts, sql` union all `)}`.execute(db)
  return rows
    .filter(({distance: far}) => far !== null && !Number.isNaN(far))
    .toSorted((a, b) => (a.distance ?? 0) - (b.distance ?? 0) || b.id - a.id)
    .slice(0, FOUND)
    .map(({scope, id}) => memoryRef(scope, id))
}

type Compare = (vector: ReturnType<typeof stored>) => ReturnType<typeof stored>

async function sqliteCompare(db: Kysely<Tables>): Promise<Compare | string> {
  const {rows} = await sql`select 1 from pragma_function_list where name = 'vec_distance_cosine'`.execute(db)
  if (rows.length === 0) return 'sqlite-vec is not installed, or this Node loads no extensions'
  return vector => sql`vec_distance_cosine(v.vector, ${vector})`
}

async function postgresCompare(db: Kysely<Tables>): Promise<Compare | string> {
  const schema = (await vectorSchema(db)) ?? (await createExtension(db))
  if (schema.includes(' ')) return schema
  const type = sql`${sql.id(schema)}.vector`
  return vector => sql`(v.vector::${type} operator(${sql.id(schema)}.<=>) ${vector}::${type})`
}

async function vectorSchema(db: Kysely<Tables>): Promise<string | null> {
  const {rows} = await sql<{schema: string}>`
    select n.nspname as schema from pg_extension e join pg_namespace n on n.oid = e.extnamespace
    where e.extname = 'vector'`.execute(db)
  return rows[0]?.schema ?? null
}

/** Makes pgvector in the hub's own schema; gives the schema, or why it cannot. */
async function createExtension(db: Kysely<Tables>): Promise<string> {
  const {rows} = await sql`select 1 from pg_available_extensions where name = 'vector'`.execute(db)
  if (rows.length === 0) return 'pgvector is not installed on the server'
  try {
    await sql`create extension if not exists vector with schema clambake`.execute(db)
    return (await vectorSchema(db)) ?? 'pgvector was not made'
  } catch (error) {
    return `pgvector is not made in the database, as create extension vector would: ${messageOf(error)}`
  }
}

function stored(values: readonly number[], dialect: Dialect) {
  return dialect === 'sqlite'
    ? sql`${new Uint8Array(new Float32Array(values).buffer)}`
    : sql`cast(${[...values]} as real[])`
}
