import {type Kysely, sql} from 'kysely'
import type {HubPlace} from '../../src/hub/place.ts'
import {openPostgres} from '../../src/hub/postgres/database.ts'
import {openDatabase} from '../../src/hub/sqlite/database.ts'
import {writeMarks} from '../../src/hub/store/memory/marks.ts'
import type {Tables} from '../../src/hub/store/schema.ts'
import {PROJECT_TYPES} from '../../src/model/hub/memory/memory.ts'

export const PROJECT = 'acme/widgets'
const PART = 500

const SYLLABLES = ['ba', 'ko', 'ri', 'ten', 'su', 'mal', 'vo', 'ne', 'pir', 'da', 'lun', 'ge', 'fos']

/** Words, of which the first are in many memories and the last in few, as in any language. */
export const WORDS: readonly string[] = Array.from({length: 2197}, (_, n) =>
  [n % 13, Math.floor(n / 13) % 13, Math.floor(n / 169)].map(part => SYLLABLES[part]).join(''),
)

/** Stores memories as fast as the database takes them: most of one project, some of another and of all projects. */
export async function fillMemories(place: HubPlace, count: number): Promise<void> {
  await using database = place.kind === 'file' ? await openDatabase(place.file) : await openPostgres(place.url)
  const db = database.kysely
  for (let from = 0; from < count; from += PART) {
    await db.transaction().execute(async transaction => {
      for (let n = from; n < Math.min(count, from + PART); n++) await insert(transaction, n)
    })
  }
  // A server does so by itself within a minute.
  if (place.kind === 'postgres') await sql`analyze`.execute(db)
}

async function insert(db: Kysely<Tables>, n: number): Promise<void> {
  let seed = n * 7919 + 17
  const next = () => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed / 2_147_483_647
  }
  const word = () => WORDS[Math.floor(WORDS.length ** next()) - 1]!
  const words = (length: number) => Array.from({length}, word).join(' ')
  const [tags, files] = [
    [`tag${n % 50}`],
    [`src/part${n % 200}/file${n % 40}.ts`, ...(n % 97 === 0 ? ['docs/**'] : [])],
  ]
  const row = {
    type: n % 10 === 0 ? 'lesson' : PROJECT_TYPES[n % PROJECT_TYPES.length]!,
    title: words(7),
    body: words(60),
    status: 'active' as const,
    tags: JSON.stringify(tags),
    files: JSON.stringify(files),
    created_by: 'w-1',
    created_at: n,
    updated_at: n,
    instance: null,
    session: null,
    ticket: null,
    commit_id: null,
    superseded_by: null,
    updated_by: null,
    nonce: `n${n}`,
    content_key: `c${n}`,
    parts: null,
  }
  const isGlobal = n % 10 === 0
  const {id} = isGlobal
    ? await db.insertInto('global_memory').values(row).returning('id').executeTakeFirstOrThrow()
    : await db
        .insertInto('project_memory')
        .values({...row, project: n % 20 === 1 ? 'acme/gadgets' : PROJECT})
        .returning('id')
        .executeTakeFirstOrThrow()
  await writeMarks(db, {scope: isGlobal ? 'global' : 'project', id, tags, files})
}
