import {type Kysely, type RawBuilder, sql} from 'kysely'
import {type MemoryRef, type MemoryScope, memoryRef} from '../../../model/hub/memory/memory.ts'
import {indexedWords, loosened, type Phrase, type Query} from '../../../model/hub/memory/query.ts'
import type {Dialect} from '../dialect.ts'
import type {Tables} from '../schema.ts'
import {tableOf} from './rows.ts'

/** Of more hits than this the newest are weighed: a word that is everywhere tells nothing, and weighing takes time. */
const WEIGHED = 200
/** Hits of each word that are weighed where any word is enough, so that those of a rare one are not crowded out. */
const OF_EACH = 40

/** Which memories of a scope: `where` holds of them, and each of `chosen`, queries of few numbers, has theirs. */
export type Chosen = {scope: MemoryScope; where: RawBuilder<unknown>; chosen: readonly RawBuilder<unknown>[]}
export type TextSearch = Chosen & {query: Query}
type Hit = {scope: MemoryScope; id: number; score: number}

/** Whether the store has full text; a SQLite may lack it. */
export async function hasFullText(db: Kysely<Tables>, dialect: Dialect): Promise<boolean> {
  if (dialect === 'postgres') return true
  const {rows} = await sql`select 1 from sqlite_schema where name = 'global_memory_fts_insert'`.execute(db)
  return rows.length > 0
}

/**
 * What a search finds, best first: first what has all its words, then, if that is less than `enough`, what has any. A
 * store without full text looks into all texts.
 */
export async function searchText(
  db: Kysely<Tables>,
  searches: readonly TextSearch[],
  enough: number,
  dialect: Dialect,
): Promise<MemoryRef[]> {
  const find = (await hasFullText(db, dialect)) ? indexed : insideOfWords
  const found = new Set<MemoryRef>()
  const loose = searches.flatMap(search => {
    const query = loosened(search.query)
    return query === null ? [] : [{...search, query}]
  })
  for (const part of [searches, loose]) {
    if (found.size >= enough || part.length === 0) break
    // One question for all scopes: a server on the network answers each after its own time.
    const {rows} = await sql<Hit>`${sql.join(
      part.map(search => sql`select * from (${find(search, dialect)}) ${sql.ref(search.scope)}`),
      sql` union all `,
    )}`.execute(db)
    rows.sort((a, b) => b.score - a.score || b.id - a.id)
    for (const {scope, id} of rows) found.add(memoryRef(scope, id))
  }
  return [...found]
}

function indexed(search: TextSearch, dialect: Dialect): RawBuilder<unknown> {
  return dialect === 'sqlite' ? bySqlite(search) : byPostgres(search)
}

/** The newest hits, with the weight of their words; a title's are worth more. */
function bySqlite({scope, query, where, chosen}: TextSearch): RawBuilder<unknown> {
  const index = sql.raw(scope === 'project' ? 'project_memory_fts' : 'global_memory_fts')
  // A cross join keeps its order: the index comes first, and gives its rows in the order of their numbers.
  return summed(scope, query, (part, most) => {
    return sql`select ${scope} as scope, m.id as id, -bm25(${index}, 5, 1, 3, 2, 1) as score
      from ${index} cross join ${tableOf(scope, 'sqlite')} m on m.id = ${index}.rowid
      where ${index} match ${forSqlite(part)} ${among(sql`+${index}.rowid`, chosen)} and ${where}
      order by ${index}.rowid desc limit ${most}`
  })
}

function byPostgres({scope, query, where, chosen}: TextSearch): RawBuilder<unknown> {
  const table = tableOf(scope, 'postgres')
  return summed(scope, query, (part, most) => {
    const asked = sql`websearch_to_tsquery('english', ${forPostgres(part)})`
    return sql`select cast(${scope} as text) as scope, id, ts_rank(words, ${asked}) as score from ${table}
      where id in (select id from ${table} m where words @@ ${asked} ${among(sql`m.id`, chosen)} and ${where}
        order by id desc limit ${most})`
  })
}

/** The newest hits of a search; where any of several words is enough, those of each, with the sum of their weights. */
function summed(
  scope: MemoryScope,
  query: Query,
  hits: (part: Query, most: number) => RawBuilder<unknown>,
): RawBuilder<unknown> {
  if (query.length === 1) return hits(query, WEIGHED)
  const parts = query.map(part => sql`select * from (${hits([part], OF_EACH)}) one`)
  const name = sql.raw(`'${scope}' as scope`)
  return sql`select ${name}, id, sum(score) as score from (${sql.join(parts, sql` union all `)}) each_word group by id`
}

/** Looks into all texts, newest first. */
function insideOfWords({scope, query, where, chosen}: TextSearch, dialect: Dialect): RawBuilder<unknown> {
  const has = (phrase: Phrase) => {
    const like = `%${phrase.map(word => word.replace(/[\\%_]/g, '\\$&')).join('%')}%`
    return sql`lower(title || ' ' || body || ' ' || tags || ' ' || files) like ${like} escape '\\'`
  }
  const alternatives = query.map(({all, none}) => {
    const conditions = [...all.map(has), ...none.map(phrase => sql`not (${has(phrase)})`)]
    return sql`(${sql.join(conditions, sql` and `)})`
  })
  return sql`select ${scope} as scope, id, 0 as score from ${tableOf(scope, dialect)} m
    where (${sql.join(alternatives, sql` or `)}) ${among(sql`m.id`, chosen)} and ${where} order by id desc limit ${WEIGHED}`
}

/** The condition that a number is among those that were chosen, before any look at a memory. */
export function among(id: RawBuilder<unknown>, chosen: readonly RawBuilder<unknown>[]): RawBuilder<unknown> {
  return sql`${sql.join(
    chosen.map(query => sql`and ${id} in (${query})`),
    sql` `,
  )}`
}

/** The search in the language of FTS5; words hold letters and digits only. */
function forSqlite(query: Query): string {
  const phrase = (words: Phrase) => `"${indexedWords(words).join(' ')}"`
  return query
    .map(({all, none}) => {
      const wanted = `(${all.map(phrase).join(' AND ')})`
      return none.length === 0 ? wanted : `(${wanted} NOT (${none.map(phrase).join(' OR ')}))`
    })
    .join(' OR ')
}

/** The search as `websearch_to_tsquery` reads it. */
function forPostgres(query: Query): string {
  const phrase = (words: Phrase) => `"${indexedWords(words).join(' ')}"`
  return query
    .map(({all, none}) => [...all.map(phrase), ...none.map(words => `-${phrase(words)}`)].join(' '))
    .join(' or ')
}

/** The condition that a scope's memories are of a project; of those of all projects each is. */
export function inPlace(scope: MemoryScope, project: string | null): RawBuilder<unknown> {
  return scope === 'project' ? sql`m.project = ${project}` : sql`1 = 1`
}
