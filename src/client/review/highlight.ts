import type {DiffLine, FileDiff} from '../../protocol/daemon.ts'
import type {CodePiece} from './code.ts'

type Highlighter = (code: string, language: string) => readonly CodePiece[]

/** More code than this in one file is shown without colours: to colour it would stop the screen. */
const MAX_CHARS = 150_000

let highlighter: Highlighter | null = null
let loading: Promise<void> | null = null

/** Loads the library that colours code, once; the screen starts without it. */
export function loadHighlighter(): Promise<void> {
  loading ??= import('./grammars.ts').then(({highlight}) => {
    highlighter = highlight
  })
  return loading
}

const LANGUAGES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(['ts', 'tsx', 'mts', 'cts'].map(end => [end, 'typescript'])),
  ...Object.fromEntries(['js', 'jsx', 'mjs', 'cjs'].map(end => [end, 'javascript'])),
  ...Object.fromEntries(['c', 'h'].map(end => [end, 'c'])),
  ...Object.fromEntries(['cc', 'cpp', 'cxx', 'hpp', 'hh'].map(end => [end, 'cpp'])),
  ...Object.fromEntries(['sh', 'bash', 'zsh'].map(end => [end, 'bash'])),
  ...Object.fromEntries(['html', 'xml', 'svg', 'vue'].map(end => [end, 'xml'])),
  ...Object.fromEntries(['yml', 'yaml'].map(end => [end, 'yaml'])),
  ...Object.fromEntries(['toml', 'ini', 'cfg'].map(end => [end, 'ini'])),
  ...{cs: 'csharp', css: 'css', diff: 'diff', go: 'go', java: 'java', json: 'json', kt: 'kotlin', less: 'less'},
  ...{lua: 'lua', md: 'markdown', mk: 'makefile', php: 'php', pl: 'perl', py: 'python', r: 'r', rb: 'ruby'},
  ...{rs: 'rust', scss: 'scss', sql: 'sql', swift: 'swift', patch: 'diff', graphql: 'graphql', m: 'objectivec'},
}

const kept = new WeakMap<FileDiff, ReadonlyMap<DiffLine, readonly CodePiece[]>>()

/** The pieces of each line of a file's diff; none where its language is not known or the library is not there yet. */
export function codeOf(diff: FileDiff, path: string): ReadonlyMap<DiffLine, readonly CodePiece[]> {
  const before = kept.get(diff)
  if (before) return before
  const found = new Map<DiffLine, readonly CodePiece[]>()
  const language = LANGUAGES[/\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? '']
  if (highlighter === null || language === undefined) return found
  const chars = diff.hunks.reduce((sum, {lines}) => sum + lines.reduce((all, {text}) => all + text.length, 0), 0)
  if (chars <= MAX_CHARS) {
    for (const {lines} of diff.hunks) {
      // Each version is read by itself, so that a comment or a string may go over several lines.
      for (const other of ['+', '-'] as const) {
        const side = lines.filter(({sign}) => sign !== other)
        const pieces = linesOf(highlighter(side.map(({text}) => text).join('\n'), language))
        for (const [index, line] of side.entries()) found.set(line, pieces[index] ?? [{text: line.text}])
      }
    }
  }
  kept.set(diff, found)
  return found
}

/** Cuts pieces at the ends of lines. */
function linesOf(pieces: readonly CodePiece[]): CodePiece[][] {
  const lines: CodePiece[][] = [[]]
  for (const {text, ...look} of pieces) {
    for (const [index, part] of text.split('\n').entries()) {
      if (index > 0) lines.push([])
      if (part !== '') lines.at(-1)!.push({text: part, ...look})
    }
  }
  return lines
}
