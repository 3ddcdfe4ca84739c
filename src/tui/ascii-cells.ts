import type {Grid} from './grid.ts'

/** What stands best for characters that agents and we draw with; anything else becomes a question mark. */
const STANDS_FOR = new Map<string, string>(
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

/** Leaves only ASCII in a grid: in a locale without Unicode, anything else would be shown as several wrong characters. */
export function toAscii(grid: Grid): void {
  for (let at = 0; at < grid.text.length; at++) {
    const text = grid.text[at]!
    if (text === '') grid.text[at] = ' '
    else if (text.length > 1 || text > '~') grid.text[at] = STANDS_FOR.get(text) ?? '?'
  }
}
