import {safeText} from '../../base/text.ts'

/** A zero-width space that survives in Markdown and breaks the word for GitHub's reader of mentions and keywords. */
const BREAK = '&#8203;'
const MENTION = /@(?=[a-z0-9])/gi
// GitHub's closing keywords before `#1`, `GH-1`, `owner/repo#1` or an address, with whatever punctuation between.
const CLOSING =
  /\b(close[sd]?|fix(?:e[sd])?|resolve[sd]?)([^\p{L}\p{N}\u200b&]{0,40}?)(?=(#\d+|gh-\d|[\w.-]+\/[\w.-]+#\d|https?:\/\/))/giu

/**
 * Text from outside or from an agent made harmless in a pull request, comment or commit message: nobody is mentioned,
 * no issue is closed, no image is loaded, no HTML or hidden comment is in it. For prose; in a code block the escapes
 * would show.
 */
export function quoteForGithub(text: string): string {
  return safeText(text)
    .replaceAll('<', '&lt;')
    .replaceAll('![', `!${BREAK}[`)
    .replace(MENTION, `@${BREAK}`)
    .replace(CLOSING, `$1$2${BREAK}`)
}

/** What stays of words that act, in a title: GitHub shows it as it is, and puts it into the message of a merge. */
const TITLE_BREAK = '\u200b'

/** A pull request's title made harmless, also in a message that GitHub makes of it when a person merges by hand. */
export function quoteTitle(text: string): string {
  return text.replace(MENTION, `@${TITLE_BREAK}`).replace(CLOSING, `$1$2${TITLE_BREAK}`)
}

// Not within a word: the addresses of a commit's trailers stay whole.
const NAMED = /(?<![a-z0-9_])@(?=[a-z0-9])/gi

/** An agent's commit message made harmless, but for words that close the issue that the commit is for. */
export function quoteMessage(message: string, issue: number | null): string {
  return message
    .replace(NAMED, `@${TITLE_BREAK}`)
    .replace(CLOSING, (whole, _keyword, _gap, named) => (named === `#${issue}` ? whole : `${whole}${TITLE_BREAK}`))
}

/** A title as it was before `quoteTitle`. */
export function plainTitle(title: string): string {
  return title.replaceAll(TITLE_BREAK, '')
}
