import {redact} from '../base/redact.ts'
import {safeLine, truncate} from '../base/text.ts'

/** The reason is shown in a comment on the issue and in a column of the screen. */
const REASON_WIDTH = 200
const FENCE = /^ {0,3}(`{3,}|~{3,})(.*)$/
/** Only at the start of a line: in a sentence, a quote, a list or an indented block the word is only mentioned. */
const WORD = /^(?:\*\*)?BLOCKED:(?:\*\*)?(?!\S)(.*)$/
/** The placeholder of our prompt, repeated by the agent. */
const PLACEHOLDER = /^\**\s*<why>\s*\**$/

/**
 * Finds why an agent says that it is blocked, in the last message of its turn: one line, safe to show, without secrets;
 * null: it does not say so. Our prompts ask for a line `BLOCKED: <why>`. Lines in code fences do not count, and of
 * several lines the last one counts. Pure but for the registered secrets.
 */
export function blockedReason(message: string): string | null {
  let fence: string | null = null
  let reason: string | null = null
  for (const line of message.split(/\r\n|\r|\n/)) {
    const [, run, rest = ''] = FENCE.exec(line) ?? []
    if (run !== undefined) {
      if (fence === null) fence = run
      // A fence is closed by one of the same kind that is at least as long and has no other text.
      else if (run[0] === fence[0] && run.length >= fence.length && rest.trim() === '') fence = null
      continue
    }
    const said = fence === null ? WORD.exec(line)?.[1] : undefined
    if (said === undefined || PLACEHOLDER.test(said.trim())) continue
    const words = truncate(safeLine(redact(said)).replace(/\*\*$/, '').trim(), REASON_WIDTH)
    reason = `its agent says that it is blocked${words === '' ? '' : `: ${words}`}`
  }
  return reason
}

/** What a terminal program puts before the lines of its model: a bullet, or the frame of a box. */
const BEFORE_WORDS = /^ {0,4}(?:[●⏺•✦◆│┃] {1,2})?/

/** As `blockedReason`, for words that are read from a screen. */
export function blockedOnScreen(screen: string): string | null {
  return blockedReason(
    screen
      .split('\n')
      .map(line => line.replace(BEFORE_WORDS, '').replace(/\s*[│┃]\s*$/, ''))
      .join('\n'),
  )
}

/** What an agent said last in its turn, on one line, without secrets; a question may be among it. */
export function lastSaid(message: string): string {
  const paragraphs = message
    .split(/\n\s*\n/)
    .map(part => safeLine(redact(part)))
    .filter(part => part !== '')
  const last = paragraphs.at(-1) ?? ''
  return last.length <= REASON_WIDTH ? last : `…${last.slice(1 - REASON_WIDTH).replace(/^[\udc00-\udfff]/, '')}`
}
