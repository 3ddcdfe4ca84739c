import {createHash} from 'node:crypto'
import {type Kysely, sql} from 'kysely'
import {
  type Author,
  type Memory,
  type MemoryChanges,
  type MemoryDraft,
  type MemoryRef,
  memoryRef,
  parseMemoryRef,
} from '../../../model/hub/memory/memory.ts'
import {anyWordOf, partsOf} from '../../../model/hub/memory/query.ts'
import {duplicatesOf} from '../../../model/hub/memory/trigrams.ts'
import {type Dialect, holdLock} from '../dialect.ts'
import type {Tables} from '../schema.ts'
import {writeMarks} from './marks.ts'
import {getMemories, selectMemories, tableOf} from './rows.ts'
import {inPlace, searchText} from './search.ts'

/** Memories with words of a new one that are compared with it. */
const COMPARED = 40
/** The words by which they are found: its first ones say what it is about. */
const WORDS = 12

/** `nonce` is chosen for each write, so that it can be repeated. */
export type NewMemory = MemoryDraft &
  Author & {
    status: Memory['status']
    createdAt: number
    updatedAt: number
    /** When it is stored, which an import does later than it was written. */
    at: number
    nonce: string
    /** Store it although another says nearly the same. */
    anyway: boolean
    /** It comes from a file: its content counts as stored also where another took its place since. */
    imported: boolean
    /** Only say what would become of it. */
    dryRun: boolean
    /** The memory whose place it takes. */
    supersedes: MemoryRef | null
  }

/**
 * What became of a new memory. `same`: that content is stored already. `similar`: others say nearly the same, and nothing
 * was stored. `missing`: there is no memory of the place that it shall take.
 */
export type Remembered =
  | {stored: Memory}
  | {would: 'store'}
  | {same: Memory}
  | {similar: Memory[]}
  | {missing: MemoryRef}

/** Stores a memory unless others say the same; of two programs that store the same at once, one is shown the other's. */
export async function rememberMemory(db: Kysely<Tables>, memory: NewMemory, dialect: Dialect): Promise<Remembered> {
  const scope = memory.project === null ? 'global' : 'project'
  return db.transaction().execute(async transaction => {
    await holdLock(transaction, `memory ${memory.project ?? ''}`, dialect)
    const [repeated] = await selectMemories(transaction, scope, sql`where nonce = ${memory.nonce}`, dialect)
    if (repeated) return {stored: repeated}
    const place = memory.supersedes === null ? null : parseMemoryRef(memory.supersedes)
    if (place !== null && (await getMemories(transaction, [place.ref], dialect)).length === 0) {
      return {missing: place.ref}
    }
    const [same] = await selectMemories(
      transaction,
      scope,
      sql`where content_key = ${contentKeyOf(memory)} and ${memory.imported ? sql`1 = 1` : sql`status <> 'superseded'`}
        order by id limit 1`,
      dialect,
    )
    if (same && same.ref !== place?.ref) return {same}
    const similar = memory.anyway ? [] : await similarTo(transaction, memory, dialect)
    const others = similar.filter(({ref}) => ref !== place?.ref)
    if (others.length > 0) return {similar: others}
    if (memory.dryRun) return {would: 'store' as const}
    const id = await insert(transaction, memory)
    await writeMarks(transaction, {scope, id, tags: memory.tags, files: memory.files})
    if (place !== null) {
      await sql`update ${tableOf(place.scope, dialect)}
        set status = 'superseded', superseded_by = ${memoryRef(scope, id)}, updated_at = ${memory.at},
          updated_by = ${memory.by}
        where id = ${place.id}`.execute(transaction)
    }
    const [stored] = await getMemories(transaction, [memoryRef(scope, id)], dialect)
    if (!stored) throw new Error('the memory that was just stored is not there')
    return {stored}
  })
}

