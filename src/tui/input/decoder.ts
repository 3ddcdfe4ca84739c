import {StringDecoder} from 'node:string_decoder'
import {safeText} from '../../base/text.ts'
import {charEvent, type InputEvent, keyEvent} from './events.ts'
import {csiEvent, oscEvent, ss3Event} from './sequences.ts'

const ESC = '\x1b'
const PASTE_BEGIN = '\x1b[200~'
const PASTE_END = '\x1b[201~'

/** The event at the front of the input (null: input to ignore) and its length. */
type Parsed = {event: InputEvent | null; length: number} | 'incomplete'

/**
 * Decodes a terminal's input into keys, pastes, mouse and focus events. It takes pieces of any size and gives the same
 * events wherever the bytes are split; only `flush` decides that nothing more comes.
 */
export class InputDecoder {
  readonly #utf8 = new StringDecoder('utf8')
  #pending = ''
  /** How far the pending paste has been searched for its end. */
  #searched = 0
  /**
   * Set while the terminal's answers are on their way: the possible beginning of one waits longer than a key, or the rest
   * of it would be taken for keys. The last answer resets it.
   */
  expectsAnswer = false

  /** What the next bytes could complete: a key sequence, a paste, an expected answer, or nothing. */
  get waiting(): 'nothing' | 'sequence' | 'paste' | 'answer' {
    if (this.#pending === '') return 'nothing'
    if (this.#pending.startsWith(PASTE_BEGIN)) return 'paste'
    return this.expectsAnswer ? 'answer' : 'sequence'
  }

  push(bytes: Uint8Array): InputEvent[] {
    this.#pending += this.#utf8.write(bytes)
    const events: InputEvent[] = []
    while (this.#pending !== '') {
      const parsed = this.#parse()
      if (parsed === 'incomplete') break
      this.#take(parsed.length)
      if (parsed.event) events.push(parsed.event)
      if (parsed.event?.kind === 'attributes') this.expectsAnswer = false
    }
    return events
  }

  /** Decodes the rest when nothing more comes: a lone escape is the key, a broken sequence is dropped, an endless paste ends. */
  flush(): InputEvent[] {
    const left = this.#pending
    this.#take(left.length)
    if (left === '') return []
    if (left.startsWith(PASTE_BEGIN)) return [pasteEvent(left.slice(PASTE_BEGIN.length), left)]
    if (left.length > 2) return []
    return [left.length === 1 ? charEvent(left, left) : charEvent(left[1]!, left, true)]
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
        return input.startsWith(PASTE_BEGIN) ? this.#parsePaste(input) : parseCsi(input)
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

  #parsePaste(input: string): Parsed {
    const end = input.indexOf(PASTE_END, Math.max(PASTE_BEGIN.length, this.#searched - PASTE_END.length))
    if (end < 0) {
      this.#searched = input.length
      return 'incomplete'
    }
    const length = end + PASTE_END.length
    return {event: pasteEvent(input.slice(PASTE_BEGIN.length, end), input.slice(0, length)), length}
  }
}

function pasteEvent(content: string, raw: string): InputEvent {
  // Terminals send line breaks of a paste as the Enter key does.
  const text = safeText(content.replaceAll(/\r\n?/g, '\n'))
  return {kind: 'key', key: {name: 'paste', ctrl: false, alt: false, shift: false, text, raw, paste: true}}
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
