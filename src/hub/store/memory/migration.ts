import {type Kysely, sql} from 'kysely'
import type {Dialect} from '../dialect.ts'

const TABLES = ['project_memory', 'global_memory'] as const

/** Adds where a memory comes from, what took its place, what is asked of its tags and files, and full text on Postgres. */
export async function addMemorySearch(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const index = (name: string, table: string, columns: string[]) =>
    db.schema.createIndex(name).on(table).columns(columns).execute()
  for (const table of TABLES) {
    for (const column of [
      'instance',
      'session',
      'commit_id',
      'superseded_by',
      'updated_by',
      'nonce',
      'content_key',
      'parts',
    ]) {
      await db.schema.alterTable(table).addColumn(column, 'text').execute()
    }
    await db.schema.alterTable(table).addColumn('ticket', 'bigint').execute()
    await db.schema.createIndex(`${table}_nonce`).unique().on(table).column('nonce').execute()
    await index(`${table}_content`, table, ['content_key'])
    const place = table === 'project_memory' ? ['project'] : []
    await index(`${table}_updated`, table, [...place, 'updated_at', 'id'])
    await index(`${table}_type`, table, [...place, 'type', 'updated_at', 'id'])
  }
  await db.schema
    .createTable('memory_marks')
    .addColumn('scope', 'text', column => column.notNull())
    .addColumn('kind', 'text', column => column.notNull())
    // What is in a folder is found as a range, which is one only in the order of bytes.
    .addColumn('value', dialect === 'postgres' ? sql`text collate "C"` : 'text', column => column.notNull())
    .addColumn('memory', 'bigint', column => column.notNull())
    .addPrimaryKeyConstraint('memory_marks_key', ['scope', 'kind', 'value', 'memory'])
    .execute()
  await index('memory_marks_memory', 'memory_marks', ['scope', 'memory'])
  if (dialect === 'postgres') for (const table of TABLES) await addWords(db, table)
}

/** Adds what full text looks at. Punctuation parts words on both databases, so a path is found by each of its parts. */
async function addWords(db: Kysely<unknown>, table: string): Promise<void> {
  const words = (column: string, weight: string) =>
    `setweight(to_tsvector('english'::regconfig,
      regexp_replace((${column}) collate "C", '[!-/:-@[-\`{-~]+', ' ', 'g')), '${weight}')`
  await sql
    .raw(
      `alter table clambake.${table} add column words tsvector generated always as
        (${words('title', 'A')} || ${words('tags', 'B')} || ${words('files', 'B')} || ${words('body', 'C')} ||
          ${words("coalesce(parts, '')", 'C')}) stored`,
    )
    .execute(db)
  // Else what was written of late is in a list that every search reads to its end.
  await sql
    .raw(`create index ${table}_words on clambake.${table} using gin (words) with (fastupdate = off)`)
    .execute(db)
}
