import {type Kysely, type RawBuilder, sql} from 'kysely'
import {type MemoryRef, memoryRef} from '../../../model/hub/memory/memory.ts'
import {anyWordOf} from '../../../model/hub/memory/query.ts'
import {chooseRelevant, type Relevant, STANDING} from '../../../model/hub/memory/relevant.ts'
import type {Dialect} from '../dialect.ts'
import type {Tables} from '../schema.ts'
import {withFiles, withTags} from './marks.ts'
import {getMemories, tableOf} from './rows.ts'
import {inPlace, searchText, type TextSearch} from './search.ts'

/** Memories that each way of looking finds. */
const FOUND = 60
/** Words of the task that are looked for. */
const WORDS = 24
const SCOPES = ['project', 'global'] as const

/** What a session is at. */
export type Task = {project: string; text: string; files: readonly string[]; labels: readonly string[]}
export type RelevantFilter = {task: Task; budget: number; at: number}

/** The memories that a session is given at its start. */
export async function findRelevant(
  db: Kysely<Tables>,
  {task, budget, at}: RelevantFilter,
  dialect: Dialect,
): Promise<Relevant> {
  const {project, files} = task
  const tags = task.labels.map(label => label.trim().toLowerCase())
  const inForce = (scope: (typeof SCOPES)[number]) => sql`${inPlace(scope, project)} and m.status = 'active'`
  const query = anyWordOf(task.text, WORDS)
  const searches: TextSearch[] = SCOPES.map(scope => ({scope, query, where: inForce(scope), chosen: []}))
  const byWords = query.length === 0 ? [] : (await searchText(db, searches, FOUND, dialect)).slice(0, FOUND)
  const [byMarks, standing]: [MemoryRef[], MemoryRef[]] = [[], []]
  for (const scope of SCOPES) {
    const refs = async (condition: RawBuilder<unknown>) => {
      const {rows} = await sql<{id: number}>`select id from ${tableOf(scope, dialect)} m
        where ${inForce(scope)} and ${condition} order by +updated_at desc, id desc limit ${FOUND}`.execute(db)
      return rows.map(({id}) => memoryRef(scope, id))
    }
    if (tags.length > 0) byMarks.push(...(await refs(sql`m.id in (${withTags(scope, tags, dialect)})`)))
    if (files.length > 0) byMarks.push(...(await refs(sql`m.id in (${await withFiles(db, scope, files, dialect)})`)))
    standing.push(...(await refs(sql`m.type in (${sql.join(STANDING)})`)))
  }
  const memories = await getMemories(db, [...new Set([...byWords, ...byMarks, ...standing])], dialect)
  // What the marks found is weighed by them, not by a place in a list.
  const met = memories.filter(({ref}) => byMarks.includes(ref)).map(({ref}) => ref)
  return chooseRelevant(memories, {words: byWords, met}, {files, tags, now: at}, budget)
}
