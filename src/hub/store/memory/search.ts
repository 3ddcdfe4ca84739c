import {type Kysely, type RawBuilder, sql} from 'kysely'
import {type MemoryRef, type MemoryScope, memoryRef} from '../../../model/hub/memory/memory.ts'
import {isUnspaced, loosened, type Phrase, type Query} from '../../../model/hub/memory/query.ts'
import type {Dialect} from '../dialect.ts'
import type {Tables} from '../schema.ts'
import {tableOf} from './rows.ts'

/** Of more hits than this the newest are weighed: a word that is everywhere tells nothing, and weighing takes time. */
const WEIGHED = 500

/** A search in one scope; `where` is what else must hold of a memory. */
export type TextSearch = {scope: MemoryScope; query: Query; where: RawBuilder<unknown>}
export type Hit = {ref: MemoryRef; score: number}

/** Whether the store has full text; a SQLite may lack it. */
export async function hasFullText(db: Kysely<Tables>, dialect: Dialect): Promise<boolean> {
  if (dialect === 'postgres') return true
  const {rows} = await sql`select 1 from sqlite_schema where name = 'global_memory_fts_insert'`.execute(db)
  return rows.length > 0
}

/**
 * What a search finds, best first: first what has all its words, then, if that is less than `enough`, what has any. In a
 * language without spaces, and in a store without full text, it looks for the words as parts of the text.
 */
export async function searchText(
  db: Kysely<Tables>,
  searches: readonly TextSearch[],
  enough: number,
  dialect: Dialect,
): Promise<MemoryRef[]> {
  const isIndexed = await hasFullText(db, dialect)
  const found: MemoryRef[] = []
  const add = async (find: (search: TextSearch) => Promise<Hit[]>, part: readonly TextSearch[]) => {
    const hits: Hit[] = []
    for (const search of part) hits.push(...(await find(search)))
    hits.sort((a, b) => b.score - a.score)
    for (const {ref} of hits) if (!found.includes(ref)) found.push(ref)
  }
  const loose = searches.flatMap(search => {
    const query = loosened(search.query)
    return query === null ? [] : [{...search, query}]
  })
  for (const part of [searches, loose]) {
    if (found.length >= enough) break
    if (isIndexed) await add(search => indexed(db, search, dialect), part)
    const inside = isIndexed ? part.filter(({query}) => isUnspaced(query)) : part
    if (found.length < enough) await add(search => insideOfWords(db, search, dialect), inside)
  }
  return found
}

function indexed(db: Kysely<Tables>, search: TextSearch, dialect: Dialect): Promise<Hit[]> {
  return dialect === 'sqlite' ? bySqlite(db, search) : byPostgres(db, search)
}

/** The newest hits, with the best weight of their words; a title's are worth more. */
async function bySqlite(db: Kysely<Tables>, {scope, query, where}: TextSearch): Promise<Hit[]> {
  const index = sql.raw(scope === 'project' ? 'project_memory_fts' : 'global_memory_fts')
  // A cross join keeps its order: the index comes first, and gives its rows in the order of their numbers.
  const {rows} = await sql<{id: number; score: number}>`
    select m.id as id, -bm25(${index}, 5, 1, 3, 2) as score
    from ${index} cross join ${tableOf(scope, 'sqlite')} m on m.id = ${index}.rowid
    where ${index} match ${forSqlite(query)} and ${where}
    order by ${index}.rowid desc limit ${WEIGHED}
  `.execute(db)
  return hitsOf(scope, rows)
}

async function byPostgres(db: Kysely<Tables>, {scope, query, where}: TextSearch): Promise<Hit[]> {
  const {rows} = await sql<{id: number; score: number}>`
    select id, ts_rank(words, asked) as score from (
      select id, words, asked
      from ${tableOf(scope, 'postgres')} m, websearch_to_tsquery('english', ${forPostgres(query)}) asked
      where words @@ asked and ${where} order by id desc limit ${WEIGHED}
    ) newest
  `.execute(db)
  return hitsOf(scope, rows)
}

/** Looks into all texts, newest first; a database can do that without an index, in time. */
async function insideOfWords(db: Kysely<Tables>, {scope, query, where}: TextSearch, dialect: Dialect): Promise<Hit[]> {
  const has = (phrase: Phrase) => {
    const like = `%${phrase.map(word => word.replace(/[\\%_]/g, '\\$&')).join('%')}%`
    return sql`lower(title || ' ' || body || ' ' || tags || ' ' || files) like ${like} escape '\\'`
  }
  const alternatives = query.map(({all, none}) => {
    const conditions = [...all.map(has), ...none.map(phrase => sql`not (${has(phrase)})`)]
    return sql`(${sql.join(conditions, sql` and `)})`
  })
  const {rows} = await sql<{id: number}>`
    select id from ${tableOf(scope, dialect)} m
    where (${sql.join(alternatives, sql` or `)}) and ${where} order by id desc limit ${WEIGHED}
  `.execute(db)
  return hitsOf(
    scope,
    rows.map(({id}, place) => ({id, score: 1 / (1 + place)})),
  )
}

function hitsOf(scope: MemoryScope, rows: readonly {id: number; score: number}[]): Hit[] {
  return rows
    .toSorted((a, b) => b.score - a.score || b.id - a.id)
    .map(({id, score}) => ({ref: memoryRef(scope, id), score}))
}

/** The search in the language of FTS5; words hold letters and digits only. */
function forSqlite(query: Query): string {
  const phrase = (words: Phrase) => `"${words.join(' ')}"`
  return query
    .map(({all, none}) => {
      const wanted = `(${all.map(phrase).join(' AND ')})`
      return none.length === 0 ? wanted : `(${wanted} NOT (${none.map(phrase).join(' OR ')}))`
    })
    .join(' OR ')
}

/** The search as `websearch_to_tsquery` reads it. */
function forPostgres(query: Query): string {
  const phrase = (words: Phrase) => `"${words.join(' ')}"`
  return query
    .map(({all, none}) => [...all.map(phrase), ...none.map(words => `-${phrase(words)}`)].join(' '))
    .join(' or ')
}

/** The condition that a scope's memories are of a project; of those of all projects each is. */
export function inPlace(scope: MemoryScope, project: string | null): RawBuilder<unknown> {
  return scope === 'project' ? sql`m.project = ${project}` : sql`1 = 1`
}
