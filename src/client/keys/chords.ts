import type {Key} from '../state/types.ts'

/** A key with its modifiers as text: `q`, `L`, `ctrl+]`, `shift+tab`, `enter`. Shift is part of a printed character. */
export type Chord = string

const MODIFIERS = ['ctrl', 'alt', 'shift'] as const

const SHOWN: Readonly<Record<string, string>> = {
  enter: '⏎',
  escape: 'Esc',
  tab: 'Tab',
  space: 'Space',
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
  pageup: 'PgUp',
  pagedown: 'PgDn',
  home: 'Home',
  end: 'End',
  backspace: 'Bksp',
}

const SHOWN_ASCII: Readonly<Record<string, string>> = {
  ...SHOWN,
  enter: 'Enter',
  up: 'Up',
  down: 'Down',
  left: 'Left',
  right: 'Right',
}

/** The chord of a decoded key press; a paste has none. */
export function chordOf(key: Key): Chord | undefined {
  if (key.paste || key.name === '') return undefined
  const printed = [...key.name].length === 1
  const held = MODIFIERS.filter(modifier => key[modifier] && !(modifier === 'shift' && printed))
  return [...held, key.name].join('+')
}

/** A chord as a person wrote it, in the spelling of `chordOf`; undefined when it is none. */
export function parseChord(text: string): Chord | undefined {
  const parts = text.trim().split(/\+(?=.)/)
  const name = parts.pop() ?? ''
  const wanted = new Set(parts.map(part => part.toLowerCase()))
  const known = MODIFIERS.filter(modifier => wanted.has(modifier))
  if (name === '' || known.length !== parts.length) return undefined
  const printed = [...name].length === 1
  if (printed && wanted.has('shift')) return undefined
  return [...known, printed ? name : name.toLowerCase()].join('+')
}

/** A chord as the footer and the help show it: `^]`, `⇧Tab`, `⏎`. */
export function showChord(chord: Chord, options: {ascii: boolean}): string {
  const parts = chord.split(/\+(?=.)/)
  const name = parts.pop() ?? ''
  const prefix = parts
    .map(part => (part === 'ctrl' ? '^' : part === 'alt' ? 'M-' : options.ascii ? 'S-' : '⇧'))
    .join('')
  return prefix + ((options.ascii ? SHOWN_ASCII : SHOWN)[name] ?? name)
}
