import type {Issue} from '../../model/data/issue.ts'

/** An issue as a pass read it. */
export type Entry = {
  /** GraphQL's id. */
  id: string
  issue: Issue
  /** Issue of this repository that it is a part of; undefined: the server does not tell. */
  parent: number | null | undefined
  /** Open issues that block it, anywhere. */
  waits: number
  /** Those of this repository, whatever their state; undefined: the server does not tell. */
  blockers: readonly number[] | undefined
}

/** One answer, or the pages of one. */
export type Seen = {
  entries: readonly Entry[]
  /** Number of open issues, as GitHub counts. */
  open: number
  /** Newest change of any issue, when the first page was read; null: there is none. */
  newest: number | null
  /** Names of the repository's labels by their id. */
  labels: ReadonlyMap<string, string>
}

/** What is known from all answers so far. */
export type Known = {
  /** Open issues, and closed ones that an old answer might still show open. */
  entries: ReadonlyMap<number, Entry>
  /** Newest change that was seen, by GitHub's clock; this machine's clock is not used. */
  mark: number
  /** Changes before this are known; later ones have to be asked for. */
  from: number
  /** A mark and when it was seen, on our clock without jumps: what came before it may not all have been shown then. */
  unsure: {mark: number; at: number}
  labels: ReadonlyMap<string, string>
  /** Open issues that GitHub counts and does not show. */
  hidden: number
}

/** Answers come from copies that may be this far behind each other. */
const BEHIND_MS = 5 * 60_000
/** GitHub's times are whole seconds. */
const SECOND_MS = 1000

/**
 * All open issues were read, by a pass that began `at` milliseconds of a clock that does not jump: what is not among
 * them is open no more, unless the answer is older than what we know.
 */
export function takeAll(known: Known | null, seen: Seen, at: number): Known {
  const newest = seen.newest ?? 0
  const kept = [...(known?.entries ?? [])].filter(([, {issue}]) => issue.updatedAt > newest)
  const entries = merged(new Map(kept), seen.entries)
  const mark = Math.max(known?.mark ?? 0, newest)
  const hidden = seen.open - openIn(entries)
  const range = known ? settled(known, mark, at) : {mark, from: Math.max(0, mark - BEHIND_MS), unsure: {mark, at}}
  return {...range, entries, labels: seen.labels, hidden}
}

/** What changed was read; null: something else has changed, too, and all has to be read. */
export function takeChanges(known: Known, seen: Seen, at: number): Known | null {
  const entries = merged(known.entries, seen.entries)
  // A renamed or deleted label changes its issues without an update of theirs; a deleted issue leaves none either.
  const isRenamed = [...known.labels].some(([id, name]) => seen.labels.get(id) !== name)
  if (isRenamed || seen.open - openIn(entries) !== known.hidden) return null
  const mark = Math.max(known.mark, ...seen.entries.map(({issue}) => issue.updatedAt))
  return {...known, ...settled(known, mark, at), entries, labels: seen.labels}
}

/** This pass saw all that came before a mark of so long ago. A thousand changes at once are asked for no longer. */
function settled({from, unsure}: Known, mark: number, at: number): Pick<Known, 'mark' | 'from' | 'unsure'> {
  if (at - unsure.at < BEHIND_MS) return {mark, from, unsure}
  return {mark, from: Math.max(from, unsure.mark + SECOND_MS), unsure: {mark, at}}
}

/** The open issues, oldest first, with who waits for whom. */
export function issuesOf({entries}: Known): Issue[] {
  const open = [...entries.values()].filter(isOpen).sort((a, b) => a.issue.number - b.issue.number)
  const parts = new Map<number, number[]>()
  for (const {issue, parent} of open) {
    if (parent != null) parts.set(parent, [...(parts.get(parent) ?? []), issue.number])
  }
  const stillOpen = (number: number) => isOpen(entries.get(number))
  return open.map(({issue, parent, blockers}) => ({
    ...issue,
    ...(blockers && {dependsOn: blockers.filter(stillOpen)}),
    ...(parent !== undefined && {subIssues: parts.get(issue.number) ?? []}),
  }))
}

/** The newer of two answers on an issue counts, whichever came first. */
function merged(known: ReadonlyMap<number, Entry>, seen: readonly Entry[]): Map<number, Entry> {
  const entries = new Map(known)
  for (const entry of seen) {
    const {number, updatedAt} = entry.issue
    const before = entries.get(number)
    if (!before || before.issue.updatedAt <= updatedAt) entries.set(number, entry)
  }
  return entries
}

function openIn(entries: ReadonlyMap<number, Entry>): number {
  return [...entries.values()].filter(isOpen).length
}

function isOpen(entry: Entry | undefined): boolean {
  return entry?.issue.state === 'open'
}