/** Memories of the same place that say nearly what a draft says. */
async function similarTo(db: Kysely<Tables>, draft: MemoryDraft, dialect: Dialect): Promise<Memory[]> {
  const scope = draft.project === null ? 'global' : 'project'
  const query = anyWordOf(`${draft.title} ${draft.text}`, WORDS)
  if (query.length === 0) return []
  const where = sql`${inPlace(scope, draft.project)} and m.status in ('active', 'resolved')`
  const refs = await searchText(db, [{scope, query, where, chosen: []}], COMPARED, dialect)
  const memories = await getMemories(db, refs.slice(0, COMPARED), dialect)
  return duplicatesOf(draft, memories).map(({memory}) => memory)
}

async function insert(db: Kysely<Tables>, memory: NewMemory): Promise<number> {
  const row = {
    type: memory.type,
    title: memory.title,
    body: memory.text,
    status: memory.status,
    tags: JSON.stringify(memory.tags),
    files: JSON.stringify(memory.files),
    created_by: memory.by,
    created_at: memory.createdAt,
    updated_at: memory.updatedAt,
    instance: memory.instance,
    session: memory.session,
    ticket: memory.ticket,
    commit_id: memory.commit,
    nonce: memory.nonce,
    content_key: contentKeyOf(memory),
    parts: wordPartsOf(memory),
    superseded_by: null,
    updated_by: null,
  }
  const {id} =
    memory.project === null
      ? await db.insertInto('global_memory').values(row).returning('id').executeTakeFirstOrThrow()
      : await db
          .insertInto('project_memory')
          .values({...row, project: memory.project})
          .returning('id')
          .executeTakeFirstOrThrow()
  return id
}

/** Notes which memory took another's place. */
export async function linkMemories(
  db: Kysely<Tables>,
  {links}: {links: readonly {ref: MemoryRef; by: MemoryRef}[]},
  dialect: Dialect,
): Promise<void> {
  await db.transaction().execute(async transaction => {
    for (const {ref, by} of links) {
      const place = parseMemoryRef(ref)
      if (place === null) continue
      await sql`update ${tableOf(place.scope, dialect)} set superseded_by = ${by}
        where id = ${place.id} and status = 'superseded'`.execute(transaction)
    }
  })
}

export type MemoryUpdate = {
  ref: MemoryRef
  changes: MemoryChanges
  by: string
  at: number
}

/** Changes a memory and gives it as it is then; null: there is none. */
export async function updateMemory(
  db: Kysely<Tables>,
  {ref, changes, by, at}: MemoryUpdate,
  dialect: Dialect,
): Promise<Memory | null> {
  const place = parseMemoryRef(ref)
  if (place === null) return null
  const {title, text, status, tags, files} = changes
  const set = {
    ...(title === undefined ? {} : {title}),
    ...(text === undefined ? {} : {body: text}),
    ...(tags === undefined ? {} : {tags: JSON.stringify(tags)}),
    ...(files === undefined ? {} : {files: JSON.stringify(files)}),
    ...(status === undefined ? {} : {status}),
    // What is in force again has no other in its place.
    ...(status === undefined || status === 'superseded' ? {} : {superseded_by: null}),
    updated_at: at,
    updated_by: by,
  }
  return db.transaction().execute(async transaction => {
    const table = place.scope === 'project' ? 'project_memory' : 'global_memory'
    await transaction.updateTable(table).set(set).where('id', '=', place.id).execute()
    const [memory] = await getMemories(transaction, [place.ref], dialect)
    if (!memory) return null
    await transaction
      .updateTable(table)
      .set({content_key: contentKeyOf(memory), parts: wordPartsOf(memory)})
      .where('id', '=', place.id)
      .execute()
    if (tags !== undefined || files !== undefined) {
      await writeMarks(transaction, {scope: place.scope, id: place.id, tags: memory.tags, files: memory.files})
    }
    return memory
  })
}

function wordPartsOf({title, text, tags}: MemoryDraft): string | null {
  return partsOf([title, text, ...tags].join('\n'))
}

/** The same for what is stored once in one place: type, title and text, whatever spaces are around them. */
function contentKeyOf({project, type, title, text}: MemoryDraft): string {
  const content = [project, type, ...[title, text].map(part => part.trim().replaceAll('\r\n', '\n'))]
  return createHash('sha256').update(JSON.stringify(content)).digest('base64url')
}
