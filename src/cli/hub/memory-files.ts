import {mkdir, readdir, stat} from 'node:fs/promises'
import {basename, extname, join, resolve} from 'node:path'
import {ClambakeError, isSystemError, messageOf} from '../../base/errors.ts'
import {plainText, replaceFile} from '../../base/files.ts'
import {safeLine} from '../../base/text.ts'
import {count} from '../../base/words.ts'
import type {Coordination} from '../../hub/coordination.ts'
import type {ImportedMemory} from '../../hub/memories.ts'
import {isExport, readExport, sectionsOf, typeFor, writeExport} from '../../model/hub/memory/markdown.ts'
import {isGlobalType, type Memory, type MemoryRef, type MemoryType} from '../../model/hub/memory/memory.ts'
import type {CommandContext} from '../context.ts'
import {authorOf} from './author.ts'

/** Most files that an import reads, and most bytes of one. */
const MAX_FILES = 2000
const MAX_BYTES = 1024 * 1024
const PASSED_OVER = new Set(['node_modules', '.git'])

type Place = {context: CommandContext; hub: Coordination; path: string}

/** Writes all memories of a project, and those of all projects, as markdown: into one file, or a file each. */
export async function exportMemories({context, hub, path, project}: Place & {project: string | null}) {
  const memories: Memory[] = []
  if (project !== null) for await (const memory of hub.memory.all('project', project)) memories.push(memory)
  for await (const memory of hub.memory.all('global', null)) memories.push(memory)
  const target = resolve(context.cwd, path)
  const isFile = extname(target) === '.md'
  const files = isFile
    ? [{file: target, text: writeExport(memories)}]
    : memories.map(memory => ({file: join(target, `${memory.ref}.md`), text: writeExport([memory])}))
  for (const {file} of files) await refuseForeign(file)
  if (!isFile) await mkdir(target, {recursive: true})
  for (const {file, text} of files) await replaceFile(file, text)
  const json = {path: target, memories: memories.length, files: files.length}
  return {json, text: `${count(memories.length, 'memory', 'memories')} in ${safeLine(target)}`}
}

/** Another's file is not written over. */
async function refuseForeign(file: string): Promise<void> {
  const kind = await stat(file).catch(error => {
    if (isSystemError(error, 'ENOENT')) return null
    throw error
  })
  if (kind === null) return
  const text = kind.isFile() ? await plainText(file) : null
  if (text === '' || (text !== null && isExport(text))) return
  throw new ClambakeError({
    code: 'memory-files',
    message: `${safeLine(file)} is there already, and is no export of memories`,
    kept: 'nothing was written',
    next: 'name another file or folder',
  })
}

type Import = Place & {
  /** For what ordinary files hold; null: by their headings. */
  type: MemoryType | null
  tags: readonly string[]
  files: readonly string[]
  global: boolean
  anyway: boolean
  dryRun: boolean
}

type Outcome = {title: string; file: string; ref: MemoryRef | null; reason: string}

/** What an import did, or would do. */
export type Imported = {
  dryRun: boolean
  stored: Outcome[]
  same: Outcome[]
  similar: Outcome[]
  refused: Outcome[]
}

/** Stores what markdown files hold. What is stored already is not stored again. */
export async function importMemories(options: Import): Promise<{imported: Imported; text: string}> {
  const {context, hub, dryRun, anyway} = options
  const {author, project, isPerson} = await authorOf(context, hub)
  const result: Imported = {dryRun, stored: [], same: [], similar: [], refused: []}
  /** The names that the memories of an export got here, by what they had there. */
  const names = new Map<MemoryRef, MemoryRef>()
  const superseded: {ref: MemoryRef; by: MemoryRef}[] = []
  for (const file of await markdownFiles(resolve(context.cwd, options.path))) {
    const text = await readable(file)
    if (typeof text !== 'string') {
      result.refused.push({title: '', file, ref: null, reason: text.reason})
      continue
    }
    for (const {memory, problem, from} of partsOf(file, text, {...options, project})) {
      if (memory === null) {
        result.refused.push({title: '', file, ref: null, reason: problem})
        continue
      }
      // A program does not speak for the author that a file names.
      const by = from === null ? author.by : isPerson ? memory.by : `${memory.by} (imported by ${author.by})`
      const own = from === null ? author : {...memory, by}
      const {title} = memory
      try {
        const kept = await hub.memory.importOne({...memory, ...pick(own)}, {anyway: anyway || from !== null, dryRun})
        const [kind, ref] =
          'stored' in kept
            ? (['stored', kept.stored?.ref ?? null] as const)
            : 'same' in kept
              ? (['same', kept.same.ref] as const)
              : (['similar', kept.similar[0]?.ref ?? null] as const)
        result[kind].push({title, file, ref, reason: ''})
        if (from !== null && ref !== null && kind !== 'similar') {
          names.set(from, ref)
          if (kind === 'stored' && memory.supersededBy !== null) superseded.push({ref, by: memory.supersededBy})
        }
      } catch (error) {
        if (!(error instanceof ClambakeError) || error.code !== 'memory-refused') throw error
        result.refused.push({title, file, ref: null, reason: error.message})
      }
    }
  }
  const links = superseded.flatMap(({ref, by}) => {
    const here = names.get(by)
    return here === undefined ? [] : [{ref, by: here}]
  })
  if (links.length > 0) await hub.memory.link(links)
  return {imported: result, text: textOf(result)}
}

