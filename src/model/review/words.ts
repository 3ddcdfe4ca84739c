import type {Association} from '../data/issue.ts'
import {MAY_WRITE} from '../data/trust.ts'

/** A comment on lines of a pull request, as GitHub has it. */
export type InlineWord = {
  path: string
  /** Its last line in its version of the file; null: it is about the whole file, or its lines are gone. */
  line: number | null
  side: 'old' | 'new'
  /** The end of the diff that it is about. */
  code: readonly string[]
  body: string
}

/** What one person said at once about a pull request: a review with its inline comments, or one comment. */
export type Spoken = {
  /** Names it for ever: `review-12`, `comment-7`. */
  key: string
  by: string
  /** A program wrote it. */
  byBot: boolean
  association: Association
  verdict: 'approved' | 'changes' | 'comment' | null
  body: string
  inline: readonly InlineWord[]
  url: string
  /** Clambake wrote it itself. */
  ours: boolean
}

/**
 * What an agent gets to read: words of people who may write to the repository; in a private one all people were invited.
 * An approval without comments asks for nothing, and neither does a comment without a word.
 */
export function wordsForAgent(spoken: readonly Spoken[], {isPrivate}: {isPrivate: boolean}): Spoken[] {
  return spoken.filter(({association, byBot, ours, verdict, body, inline}) => {
    if (ours || byBot || !(isPrivate || MAY_WRITE.includes(association))) return false
    if (verdict === 'changes' || inline.length > 0) return true
    return verdict !== 'approved' && body.trim() !== ''
  })
}
