/** Whose changes are looked at, against where they left main: a ticket's, or those of an open pull request. */
export type DiffOf = {ticket: number} | {pull: number}

/** What a changed path is. `large`: too large to be read line by line. */
export type FileKind = 'text' | 'binary' | 'submodule' | 'link' | 'large'

export type ChangedFile = {
  /** The exact name; it is made safe where it is shown. */
  path: string
  /** Its earlier path, if it was renamed or copied. */
  from: string | null
  status: 'added' | 'modified' | 'deleted' | 'renamed' | 'copied' | 'retyped'
  kind: FileKind
  added: number
  removed: number
  /** Its modes, where they differ: `100644`, `100755`. */
  mode: {from: string; to: string} | null
  /** What it is now, by git's id: changes with its content. */
  oid: string
  /** It has changes in the worktree that are in no commit. */
  uncommitted: boolean
}

export type Changes = {
  /** The commit at which the branch left main, and the branch's own. */
  base: string
  head: string
  files: readonly ChangedFile[]
  /** Files beyond the most that are listed. */
  unlisted: number
}

/** A line with its numbers in both versions; null: it is not in that one. */
export type DiffLine = {
  sign: ' ' | '+' | '-'
  old: number | null
  new: number | null
  text: string
  /** The file ends here without a line break. */
  open?: true
}

export type DiffHunk = {oldStart: number; newStart: number; heading: string; lines: readonly DiffLine[]}

/** `cut`: lines that are not in `hunks`, as the file has too many. */
export type FileDiff = {hunks: readonly DiffHunk[]; cut: number}

/** The most lines of one file that are given. */
export const MAX_LINES = 6_000
/** Longer lines are cut: no one reads them to their end. */
const MAX_WIDTH = 2_000

const HEADER = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)$/

/**
 * Reads the hunks of a unified diff of one file. It counts the lines that a hunk's header announces, so that no content
 * can pass for a header. `visible` makes the text of a line safe to show.
 */
export function parseHunks(text: string, visible: (line: string) => string, most = MAX_LINES): FileDiff {
  const hunks: {oldStart: number; newStart: number; heading: string; lines: DiffLine[]}[] = []
  const rest = text.split('\n')
  let left = {old: 0, new: 0}
  let at = {old: 0, new: 0}
  let kept = 0
  let cut = 0
  for (const raw of rest) {
    const hunk = hunks.at(-1)
    if (left.old <= 0 && left.new <= 0) {
      const header = HEADER.exec(raw)
      if (header) {
        const [, oldStart, oldLines = '1', newStart, newLines = '1', heading] = header
        left = {old: Number(oldLines), new: Number(newLines)}
        at = {old: Number(oldStart), new: Number(newStart)}
        hunks.push({oldStart: at.old, newStart: at.new, heading: shown(heading ?? '', visible), lines: []})
        continue
      }
    }
    if (!hunk) continue
    if (raw.startsWith('\\')) {
      const last = hunk.lines.at(-1)
      if (last) hunk.lines[hunk.lines.length - 1] = {...last, open: true}
      continue
    }
    const sign = raw[0]
    // An empty line of context may have lost its blank on the way.
    const read = sign === '+' || sign === '-' ? sign : ' '
    if ((left.old <= 0 && left.new <= 0) || (sign !== undefined && !'+- '.includes(sign))) continue
    const numbers = {old: read === '+' ? null : at.old, new: read === '-' ? null : at.new}
    if (read !== '+') {
      at.old++
      left.old--
    }
    if (read !== '-') {
      at.new++
      left.new--
    }
    if (kept >= most) cut++
    else {
      hunk.lines.push({sign: read, ...numbers, text: shown(raw.slice(1), visible)})
      kept++
    }
  }
  return {hunks: hunks.filter(({lines}) => lines.length > 0), cut}
}

function shown(text: string, visible: (line: string) => string): string {
  const safe = visible(text.length > MAX_WIDTH ? text.slice(0, MAX_WIDTH).replace(/[\ud800-\udbff]$/, '') : text)
  return text.length > MAX_WIDTH ? `${safe}…` : safe
}

const STATUSES: Readonly<Record<string, ChangedFile['status']>> = {
  A: 'added',
  M: 'modified',
  D: 'deleted',
  R: 'renamed',
  C: 'copied',
  T: 'retyped',
}

/** Reads what `git diff --raw --no-abbrev --numstat -z` prints. */
export function parseChangedFiles(text: string): Omit<ChangedFile, 'uncommitted'>[] {
  const fields = text.split('\0')
  const files: Omit<ChangedFile, 'uncommitted'>[] = []
  let at = 0
  while (fields[at]?.startsWith(':')) {
    const [from = '', to = '', old = '', oid = '', letters = ''] = fields[at]!.slice(1).split(' ')
    const status = STATUSES[letters[0] ?? ''] ?? 'modified'
    const moved = status === 'renamed' || status === 'copied'
    const path = fields[at + (moved ? 2 : 1)] ?? ''
    const mode = status === 'deleted' ? from : to
    files.push({
      path,
      from: moved ? (fields[at + 1] ?? null) : null,
      status,
      kind: mode === '160000' ? 'submodule' : mode === '120000' ? 'link' : 'text',
      added: 0,
      removed: 0,
      mode: status === 'added' || status === 'deleted' || from === to ? null : {from, to},
      oid: status === 'deleted' ? old : oid,
    })
    at += moved ? 3 : 2
  }
  const numbers = readNumbers(fields.slice(at))
  return files.map(file => {
    const found = numbers.get(file.path)
    if (!found) return file
    const binary = found.added === null && file.kind === 'text'
    return {...file, kind: binary ? 'binary' : file.kind, added: found.added ?? 0, removed: found.removed ?? 0}
  })
}

/** The numbers by path. Of a renamed file, both paths follow in fields of their own; binary files have dashes. */
function readNumbers(fields: readonly string[]): Map<string, {added: number | null; removed: number | null}> {
  const found = new Map<string, {added: number | null; removed: number | null}>()
  for (let at = 0; at < fields.length; at++) {
    const [added, removed, ...rest] = fields[at]!.split('\t')
    if (added === undefined || removed === undefined) continue
    let path = rest.join('\t')
    if (path === '') {
      path = fields[at + 2] ?? ''
      at += 2
    }
    const read = (text: string) => (text.trim() === '-' ? null : Number(text))
    found.set(path, {added: read(added), removed: read(removed)})
  }
  return found
}
