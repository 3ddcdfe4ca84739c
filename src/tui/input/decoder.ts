import {StringDecoder} from 'node:string_decoder'
import {safeText} from '../../base/text.ts'
import {charEvent, type InputEvent, keyEvent} from './events.ts'
import {csiEvent, oscEvent, ss3Event} from './sequences.ts'

const ESC = '\x1b'
const PASTE_BEGIN = '\x1b[200~'
const PASTE_END = '\x1b[201~'
/** A longer paste is refused whole: no program takes it, and it would have to wait in memory. */
export const MAX_PASTE = 1_000_000
/** What a person presses to end a paste whose end was lost: Ctrl-C, or Escape twice. None of it can begin the end. */
const GIVE_UP = /^(?:\x03|\x1b\x1b)+$/

/** A paste that has begun and not ended: how many of its characters were given, and how many were dropped. */
type OpenPaste = {given: number; dropped: number}

/** The event at the front of the input (null: input to ignore) and its length, or the beginning of a paste. */
type Parsed = {event: InputEvent | null; length: number} | 'incomplete' | 'paste'

/**
 * Decodes a terminal's input into keys, pastes, mouse and focus events. It takes pieces of any size and gives the same
 * events wherever the bytes are split; only `flush` decides that nothing more comes.
 */
export class InputDecoder {
  readonly #utf8 = new StringDecoder('utf8')
  #pending = ''
  /** How far the pending paste has been searched for its end. */
  #searched = 0
  #paste: OpenPaste | null = null
  /**
   * Set while the terminal's answers are on their way: the possible beginning of one waits longer than a key, or the rest
   * of it would be taken for keys. The last answer resets it.
   */
  expectsAnswer = false

  /** What the next bytes could complete: a key sequence, a paste, an expected answer, or nothing. */
  get waiting(): 'nothing' | 'sequence' | 'paste' | 'answer' {
    if (this.#pending === '') return 'nothing'
    if (this.#paste) return 'paste'
    return this.expectsAnswer ? 'answer' : 'sequence'
  }

  push(bytes: Uint8Array): InputEvent[] {
    this.#pending += this.#utf8.write(bytes)
    const events: InputEvent[] = []
    while (this.#pending !== '') {
      if (this.#paste) {
        const ended = this.#parsePaste(this.#paste)
        if (!ended) break
        events.push(...ended)
        continue
      }
      const parsed = this.#parse()
      if (parsed === 'incomplete') break
      if (parsed === 'paste') {
        this.#take(PASTE_BEGIN.length)
        this.#paste = {given: 0, dropped: 0}
        continue
      }
      this.#take(parsed.length)
      if (parsed.event) events.push(parsed.event)
      if (parsed.event?.kind === 'attributes') this.expectsAnswer = false
    }
    return events
  }

  /**
   * Decodes the rest when nothing more comes for a while: a lone escape is the key, a broken sequence is dropped. Of a
   * paste it gives what came; whatever comes later is still the paste, up to its end, and never keys.
   */
  flush(): InputEvent[] {
    if (this.#paste) return this.#flushPaste(this.#paste)
    const left = this.#pending
    this.#take(left.length)
    if (left === '') return []
    if (left.length > 2) return []
    return [left.length === 1 ? charEvent(left, left) : charEvent(left[1]!, left, true)]
  }

  /** Whether a paste waits for its end. */
  get pasting(): boolean {
    return this.#paste !== null
  }

  #flushPaste(paste: OpenPaste): InputEvent[] {
    if (GIVE_UP.test(this.#pending)) {
      this.#take(this.#pending.length)
      return this.#endPaste(paste, '')
    }
    const text = this.#pending.slice(0, this.#pending.length - endBegun(this.#pending))
    this.#take(text.length)
    paste.given += text.length
    return text === '' ? [] : [pasteEvent(text)]
  }

  /** Ends the paste with its last part; an empty one is given only if it is the whole. */
  #endPaste(paste: OpenPaste, text: string): InputEvent[] {
    this.#paste = null
    const {given, dropped} = paste
    if (dropped > 0) return [{kind: 'paste-refused', chars: given + dropped + text.length, given}]
    return text === '' && given > 0 ? [] : [pasteEvent(text)]
  }

  #take(length: number): void {
    this.#pending = this.#pending.slice(length)
    this.#searched = 0
  }

  #parse(): Parsed {
    const input = this.#pending
    if (input[0] !== ESC) {
      const char = String.fromCodePoint(input.codePointAt(0)!)
      return {event: charEvent(char, char), length: char.length}
    }
    if (input.length === 1) return 'incomplete'
    switch (input[1]) {
      case '[':
        return input.startsWith(PASTE_BEGIN) ? 'paste' : parseCsi(input)
      case 'O':
        return parseSs3(input)
      case ']':
      case 'P':
      case 'X':
      case '^':
      case '_':
        return parseString(input)
      case ESC:
        return {event: charEvent(ESC, ESC), length: 1}
    }
    const char = String.fromCodePoint(input.codePointAt(1)!)
    const raw = ESC + char
    return {event: charEvent(char, raw, true), length: raw.length}
  }

