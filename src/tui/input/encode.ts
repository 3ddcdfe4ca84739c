import type {Key, Rect} from '../../client/state/types.ts'
import type {PaneModes} from '../../protocol/cells.ts'
import type {MouseEvent} from './events.ts'

const CURSOR_KEY = /^\x1b[[O]([A-DFH])$/
/** Matches forms of keys that a program understands only if it asked for them: kitty's CSI-u and xterm's modifyOtherKeys. */
const EXTENDED = /^\x1b\[(?:[\d;:]*u|27;\d+;\d+~)$/
// All C0 but tab and line breaks, DEL, and C1: nothing in a paste may end the paste or command the program.
const PASTE_CONTROLS = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g
const PASTE_BEGIN = '\x1b[200~'
const PASTE_END = '\x1b[201~'

/** Keys that terminals send in several forms; programs know the form of xterm, whose name panes have in TERM. */
const CURSOR_NAMED = new Map([
  ['home', 'H'],
  ['end', 'F'],
])
const FUNCTION_KEYS = new Map([
  ...[...'PQRS'].map((final, index): [string, string] => [`f${index + 1}`, `\x1bO${final}`]),
  ['f5', '\x1b[15~'],
])

const NAMED: Readonly<Record<string, string>> = {
  enter: '\r',
  tab: '\t',
  escape: '\x1b',
  backspace: '\x7f',
  space: ' ',
}

/** Encodes a key or paste for a pane's program, which may expect other forms than the person's terminal sends. */
export function keyForPane(key: Key, modes: PaneModes): string {
  if (key.paste) return pasteForPane(key.raw, modes)
  const isPlain = !key.ctrl && !key.alt && !key.shift
  const cursorKey = CURSOR_KEY.exec(key.raw)?.[1] ?? (isPlain ? CURSOR_NAMED.get(key.name) : undefined)
  if (cursorKey) return (modes.applicationCursor ? '\x1bO' : '\x1b[') + cursorKey
  const functionKey = isPlain ? FUNCTION_KEYS.get(key.name) : undefined
  if (functionKey) return functionKey
  if (EXTENDED.test(key.raw)) return plainForm(key) ?? key.raw
  return key.raw
}

/** Gives the bytes for a key that every program understands; undefined if there are none (Shift-Enter, Ctrl-Tab). */
function plainForm(key: Key): string | undefined {
  const {name, ctrl, alt, shift} = key
  const prefix = alt ? '\x1b' : ''
  if (name === 'tab' && shift && !ctrl) return '\x1b[Z'
  if (ctrl) {
    if (name === 'space') return `${prefix}\0`
    const control = /^[a-z[\\\]^_]$/.test(name)
      ? String.fromCharCode(name.toUpperCase().charCodeAt(0) & 0x1f)
      : undefined
    return control && !shift ? prefix + control : undefined
  }
  if ([...name].length === 1) return prefix + name
  const named = NAMED[name]
  return named !== undefined && (!shift || name === 'space') ? prefix + named : undefined
}

function pasteForPane(raw: string, modes: PaneModes): string {
  const text = raw.replaceAll(PASTE_CONTROLS, '')
  return modes.bracketedPaste ? PASTE_BEGIN + text + PASTE_END : text
}

/**
 * Encodes a mouse event for a pane's program, with its place inside the pane; undefined if the program has not asked for
 * this kind. It sends only SGR reports, which every program that still uses the mouse knows.
 */
export function mouseForPane(event: MouseEvent, inner: Rect, modes: PaneModes): string | undefined {
  if (modes.mouse === 'none') return undefined
  if (modes.mouse === 'x10' && event.action !== 'press') return undefined
  if (event.action === 'move' && modes.mouse !== 'any' && modes.mouse !== 'drag') return undefined
  const final = event.action === 'release' ? 'm' : 'M'
  return `\x1b[<${event.code};${event.col - inner.col + 1};${event.row - inner.row + 1}${final}`
}
