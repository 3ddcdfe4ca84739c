import {broken, safeLine, safeText, withoutHtmlComments} from '../base/text.ts'

/**
 * Makes words of others fit for a prompt: every text that others wrote goes through here, so that a client does nothing
 * by being given them. They are fenced or quoted, and what a client expands wherever it stands is broken.
 */

/** Puts text of others in a fence that nothing inside can close; what is over `most` characters is cut, which is said. */
export function fenced(text: string, most = Number.POSITIVE_INFINITY): string[] {
  const whole = broken(cleaned(text))
  const inside = whole.slice(0, most).replace(/[\ud800-\udbff]$/, '')
  const longest = Math.max(2, ...[...inside.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  const over = whole.length - inside.length
  return [
    fence,
    inside,
    fence,
    ...(over > 0 ? [`(The text was cut here: ${over} characters more are not shown.)`] : []),
  ]
}

/** Text of others without hidden comments and control sequences. */
export function cleaned(text: string): string {
  return safeText(withoutHtmlComments(text)).trim()
}

/** Text of others on one line, in quotes. */
export function quotedLine(text: string): string {
  return broken(JSON.stringify(safeLine(withoutHtmlComments(text))))
}

/** Text of others on one line, such as a name or a path. */
export function plainLine(text: string): string {
  return broken(safeLine(text))
}
