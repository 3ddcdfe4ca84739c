/** What a memory of one project is about. */
export const PROJECT_TYPES = [
  'architecture',
  'feature',
  'issue',
  'fix',
  'decision',
  'pattern',
  'gotcha',
  'update',
] as const
/** What a memory of all projects is about; a credential says where one is kept, and never what it is. */
export const GLOBAL_TYPES = ['infrastructure', 'convention', 'tool', 'preference', 'credential', 'lesson'] as const
export const MEMORY_TYPES = [...PROJECT_TYPES, ...GLOBAL_TYPES] as const
export type MemoryType = (typeof MEMORY_TYPES)[number]

export const MEMORY_STATUSES = ['active', 'resolved', 'deprecated', 'superseded'] as const
export type MemoryStatus = (typeof MEMORY_STATUSES)[number]

/** What names a memory: `12` is one of a project, `g12` one of all projects. */
export type MemoryRef = `${number}` | `g${number}`

/** Something that a session or a person wants later sessions to know. */
export type Memory = {
  ref: MemoryRef
  /** null: it is of all projects. */
  project: string | null
  type: MemoryType
  title: string
  text: string
  status: MemoryStatus
  tags: readonly string[]
  /** Paths and globs of the project that it is about. */
  files: readonly string[]
  /** Who wrote it, as people read it: an instance's name, or `ada@laptop`. */
  by: string
  /** The instance, its client's conversation, ticket and commit at which it was written; null: none or not known. */
  instance: string | null
  session: string | null
  ticket: number | null
  commit: string | null
  createdAt: number
  updatedAt: number
  /** The memory that took its place. */
  supersededBy: MemoryRef | null
}

/** A memory as its author wrote it. */
export type MemoryDraft = Pick<Memory, 'project' | 'type' | 'title' | 'text' | 'tags' | 'files'>

/** Who writes, and at what. */
export type Author = Pick<Memory, 'by' | 'instance' | 'session' | 'ticket' | 'commit'>

/** What may be changed of a memory; what is not named stays. */
export type MemoryChanges = Partial<Pick<Memory, 'title' | 'text' | 'status' | 'tags' | 'files'>>

/** The two places that memories are kept in. */
export type MemoryScope = 'project' | 'global'

export function isGlobalType(type: MemoryType): boolean {
  return (GLOBAL_TYPES as readonly string[]).includes(type)
}

export function memoryRef(scope: MemoryScope, id: number): MemoryRef {
  return scope === 'global' ? `g${id}` : `${id}`
}

/** Reads `12`, `#12` or `g12`; null: it names no memory. */
export function parseMemoryRef(text: string): {scope: MemoryScope; id: number; ref: MemoryRef} | null {
  const [, letter, digits = ''] = /^#?(g?)([1-9]\d{0,14})$/i.exec(text.trim()) ?? []
  if (letter === undefined) return null
  const [scope, id] = [letter === '' ? 'project' : 'global', Number(digits)] as const
  return {scope, id, ref: memoryRef(scope, id)}
}
