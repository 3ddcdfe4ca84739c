import type {AgentId} from '../data/ids.ts'

/** A comment on lines of a changed file, as a person writes it before it is sent. */
export type ReviewComment = {
  id: string
  path: string
  /** The version whose lines it is about: as it was on main, or as it is now. */
  side: 'old' | 'new'
  /** Its first and last line. */
  from: number
  to: number
  /** These lines as they were when it was written. */
  quote: readonly string[]
  body: string
  /** The lines are not there any more. */
  outdated: boolean
}

/** A review that was not sent yet. It survives the screen and the daemon. */
export type ReviewDraft = {
  /** It is sent once under this id. */
  id: string
  /** The commit that it was written at; null: it has no comment yet. */
  head: string | null
  comments: readonly ReviewComment[]
  /** The files that were read, with what they were by git's id: one that has changed since is unread again. */
  viewed: Readonly<Record<string, string>>
}

/** Whether it is also written to GitHub, and with which verdict. */
export type Publish = 'no' | 'comment' | 'changes'

/** An agent that gets comments. `sent back`: its work was handed in, and the agent starts again. */
export type ReviewReader = {
  ticket: number
  claim: string | null
  agent: AgentId
  how: 'told' | 'sent back'
  comments: number
}

/** What became of a review that was sent. */
export type SentReview = {
  comments: number
  /** Empty: no agent of this daemon works on it. Of a bundle, each agent has the comments on its own ticket's files. */
  agents: readonly ReviewReader[]
  /** null: it was not published. `inBody`: comments on lines that GitHub does not count as changed. */
  published: {url: string; inBody: number; verdict: 'comment' | 'changes'} | null
}

/** A shorter line is found in too many places to tell where it went. */
const TELLING = 4

/**
 * The comment where its lines are now: at their place, or else at the nearest place that has the same lines; outdated
 * where no place has. `lines`: the whole file in the comment's version; null: it has no such text.
 */
export function reanchored(comment: ReviewComment, lines: readonly string[] | null): ReviewComment {
  const {from, quote} = comment
  if (lines === null || quote.length === 0) return {...comment, outdated: true}
  const isAt = (line: number) => quote.every((text, index) => lines[line - 1 + index] === text)
  if (isAt(from)) return {...comment, outdated: false}
  if (quote.join('').trim().length < TELLING) return {...comment, outdated: true}
  const places = lines.flatMap((text, index) => (text === quote[0] && isAt(index + 1) ? [index + 1] : []))
  const nearest = places.sort((one, other) => Math.abs(one - from) - Math.abs(other - from))[0]
  if (nearest === undefined) return {...comment, outdated: true}
  return {...comment, from: nearest, to: nearest + quote.length - 1, outdated: false}
}

/** `src/a.ts lines 12 to 14`: where a comment is, for people and agents. */
export function placeOf({path, side, from, to}: Pick<ReviewComment, 'path' | 'side' | 'from' | 'to'>): string {
  const lines = from === to ? `line ${from}` : `lines ${from} to ${to}`
  return `${path} ${lines}${side === 'old' ? ' (removed lines, as they were on main)' : ''}`
}

/** The comments in the order of files and lines. */
export function inOrder(comments: readonly ReviewComment[]): ReviewComment[] {
  return [...comments].sort((a, b) => (a.path === b.path ? a.from - b.from : a.path < b.path ? -1 : 1))
}
