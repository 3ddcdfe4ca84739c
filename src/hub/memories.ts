import {randomUUID} from 'node:crypto'
import type {Clock} from '../base/clock.ts'
import {ClambakeError, messageOf} from '../base/errors.ts'
import {shellWord} from '../base/text.ts'
import type {Refusal} from '../model/hub/draft.ts'
import {memoryRefusal, tidyDraft, tidyFiles, tidyTags} from '../model/hub/memory/draft.ts'
import type {
  Author,
  Memory,
  MemoryChanges,
  MemoryDraft,
  MemoryRef,
  MemoryScope,
  MemoryStatus,
  MemoryType,
} from '../model/hub/memory/memory.ts'
import {parseQuery} from '../model/hub/memory/query.ts'
import {GIVEN_BYTES, type Relevant} from '../model/hub/memory/relevant.ts'
import type {HubCall} from './calls.ts'
import type {Embedder} from './embeddings.ts'
import type {Recalled} from './store/memory/recall.ts'
import type {Task} from './store/memory/relevant.ts'
import type {Vector} from './store/memory/vectors.ts'

/** Memories of one part of an export. */
const PART = 500

/** How long a search waits for the meaning of its words, and a write for those of its text. */
const SEARCH_MS = 1500
const WRITE_MS = 3000
/** Texts that are given their vectors at once. */
const AT_ONCE = 8

/** What is in force or was solved: what a search shows unless it asks for all. */
export const SHOWN: readonly MemoryStatus[] = ['active', 'resolved']

export type Recall = {
  /** As people type it; empty: the newest. */
  query: string
  /** null: only of all projects. */
  project: string | null
  /** Default: both. */
  scopes?: readonly MemoryScope[]
  types?: readonly MemoryType[]
  tags?: readonly string[]
  files?: readonly string[]
  statuses?: readonly MemoryStatus[]
  limit: number
}

/** What became of a new memory; `similar`: others say nearly the same, and nothing was stored. */
export type Kept = {stored: Memory} | {same: Memory} | {similar: Memory[]}

/** A memory of a file; `supersededBy` is a name of that file's. */
export type ImportedMemory = Omit<Memory, 'ref'>

export type Memories = {
  /** Throws ClambakeError `memory-refused`, `no-memory`. */
  remember(
    draft: MemoryDraft,
    author: Author,
    options?: {anyway?: boolean; supersedes?: MemoryRef | null},
  ): Promise<Kept>
  /** Stores a memory with its own times and author. Throws ClambakeError `memory-refused`. */
  importOne(
    memory: ImportedMemory,
    options: {anyway: boolean; dryRun: boolean},
  ): Promise<{stored: Memory | null} | {same: Memory} | {similar: Memory[]}>
  /** Notes which memory took another's place, where both were imported. */
  link(links: readonly {ref: MemoryRef; by: MemoryRef}[]): Promise<void>
  /** Throws ClambakeError `memory-refused`, `no-memory`. */
  update(ref: MemoryRef, changes: MemoryChanges, by: string): Promise<Memory>
  recall(recall: Recall): Promise<Recalled>
  /** What a session is given at its start, within a number of bytes; best first, whole memories only. */
  relevantTo(task: Task, budget?: number): Promise<Relevant>
  get(refs: readonly MemoryRef[]): Promise<Memory[]>
  /** All of a scope, whatever their status, oldest first; of all projects where none is named. */
  all(scope: MemoryScope, project: string | null): AsyncIterable<Memory>
}

