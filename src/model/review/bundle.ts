import type {ReviewComment} from './comments.ts'
import type {Spoken} from './words.ts'

/** A ticket in a bundle that is reviewed: its commit there, and the paths that its work changes, earlier ones included. */
export type ReviewedMember = {ticket: number; commit: string; paths: readonly string[]}

/** A bundle as it is reviewed. It stays known to a review that was begun, whatever becomes of the train. */
export type ReviewedBundle = {base: string; commit: string; members: readonly ReviewedMember[]}

/** What of a review is one ticket's. */
export type Share<Part> = {ticket: number; part: Part}

type Members = ReviewedBundle['members']

/** The tickets whose work changes a path. */
export function ticketsOf(members: Members, path: string): number[] {
  return members.filter(({paths}) => paths.includes(path)).map(({ticket}) => ticket)
}

/**
 * Gives each comment to the tickets that wrote its lines, else to those that change its file, else to all. `wrote`: for
 * each comment the commits of the bundle that wrote its lines.
 */
export function sharesOfComments(
  members: Members,
  comments: readonly ReviewComment[],
  wrote: readonly (readonly string[])[],
): Share<ReviewComment[]>[] {
  const meant = comments.map(({path}, index) => {
    const changing = ticketsOf(members, path)
    const writing = members
      .filter(({ticket, commit}) => changing.includes(ticket) && (wrote[index] ?? []).includes(commit))
      .map(({ticket}) => ticket)
    if (writing.length > 0) return writing
    return changing.length > 0 ? changing : members.map(({ticket}) => ticket)
  })
  return members.flatMap(({ticket}) => {
    const part = comments.filter((_, index) => meant[index]!.includes(ticket))
    return part.length === 0 ? [] : [{ticket, part}]
  })
}

/**
 * Gives words on a bundle's pull request to the tickets that they name: by a path that its work changes, in an inline
 * comment or in the text, or by its number; to all aboard if they name none. Each gets the text and its own inline
 * comments. `members`: also those who left it.
 */
export function sharesOfWords(members: Members, spoken: Spoken, aboard: readonly number[]): Share<Spoken>[] {
  const {body, inline} = spoken
  const isNamed = ({ticket, paths}: Members[number]) =>
    inline.some(({path}) => paths.includes(path)) ||
    paths.some(path => names(body, path)) ||
    new RegExp(`#${ticket}\\b`).test(body)
  // An inline comment on a file that none of them changes is for all of them.
  const isOpen = (path: string) => ticketsOf(members, path).length === 0
  const isForAll = !members.some(isNamed) || inline.some(({path}) => isOpen(path))
  const meant = members.filter(member => isNamed(member) || (isForAll && aboard.includes(member.ticket)))
  return meant.map(({ticket, paths}) => {
    const own = inline.filter(({path}) => paths.includes(path) || isOpen(path))
    return {ticket, part: {...spoken, inline: own}}
  })
}

/** Whether a text names a path by itself, and not as a part of a longer one. */
function names(text: string, path: string): boolean {
  const partOfPath = /[\w./-]/
  for (let at = text.indexOf(path); at >= 0; at = text.indexOf(path, at + 1)) {
    const before = text[at - 1] ?? ' '
    const after = text.slice(at + path.length).replace(/^\.(?=\s|$)/, '')[0] ?? ' '
    if (!partOfPath.test(before) && !partOfPath.test(after)) return true
  }
  return false
}
