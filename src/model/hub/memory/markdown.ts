import {parse} from 'yaml'
import {
  GLOBAL_TYPES,
  isGlobalType,
  MEMORY_STATUSES,
  type Memory,
  type MemoryRef,
  type MemoryType,
  PROJECT_TYPES,
  parseMemoryRef,
} from './memory.ts'

/** The line that begins each memory of an export. */
export const MARK = '<!-- clambake memory -->'
/** A line of a memory's text that would be taken for it is written with one backslash more. */
const MARKED = /^\\*<!-- clambake memory -->$/

/** A memory as an export writes it. */
export type Written = Omit<Memory, 'ref'> & {ref: MemoryRef}
/** What a part of an export holds, or why it cannot be read. */
export type Read = {written: Written} | {problem: string}

/** Writes memories as markdown with front matter, such that `readExport` gives the same. */
export function writeExport(memories: readonly Memory[]): string {
  return memories.map(writeMemory).join('\n')
}

function writeMemory(memory: Memory): string {
  const fields = {
    memory: memory.ref,
    project: memory.project,
    type: memory.type,
    title: memory.title,
    status: memory.status,
    tags: memory.tags,
    files: memory.files,
    by: memory.by,
    instance: memory.instance,
    session: memory.session,
    ticket: memory.ticket,
    commit: memory.commit,
    created: new Date(memory.createdAt).toISOString(),
    updated: new Date(memory.updatedAt).toISOString(),
    superseded_by: memory.supersededBy,
  }
  const front = Object.entries(fields).filter(([, value]) => value !== null)
  // JSON is YAML too, and leaves nothing to guess about quotes.
  const lines = front.map(([key, value]) => `${key}: ${JSON.stringify(value)}`)
  const text = memory.text.split('\n').map(line => (MARKED.test(line) ? `\\${line}` : line))
  return [MARK, '---', ...lines, '---', '', ...text, ''].join('\n')
}

export function isExport(text: string): boolean {
  return text.replace(/^\ufeff/, '').startsWith(MARK)
}

/** Reads an export, part by part; one that was damaged says so, and the others are read. */
export function readExport(text: string): Read[] {
  const parts: string[][] = []
  for (const line of text.replace(/^\ufeff/, '').split(/\r?\n/)) {
    if (line === MARK) parts.push([])
    else parts.at(-1)?.push(line)
  }
  return parts.map(
    (lines, n) => readMemory(lines) ?? {problem: `the memory at place ${n + 1} has no front matter that is one`},
  )
}

function readMemory(lines: readonly string[]): Read | null {
  const end = lines.indexOf('---', 1)
  if (lines[0] !== '---' || end < 0) return null
  const front = frontOf(lines.slice(1, end).join('\n'))
  const body = lines.slice(end + 1).map(line => (MARKED.test(line) && line.startsWith('\\') ? line.slice(1) : line))
  const ref = parseMemoryRef(textOf(front.memory) ?? '')?.ref
  const [type, title] = [typeOf(front.type), textOf(front.title)]
  if (ref === undefined || type === null || title === null) return null
  const status = MEMORY_STATUSES.find(one => one === front.status) ?? 'active'
  return {
    written: {
      ref,
      project: textOf(front.project),
      type,
      title,
      text: body.join('\n').trim(),
      status,
      tags: listOf(front.tags),
      files: listOf(front.files),
      by: textOf(front.by) ?? '',
      instance: textOf(front.instance),
      session: textOf(front.session),
      ticket: typeof front.ticket === 'number' ? front.ticket : null,
      commit: textOf(front.commit),
      createdAt: timeOf(front.created),
      updatedAt: timeOf(front.updated),
      supersededBy: parseMemoryRef(textOf(front.superseded_by) ?? '')?.ref ?? null,
    },
  }
}

/** What a part of an ordinary markdown file says. */
export type Section = {title: string; text: string; type: MemoryType | null}

/**
 * Parts an ordinary file of notes by its headings; what stands before the first one is under the file's name. A file with
 * front matter that names it, as Claude's own memory files have, is one part.
 */
export function sectionsOf(name: string, text: string): Section[] {
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/)
  const end = lines[0]?.trim() === '---' ? lines.indexOf('---', 1) : -1
  const front = end > 0 ? frontOf(lines.slice(1, end).join('\n')) : {}
  const body = end > 0 ? lines.slice(end + 1) : lines
  const named = textOf(front.description) ?? textOf(front.name)
  if (named !== null) return whole(named, body, typeOf(front.type))
  const sections: {title: string; lines: string[]}[] = [{title: name, lines: []}]
  let fence = ''
  for (const line of body) {
    const [, mark = ''] = /^ {0,3}(`{3,}|~{3,})/.exec(line) ?? []
    if (fence === '') fence = mark
    else if (mark.startsWith(fence) && line.trim() === mark) fence = ''
    const [, heading] = fence === '' && mark === '' ? (/^ {0,3}#{1,6}\s+(.+?)(?:\s+#+)?\s*$/.exec(line) ?? []) : []
    if (heading === undefined) sections.at(-1)!.lines.push(line)
    else sections.push({title: heading, lines: []})
  }
  return sections.flatMap(section => whole(section.title, section.lines, null))
}

function whole(title: string, lines: readonly string[], type: MemoryType | null): Section[] {
  const text = lines.join('\n').trim()
  return text === '' ? [] : [{title: title.split(/[\r\n]/, 1)[0]?.trim() ?? '', text, type}]
}

/** Words of headings that say what a part is about. */
const TELLING: readonly [RegExp, project: MemoryType, global: MemoryType][] = [
  [/gotcha|pitfall|caveat|careful|watch out|known (issue|problem)|trap/i, 'gotcha', 'lesson'],
  [/decision|decided|\badr\b|why /i, 'decision', 'lesson'],
  [/architect|structure|overview|layout|design/i, 'architecture', 'infrastructure'],
  [/prefer/i, 'pattern', 'preference'],
  [/tool|command|script|build|run|test/i, 'pattern', 'tool'],
  [/server|deploy|database|host|infra/i, 'architecture', 'infrastructure'],
  [/fix/i, 'fix', 'lesson'],
]

/** The type of a part of notes: what it says itself, if that fits the place; else by the words of its heading. */
export function typeFor({title, type}: Section, isGlobal: boolean): MemoryType {
  if (type !== null && isGlobalType(type) === isGlobal) return type
  const told = TELLING.find(([words]) => words.test(title))
  if (told) return isGlobal ? told[2] : told[1]
  return isGlobal ? 'convention' : 'pattern'
}

/** Front matter as a record; what is no front matter says nothing. */
function frontOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = parse(text, {maxAliasCount: 0, logLevel: 'silent'})
    return typeof value === 'object' && value !== null ? {...value} : {}
  } catch {
    return {}
  }
}

function typeOf(value: unknown): MemoryType | null {
  return [...PROJECT_TYPES, ...GLOBAL_TYPES].find(type => type === value) ?? null
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value : null
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter(entry => typeof entry === 'string') : []
}

function timeOf(value: unknown): number {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isFinite(time) ? time : 0
}
