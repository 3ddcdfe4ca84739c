import {type Kysely, type RawBuilder, sql} from 'kysely'
import {filesMeet, isGlob, selfAndFolders} from '../../../model/hub/memory/files.ts'
import type {Memory, MemoryScope} from '../../../model/hub/memory/memory.ts'
import type {Dialect} from '../dialect.ts'
import type {Tables} from '../schema.ts'
import {at} from './rows.ts'

/** Most globs of memories that are compared with a file. */
const MAX_GLOBS = 2000
/** What follows every path in the order of bytes. */
const LAST = '\u{10ffff}'

/** Notes the tags and files of a memory such that an index finds them. */
export async function writeMarks(
  db: Kysely<Tables>,
  {scope, id, tags, files}: {scope: MemoryScope; id: number} & Pick<Memory, 'tags' | 'files'>,
): Promise<void> {
  await db.deleteFrom('memory_marks').where('scope', '=', scope).where('memory', '=', id).execute()
  const marks = [
    ...tags.map(value => ({scope, kind: 'tag' as const, value, memory: id})),
    ...files.map(value => ({scope, kind: isGlob(value) ? ('glob' as const) : ('file' as const), value, memory: id})),
  ]
  if (marks.length > 0) await db.insertInto('memory_marks').values(marks).execute()
}

/** The ids of the memories with one of these tags. */
export function withTags(scope: MemoryScope, tags: readonly string[], dialect: Dialect): RawBuilder<unknown> {
  return sql`select memory from ${at('memory_marks', dialect)}
    where scope = ${scope} and kind = 'tag' and value in (${sql.join(tags)})`
}

/** The ids of the memories of any of these paths or globs, of what is inside of them, or of a folder above them. */
export async function withFiles(
  db: Kysely<Tables>,
  scope: MemoryScope,
  files: readonly string[],
  dialect: Dialect,
): Promise<RawBuilder<unknown>> {
  const marks = at('memory_marks', dialect)
  const globs = await sql<{value: string}>`
    select distinct value from ${marks} where scope = ${scope} and kind = 'glob' order by value limit ${MAX_GLOBS}
  `.execute(db)
  const meeting = globs.rows.map(({value}) => value).filter(glob => files.some(file => filesMeet(glob, file)))
  const found = files.flatMap(file => {
    const exact = selfAndFolders(file)
    // Of a glob all that begins as it does is looked at, and the ranking tells what it takes.
    const start = isGlob(file) ? file.slice(0, file.search(/[*?]/)) : `${file}/`
    return [
      sql`(kind = 'file' and value >= ${start} and value < ${start + LAST})`,
      ...(exact.length > 0 ? [sql`(kind = 'file' and value in (${sql.join(exact)}))`] : []),
    ]
  })
  const taken = meeting.length > 0 ? [sql`(kind = 'glob' and value in (${sql.join(meeting)}))`] : []
  return sql`select memory from ${marks} where scope = ${scope} and (${sql.join([...found, ...taken], sql` or `)})`
}