function pick({
  by,
  instance,
  session,
  ticket,
  commit,
}: Pick<Memory, 'by' | 'instance' | 'session' | 'ticket' | 'commit'>) {
  return {by, instance, session, ticket, commit}
}

type Part = {memory: ImportedMemory | null; problem: string; from: MemoryRef | null}

/** The memories that a file holds, as they would be stored. */
function partsOf(file: string, text: string, options: Import & {project: string}): Part[] {
  const {context, type, tags, files, global, project} = options
  if (isExport(text)) {
    return readExport(text).map(read => {
      if ('problem' in read) return {memory: null, problem: read.problem, from: null}
      const {ref, ...written} = read.written
      return {memory: written, problem: '', from: ref}
    })
  }
  const now = context.clock.now()
  return sectionsOf(basename(file, extname(file)), text).map(section => {
    const isGlobal = global || (type !== null && isGlobalType(type))
    return {
      problem: '',
      from: null,
      memory: {
        project: isGlobal ? null : project,
        type: type ?? typeFor(section, isGlobal),
        title: section.title,
        text: section.text,
        tags,
        files,
        status: 'active',
        by: '',
        instance: null,
        session: null,
        ticket: null,
        commit: null,
        createdAt: now,
        updatedAt: now,
        supersededBy: null,
      },
    }
  })
}

/** The markdown files of a path, in the order of their names; links are not followed. */
async function markdownFiles(path: string): Promise<string[]> {
  const kind = await stat(path).catch(error => {
    throw new ClambakeError({
      code: 'memory-files',
      message: `${safeLine(path)} cannot be read: ${messageOf(error)}`,
      kept: 'nothing was stored',
      next: 'name a markdown file or a folder of them',
    })
  })
  if (kind.isFile()) return [path]
  const found: string[] = []
  const look = async (folder: string): Promise<void> => {
    const entries = (await readdir(folder, {withFileTypes: true})).toSorted((a, b) => (a.name < b.name ? -1 : 1))
    for (const entry of entries) {
      if (entry.isDirectory() && !PASSED_OVER.has(entry.name)) await look(join(folder, entry.name))
      if (entry.isFile() && /\.(md|markdown)$/i.test(entry.name)) found.push(join(folder, entry.name))
      if (found.length > MAX_FILES) {
        throw new ClambakeError({
          code: 'memory-files',
          message: `${safeLine(path)} holds more than ${MAX_FILES} markdown files`,
          kept: 'nothing was stored',
          next: 'name a folder of notes',
        })
      }
    }
  }
  await look(path)
  return found.toSorted((a, b) => a.localeCompare(b, 'en', {numeric: true}))
}

async function readable(file: string): Promise<string | {reason: string}> {
  const {size} = await stat(file)
  if (size > MAX_BYTES) return {reason: `it has ${size} bytes, and at most ${MAX_BYTES} are read`}
  return (await plainText(file)) ?? {reason: 'it is not a plain file'}
}

function textOf({dryRun, stored, same, similar, refused}: Imported): string {
  const named = ({ref, title, file, reason}: Outcome) =>
    `  ${[ref ?? '', safeLine(title) || safeLine(file), safeLine(reason)].filter(part => part !== '').join('  ')}`
  const part = (what: string, outcomes: readonly Outcome[], shown = outcomes) =>
    outcomes.length === 0 ? [] : [`${what}: ${outcomes.length}`, ...shown.map(named)]
  const parts = [
    ...part(dryRun ? 'Would be stored' : 'Stored', stored),
    ...part('Stored already', same, []),
    ...part('Not stored, since another says nearly the same (--anyway stores them)', similar),
    ...part('Refused', refused),
  ]
  return parts.length === 0 ? 'Nothing was found to store.' : parts.join('\n')
}
