import type {Grid} from './grid.ts'

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

/** Replaces all but ASCII in a grid: a locale without Unicode would show several wrong characters instead. */
export function toAscii(grid: Grid): void {
  for (let at = 0; at < grid.text.length; at++) {
    const text = grid.text[at]!
    if (text === '') grid.text[at] = ' '
    else if (text.length > 1 || text > '~') grid.text[at] = NEAREST.get(text) ?? '?'
  }
}
