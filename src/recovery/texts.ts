import {count, shortSha} from '../base/words.ts'
import type {Rescue} from '../model/gateways/git.ts'
import {quoteTitle} from '../model/mirror/quote.ts'

/** The longest title that GitHub shows on one line in lists. */
const TITLE_WIDTH = 120

export function pullTitle(text: string): string {
  return `Recovered: ${quoteTitle(text)}`.slice(0, TITLE_WIDTH)
}

/** The pull request's text: where the work comes from, and that nothing happens by itself. No word closes an issue. */
export function pullBody(options: {issue: number | null; branch: string; head: string; saved: Rescue | null}): string {
  const {issue, branch, head, saved} = options
  return [
    `Orphaned work, found on \`${branch}\` at ${shortSha(head)}.`,
    ...(issue === null ? [] : [`It was made for #${issue}, which stays open until a person decides.`]),
    ...(saved
      ? ['', `What was not committed is kept in \`${saved.shared ?? saved.ref}\` (${count(saved.files, 'file')}).`]
      : []),
    '',
    'No agent works on it and it does not merge by itself: take it over, merge it, or close it.',
  ].join('\n')
}
