import {redact} from '../base/redact.ts'
import {safeLine, truncate} from '../base/text.ts'

/** The reason stands in a comment on the issue and in a column of the screen. */
const REASON_WIDTH = 200
const FENCE = /^ {0,3}(`{3,}|~{3,})(.*)$/
/** At the start of its line: one inside a sentence, a quote, a list or an indented block only tells of it. */
const WORD = /^(?:\*\*)?BLOCKED:(?:\*\*)?(?!\S)(.*)$/
/** The prompt's own words, said back. */
const PLACEHOLDER = /^\**\s*<why>\s*\**$/

/**
 * Why an agent says that it cannot go on, by the last words of its turn: one line, safe to show, without secrets; null:
 * it says nothing of the kind. Our prompts ask for a line `BLOCKED: <why>`; what stands in a code fence is no word of
 * its own. The last such line counts. Pure but for the registered secrets.
 */
export function blockedReason(message: string): string | null {
  let fence: string | null = null
  let reason: string | null = null
  for (const line of message.split(/\r\n|\r|\n/)) {
    const [, run, rest = ''] = FENCE.exec(line) ?? []
    if (run !== undefined) {
      if (fence === null) fence = run
      // A fence is closed by one of its kind that is at least as long and says nothing else.
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
