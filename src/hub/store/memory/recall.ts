import {type Kysely, sql} from 'kysely'
import {filesMeet} from '../../../model/hub/memory/files.ts'
import type {Memory, MemoryScope, MemoryStatus, MemoryType} from '../../../model/hub/memory/memory.ts'
import type {Query} from '../../../model/hub/memory/query.ts'
import {ranked} from '../../../model/hub/memory/rank.ts'
import type {Dialect} from '../dialect.ts'
import type {Tables} from '../schema.ts'
import {withFiles, withTags} from './marks.ts'
import {getMemories, selectMemories} from './rows.ts'
import {among, type Chosen, hasFullText, inPlace, searchText, type TextSearch} from './search.ts'
import {findNearest, type Vector} from './vectors.ts'

/** Hits that are ranked by more than their words. */
const RANKED = 50

/** Selects memories; all given conditions must hold. */
export type RecallFilter = {
  /** Empty: the newest. */
  query: Query
  scopes: readonly MemoryScope[]
  /** Whose memories, of those of a project. */
  project: string | null
  types?: readonly MemoryType[]
  tags?: readonly string[]
  files?: readonly string[]
  statuses: readonly MemoryStatus[]
  limit: number
  at: number
  /** What the search means; memories that mean nearly that are found too. */
  near?: Vector
}

export type Recalled = {
  memories: Memory[]
  /** Whether the store has full text; without it a search looks into all texts. */
  fullText: boolean
  /** Whether it was searched by meaning too; text: why that cannot be; null: that was not asked. */
  byMeaning: true | string | null
}

/** The memories that match, best first; without a search the newest first. */
export async function recallMemories(db: Kysely<Tables>, filter: RecallFilter, dialect: Dialect): Promise<Recalled> {
  const {query, files = [], tags = [], limit, at: now} = filter
  const fullText = await hasFullText(db, dialect)
  const scopes = await Promise.all(filter.scopes.map(scope => chosenOf(db, scope, filter, dialect)))
  const isOf = (memory: Memory) =>
    files.length === 0 || memory.files.some(file => files.some(other => filesMeet(file, other)))
  if (query.length === 0) {
    const found = await newest(db, scopes, limit, dialect)
    return {memories: found.filter(isOf).slice(0, limit), fullText, byMeaning: null}
  }
  const searches: TextSearch[] = scopes.map(scope => ({...scope, query}))
  const refs = (await searchText(db, searches, limit, dialect)).slice(0, Math.max(RANKED, limit))
  const near = filter.near === undefined ? null : await findNearest(db, scopes, filter.near, dialect)
  const lists = near === null || typeof near === 'string' ? [refs] : [refs, near]
  const memories = (await getMemories(db, [...new Set(lists.flat())], dialect)).filter(isOf)
  const byMeaning = typeof near === 'string' ? near : near === null ? null : true
  return {memories: ranked(memories, lists, {files, tags, now}).slice(0, limit), fullText, byMeaning}
}

/** Every memory of a project, or of all projects, after one, oldest first: what an export reads, part by part. */
export function listMemories(
  db: Kysely<Tables>,
  {scope, project, after, limit}: {scope: MemoryScope; project: string | null; after: number; limit: number},
  dialect: Dialect,
): Promise<Memory[]> {
  const place = scope === 'global' ? sql`1 = 1` : project === null ? sql`1 = 1` : sql`project = ${project}`
  return selectMemories(db, scope, sql`where id > ${after} and ${place} order by id limit ${limit}`, dialect)
}

/** The newest memories of some scopes, newest first. */
export async function newest(
  db: Kysely<Tables>,
  scopes: readonly Chosen[],
  limit: number,
  dialect: Dialect,
): Promise<Memory[]> {
  const found: Memory[] = []
  for (const {scope, where, chosen} of scopes) {
    // The sign keeps the database from reading all in this order where few are chosen by an index.
    const sign = sql.raw(chosen.length > 0 ? '+' : '')
    const rest = sql`m where ${where} ${among(sql`m.id`, chosen)} order by ${sign}updated_at desc, id desc limit ${limit}`
    found.push(...(await selectMemories(db, scope, rest, dialect)))
  }
  return found.toSorted((a, b) => b.updatedAt - a.updatedAt)
}

async function chosenOf(
  db: Kysely<Tables>,
  scope: MemoryScope,
  {project, types, tags = [], files = [], statuses}: RecallFilter,
  dialect: Dialect,
): Promise<Chosen> {
  const conditions = [
    inPlace(scope, project),
    sql`m.status in (${sql.join(statuses)})`,
    ...(types === undefined ? [] : [sql`m.type in (${sql.join(types)})`]),
  ]
  const chosen = [
    ...tags.map(tag => withTags(scope, [tag], dialect)),
    ...(files.length === 0 ? [] : [await withFiles(db, scope, files, dialect)]),
  ]
  return {scope, where: sql`${sql.join(conditions, sql` and `)}`, chosen}
}
