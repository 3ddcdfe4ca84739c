/** Whether the locale uses UTF-8; without any locale it is assumed, as in most terminals. */
export function hasUnicode(env: Readonly<Record<string, string | undefined>>): boolean {
  return /utf-?8/i.test(localeOf(env) || 'UTF-8')
}

/** The locale for characters, in the usual order of variables; '': none is set. */
export function localeOf(env: Readonly<Record<string, string | undefined>>): string {
  return env.LC_ALL || env.LC_CTYPE || env.LANG || ''
}

/** The nearest ASCII characters of those that agents and the chrome draw with; any other becomes a question mark. */
const NEAREST = new Map<string, string>(
  Object.entries({
    '-': '─━╌╍┄┅┈┉╴╶–—―−‐‑',
    '|': '│┃╎╏┆┇┊┋╵╷▌▐',
    '+': '╭╮╰╯┌┐└┘┏┓┗┛├┤┬┴┼┣┫┳┻╋✓✔',
    '=': '═',
    '#': '█▓▒░■',
    '*': '●•✢✳✶✻✽∙◉★',
    '.': '·⋅',
    '~': '…',
    '>': '▸▶→❯›»',
    '<': '◂◀←‹«',
    '^': '↑▲',
    v: '↓▼',
    x: '✗✘×',
    o: '○◯',
    "'": '‘’´',
    '"': '“”',
    ' ': '\u00a0',
    L: '⎿',
  }).flatMap(([ascii, characters]) => [...characters].map(character => [character, ascii] as const)),
)

/** The nearest ASCII character: that of a table, or the letter without its accents, or a question mark. */
export function asciiCharacter(character: string): string {
  if (character.length === 1 && character <= '~') return character
  const [letter = '?'] = character.normalize('NFD')
  return NEAREST.get(character) ?? (letter <= '~' ? letter : '?')
}

/** Text for a terminal whose locale has no Unicode: it would show several wrong characters for each. */
export function asciiText(text: string): string {
  return [...text.normalize('NFC')].map(asciiCharacter).join('')
}
