/** What a terminal sends for a key, by its name as people write it: `p`, `enter`, `ctrl+]`, `shift+tab`, `up`. */
const NAMED: Readonly<Record<string, string>> = {
  enter: '\r',
  escape: '\x1b',
  tab: '\t',
  'shift+tab': '\x1b[Z',
  space: ' ',
  backspace: '\x7f',
  delete: '\x1b[3~',
  up: '\x1b[A',
  down: '\x1b[B',
  right: '\x1b[C',
  left: '\x1b[D',
  home: '\x1b[H',
  end: '\x1b[F',
  pageup: '\x1b[5~',
  pagedown: '\x1b[6~',
}

/** The bytes of a key; throws on an unknown name, so that a typo is not ignored. */
export function bytesOf(key: string): string {
  const named = NAMED[key]
  if (named !== undefined) return named
  const control = /^ctrl\+([a-z[\\\]^_])$/.exec(key)?.[1]
  if (control !== undefined) return String.fromCharCode(control.toUpperCase().charCodeAt(0) & 0x1f)
  const alt = /^alt\+(.)$/u.exec(key)?.[1]
  if (alt !== undefined) return `\x1b${alt}`
  if ([...key].length === 1) return key
  throw new Error(`\`${key}\` is not a key; to write text, use type()`)
}
