import type {Key} from '../../client/state/types.ts'

export type MouseEvent = {
  kind: 'mouse'
  action: 'press' | 'release' | 'move' | 'wheel-up' | 'wheel-down'
  /** Button, motion and modifier bits as SGR reports them. */
  code: number
  /** From 0 at the top left of the terminal. */
  row: number
  col: number
}

/** The terminal's answer to a query: its background's colour (0xRRGGBB), or its kind. */
export type AnswerEvent = {kind: 'background'; rgb: number} | {kind: 'attributes'}

/** A paste over the limit: of `chars` characters only the first `given` came as pastes before. */
export type PasteRefused = {kind: 'paste-refused'; chars: number; given: number}

export type InputEvent =
  | {kind: 'key'; key: Key}
  | MouseEvent
  | {kind: 'focus'; focused: boolean}
  | AnswerEvent
  | PasteRefused

type Modifiers = {ctrl?: boolean; alt?: boolean; shift?: boolean}

/** Creates the event of a key; without `text` it types nothing. */
export function keyEvent(name: string, raw: string, held: Modifiers = {}, text = ''): InputEvent {
  const {ctrl = false, alt = false, shift = false} = held
  return {kind: 'key', key: {name, ctrl, alt, shift, text, raw, paste: false}}
}

/** Creates the event of one plain character, as a terminal sends it without any keyboard protocol. */
export function charEvent(char: string, raw: string, alt = false): InputEvent {
  const code = char.codePointAt(0)!
  switch (code) {
    case 0x00:
      return keyEvent('space', raw, {ctrl: true, alt})
    // Some terminals send ^H for the backspace key, others DEL; Ctrl-H means the same.
    case 0x08:
    case 0x7f:
      return keyEvent('backspace', raw, {alt})
    case 0x09:
      return keyEvent('tab', raw, {alt})
    case 0x0d:
      return keyEvent('enter', raw, {alt})
    case 0x1b:
      return keyEvent('escape', raw, {alt})
    case 0x20:
      return keyEvent('space', raw, {alt}, alt ? '' : ' ')
  }
  if (code <= 0x1a) return keyEvent(String.fromCharCode(code + 0x60), raw, {ctrl: true, alt})
  if (code < 0x20) return keyEvent(String.fromCharCode(code + 0x40), raw, {ctrl: true, alt})
  if (code >= 0x80 && code < 0xa0) return keyEvent('', raw)
  const shift = char !== char.toLowerCase()
  return keyEvent(char, raw, {alt, shift}, alt ? '' : char)
}
