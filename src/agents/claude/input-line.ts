import {LEAD} from '../terminal/lead.ts'

/** The input line of Claude's client, as its screen shows it. */
export type InputLine = {
  /** What stands in it, its lines joined; a hint of the client in an empty line looks the same. */
  text: string
  /** What is typed runs as a shell command. */
  shell: boolean
  /** The client has put a draft aside, and gives it back when the next prompt is sent. */
  stashed: boolean
  /** The client is at work, and Esc would interrupt it. */
  busy: boolean
  /** When it continues by itself after a usage limit, in its own words; null: it does not say so. */
  limit: string | null
}

const RULE = /^─{10,}/
/** The first cell of the input line, then its text; older clients begin it with `>`. */
const FIRST = /^([❯>!])(?:[ \u00a0](.*))?$/u
/** Below the line stand a few lines of hints; below the rule above a dialog stands a dialog. */
const MOST_HINTS = 6
const STASHED = /\bstashed\b/i
const BUSY = /esc to interrupt/
const LIMIT = /\bcontinuing (?:automatically at ([^·\n]{1,40})|shortly)/i
/** Hints of the client in an empty line. */
const HINT = /^(?:Try "|Press up to edit queued|Resend your message)/
/** How the client shows our own prompt: one that it was given, and gave back after Esc. */
const OWN = /^(?:\[Pastedtext#\d+(?:\+\d+lines)?\])?$/

/** Reads the input line from a screen; null: the client shows something else, like a dialog. Pure. */
export function inputLineOf(screen: string): InputLine | null {
  const lines = screen.split('\n').map(line => line.trimEnd())
  const below = lines.findLastIndex(line => RULE.test(line))
  const above = lines.slice(0, Math.max(0, below)).findLastIndex(line => RULE.test(line))
  if (above === -1 || lines.length - 1 - below > MOST_HINTS) return null
  const [first = '', ...rest] = lines.slice(above + 1, below)
  const [whole, mark, begin = ''] = FIRST.exec(first) ?? []
  if (whole === undefined) return null
  const hints = lines.slice(below + 1)
  const text = [begin, ...rest.map(line => line.slice(2))].join('\n').trim()
  return {
    text: HINT.test(text) ? '' : text,
    shell: mark === '!',
    stashed: [lines[above - 1] ?? '', ...hints].some(line => STASHED.test(line)),
    busy: hints.some(line => BUSY.test(line)),
    limit: limitOf(hints),
  }
}

function limitOf(hints: readonly string[]): string | null {
  const found = hints.map(line => LIMIT.exec(line)).find(match => match !== null)
  return found ? (found[1]?.trim() ?? 'now') : null
}

/** Whether nothing of a person stands in the line. */
export function isFree(line: InputLine): boolean {
  return !line.shell && (line.text === '' || isOwn(line))
}

/** Whether the line holds a prompt of Clambake and nothing else. */
export function isOwn({text, shell}: InputLine): boolean {
  const lead = packed(LEAD)
  return !shell && packed(text).startsWith(lead) && OWN.test(packed(text).slice(lead.length))
}

/** Whether the line holds just `before` and our lead behind it. */
export function endsInLead({text, shell}: InputLine, before = ''): boolean {
  return !shell && packed(text) === packed(before) + packed(LEAD)
}

/** How often our lead stands in the line, with or without other words. */
export function leadsIn({text}: InputLine): number {
  return packed(text).split(packed(LEAD)).length - 1
}

/** Without white space: the client folds what is longer than its line. */
function packed(text: string): string {
  return text.replace(/\s+/gu, '')
}

/** What the client puts around a long paste. */
const FENCE = /<\/?pasted_content(?: [^>\n]*)?>/g

/** Whether the prompt that the client reports holds all that was pasted; other prompts are not Clambake's. Pure. */
export function holdsPrompt(reported: string, pasted: string): boolean {
  return plain(reported).includes(plain(pasted))
}

/** The client marks a long paste, and breaks what would close the mark; it also tidies white space. */
function plain(text: string): string {
  return packed(text.replaceAll('<\\/', '</').replace(FENCE, ''))
}
