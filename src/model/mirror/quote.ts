import {safeText} from '../../base/text.ts'

/** `&#64;` is an @ for GitHub, and `&#32;` a space; our own break stays. */
const ENTITY = /&(?!#8203;)(?=#?\w{1,40};)/g
/** A zero-width space that survives in Markdown and breaks the word for GitHub's reader of mentions and keywords. */
const BREAK = '&#8203;'
const MENTION = /@(?=[a-z0-9])/gi
// GitHub's closing keywords before `#1`, `GH-1`, `owner/repo#1` or an address, with whatever punctuation between.
const CLOSING =
  /\b(close[sd]?|fix(?:e[sd])?|resolve[sd]?)([^\p{L}\p{N}\u200b&]{0,40}?|:?\s+)(?=(#\d+|gh-\d|[\w.-]+\/[\w.-]+#\d|https?:\/\/))/giu

/** By these words in a commit's message, GitHub and other services start no checks: `[skip ci]`, `***NO_CI***`. */
const SKIPPING = /(\[|\*{3})(?=[\w -]{0,30}\b(?:skip|no[ _-]ci)\b[\w -]{0,30}(?:\]|\*{3}))/gi
/** The trailer of the same meaning, which stands on a line of its own. */
const SKIP_TRAILER = /^([ \t]*skip-checks)(?=[ \t]*:)/gim

/** Breaks the words that keep checks from starting. */
function withChecks(text: string, mark: string): string {
  return text.replace(SKIPPING, `$1${mark}`).replace(SKIP_TRAILER, `$1${mark}`)
}

/**
 * Text from outside or from an agent made harmless in a pull request, comment or commit message: nobody is mentioned,
 * no issue is closed, no check is skipped, no image is loaded, no HTML or hidden comment is in it. For prose; in a code block the escapes
 * would show.
 */
export function quoteForGithub(text: string): string {
  const plain = safeText(text).replace(ENTITY, '&amp;').replaceAll('<', '&lt;').replaceAll('![', `!${BREAK}[`)
  return withChecks(plain, BREAK).replace(MENTION, `@${BREAK}`).replace(CLOSING, `$1$2${BREAK}`)
}

/** What stays of words that act, in a title: GitHub shows it as it is, and puts it into the message of a merge. */
const TITLE_BREAK = '\u200b'

/** A pull request's title made harmless, also in a message that GitHub makes of it when a person merges by hand. */
export function quoteTitle(text: string): string {
  return withChecks(text, TITLE_BREAK).replace(MENTION, `@${TITLE_BREAK}`).replace(CLOSING, `$1$2${TITLE_BREAK}`)
}

// Not within a word: the addresses of a commit's trailers stay whole.
const NAMED = /(?<![a-z0-9_])@(?=[a-z0-9])/gi

/** An agent's commit message made harmless, but for words that close the issue that the commit is for. */
export function quoteMessage(message: string, issue: number | null): string {
  return withChecks(message, TITLE_BREAK)
    .replace(NAMED, `@${TITLE_BREAK}`)
    .replace(CLOSING, (whole, _keyword, _gap, named) => (named === `#${issue}` ? whole : `${whole}${TITLE_BREAK}`))
}

/** A title as it was before `quoteTitle`. */
export function plainTitle(title: string): string {
  return title.replaceAll(TITLE_BREAK, '')
}