  /** Takes the pending paste up to its end; null: it has not come. What is over the limit is counted and dropped. */
  #parsePaste(paste: OpenPaste): InputEvent[] | null {
    const input = this.#pending
    const end = input.indexOf(PASTE_END, Math.max(0, this.#searched - PASTE_END.length))
    if (end >= 0) {
      this.#take(end + PASTE_END.length)
      const isOver = paste.given + end > MAX_PASTE
      if (isOver) paste.dropped += end
      return this.#endPaste(paste, isOver ? '' : input.slice(0, end))
    }
    this.#searched = input.length
    if (paste.dropped > 0 || paste.given + input.length > MAX_PASTE + PASTE_END.length) {
      const dropped = input.length - endBegun(input)
      this.#take(dropped)
      paste.dropped += dropped
    }
    return null
  }
}

/** How many characters at the text's end may be the beginning of a paste's end. */
function endBegun(text: string): number {
  for (let length = PASTE_END.length - 1; length > 0; length--) {
    if (text.endsWith(PASTE_END.slice(0, length))) return length
  }
  return 0
}

function pasteEvent(content: string): InputEvent {
  // Terminals send line breaks of a paste as the Enter key does.
  const text = safeText(content.replaceAll(/\r\n?/g, '\n'))
  return {kind: 'key', key: {name: 'paste', ctrl: false, alt: false, shift: false, text, raw: content, paste: true}}
}

function parseCsi(input: string): Parsed {
  // The Linux console sends F1 to F5 as `CSI [ A` to `CSI [ E`.
  if (input[2] === '[') {
    if (input.length < 4) return 'incomplete'
    const raw = input.slice(0, 4)
    const number = 'ABCDE'.indexOf(input[3]!) + 1
    return {event: keyEvent(number > 0 ? `f${number}` : '', raw), length: 4}
  }
  // A terminal without SGR mouse reports sends three more bytes in place of parameters.
  if (input[2] === 'M') return input.length < 6 ? 'incomplete' : {event: null, length: 6}
  let at = 2
  while (at < input.length && /[0-?]/.test(input[at]!)) at++
  while (at < input.length && /[ -/]/.test(input[at]!)) at++
  if (at === input.length) return 'incomplete'
  const final = input[at]!
  if (!/[@-~]/.test(final)) return broken(input, at)
  const raw = input.slice(0, at + 1)
  return {event: csiEvent(input.slice(2, at), final, raw), length: raw.length}
}

function parseSs3(input: string): Parsed {
  if (input.length === 2) return 'incomplete'
  if (!/[@-~]/.test(input[2]!)) return broken(input, 2)
  return {event: ss3Event(input[2]!, input.slice(0, 3)), length: 3}
}

/** A sequence cut off by something else: `ESC [` alone was Alt with that key, anything longer is dropped. */
function broken(input: string, at: number): Parsed {
  return {event: at === 2 ? charEvent(input[1]!, input.slice(0, 2), true) : null, length: at}
}

/** OSC, DCS and their like: answers to queries, taken whole up to their end; none ever becomes a key. */
function parseString(input: string): Parsed {
  const end = /\x07|\x1b\\|\x9c/.exec(input.slice(2))
  if (!end) return 'incomplete'
  const event = input[1] === ']' ? oscEvent(input.slice(2, 2 + end.index)) : null
  return {event, length: 2 + end.index + end[0].length}
}