export function createMemories({
  call,
  clock,
  embedder = null,
}: {
  call: HubCall
  clock: Clock
  embedder?: Embedder | null
}): Memories {
  /** The meaning of a search; text: why it cannot be had now. */
  async function meaningOf(query: string): Promise<Vector | string | null> {
    if (embedder === null || parseQuery(query).length === 0) return null
    try {
      const [values = []] = await embedder.embed([query], SEARCH_MS)
      return {model: embedder.model, values}
    } catch (error) {
      return messageOf(error)
    }
  }

  /** Gives some texts that have none their vectors. Nothing depends on it: the next search does what is left. */
  async function catchUp(): Promise<void> {
    if (embedder === null) return
    const {model} = embedder
    const left = await call('unembedded', {model, limit: AT_ONCE})
    if (left.length === 0) return
    const values = await embedder.embed(
      left.map(({title, text}) => `${title}\n${text}`),
      WRITE_MS,
    )
    const vectors = left.map(({ref, contentKey}, n) => ({ref, contentKey, values: values[n] ?? []}))
    await call('putVectors', {model, vectors})
  }

  const get = (refs: readonly MemoryRef[]) => call('memories', {refs})
  return {
    async remember(written, author, {anyway = false, supersedes = null} = {}) {
      const draft = tidyDraft(written)
      const refusal = memoryRefusal(draft)
      if (refusal !== null) throw refused('stored', refusal)
      const at = clock.now()
      const result = await call('remember', {
        ...draft,
        ...author,
        status: 'active',
        at,
        createdAt: at,
        updatedAt: at,
        nonce: randomUUID(),
        anyway,
        imported: false,
        dryRun: false,
        supersedes,
      })
      if ('would' in result) throw new Error('it was to be stored')
      if ('missing' in result) throw unknown(result.missing)
      if ('stored' in result) await catchUp().catch(() => {})
      return result
    },
    async importOne(written, {anyway, dryRun}) {
      const {supersededBy: _, ...memory} = tidyDraft(written)
      const refusal = memoryRefusal(memory)
      if (refusal !== null) throw refused('stored', refusal)
      const result = await call('remember', {
        ...memory,
        at: clock.now(),
        nonce: randomUUID(),
        anyway,
        imported: true,
        dryRun,
        supersedes: null,
      })
      if ('missing' in result) throw unknown(result.missing)
      return 'would' in result ? {stored: null} : result
    },
    link: links => call('linkMemories', {links}),
    async update(ref, changes, by) {
      const [before] = await get([ref])
      if (!before) throw unknown(ref)
      const after = tidyDraft({...before, ...changes})
      const refusal = memoryRefusal(after)
      if (refusal !== null) throw refused('changed', refusal)
      const tidy = Object.fromEntries(
        Object.keys(changes).map(key => [key, after[key as keyof MemoryChanges]]),
      ) as MemoryChanges
      const memory = await call('updateMemory', {ref, changes: tidy, by, at: clock.now()})
      if (memory === null) throw unknown(ref)
      return memory
    },
    async recall({query, project, scopes, statuses = SHOWN, tags, files, ...rest}) {
      const near = await meaningOf(query)
      const result = await call('recall', {
        ...rest,
        query: parseQuery(query),
        project,
        scopes: scopes ?? (project === null ? ['global'] : ['project', 'global']),
        statuses,
        ...(tags === undefined ? {} : {tags: tidyTags(tags)}),
        ...(files === undefined ? {} : {files: tidyFiles(files)}),
        at: clock.now(),
        ...(near === null || typeof near === 'string' ? {} : {near}),
      })
      if (typeof near === 'string') return {...result, byMeaning: `the embedding endpoint cannot be used: ${near}`}
      if (result.byMeaning === true) await catchUp().catch(() => {})
      return result
    },
    relevantTo: (task, budget = GIVEN_BYTES) => call('relevant', {task, budget, at: clock.now()}),
    get,
    async *all(scope, project) {
      for (let after = 0; ; ) {
        const part = await call('memoriesAfter', {scope, project, after, limit: PART})
        yield* part
        const last = part.at(-1)
        if (last === undefined || part.length < PART) return
        after = Number(last.ref.replace('g', ''))
      }
    },
  }
}

function refused(done: 'stored' | 'changed', {why, next}: Refusal): ClambakeError {
  return new ClambakeError({
    code: 'memory-refused',
    message: `the memory was not ${done}: ${why}`,
    kept: done === 'stored' ? 'nothing was stored' : 'the memory is as it was',
    next,
  })
}

function unknown(ref: string): ClambakeError {
  return new ClambakeError({
    code: 'no-memory',
    message: `there is no memory ${shellWord(ref)}`,
    kept: 'nothing was changed',
    next: 'clambake recall shows the memories with their numbers',
  })
}
