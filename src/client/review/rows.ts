import type {ChangedFile, DiffLine, FileDiff, ReviewComment} from '../../protocol/daemon.ts'

/** A row of a file's changes on the screen. In a pair, null: that version has no line there. */
export type ReviewRow =
  | {kind: 'hunk'; text: string}
  | {kind: 'line'; line: DiffLine}
  | {kind: 'pair'; left: DiffLine | null; right: DiffLine | null}
  | {kind: 'comment'; comment: ReviewComment}
  | {kind: 'note'; text: string}

/** The rows of a file: its hunks line by line, or both versions side by side, each comment below its last line. */
export function rowsOf(
  file: Pick<ChangedFile, 'path'>,
  diff: FileDiff,
  {comments, beside}: {comments: readonly ReviewComment[]; beside: boolean},
): ReviewRow[] {
  const own = comments.filter(({path}) => path === file.path)
  const placed = new Set<ReviewComment>()
  const below = (lines: readonly (DiffLine | null)[]): ReviewRow[] =>
    own
      .filter(comment => !comment.outdated && lines.some(line => line && numberIn(line, comment.side) === comment.to))
      .filter(comment => !placed.has(comment))
      .map(comment => {
        placed.add(comment)
        return {kind: 'comment', comment}
      })
  const rows = diff.hunks.flatMap(({oldStart, newStart, heading, lines}): ReviewRow[] => [
    {kind: 'hunk', text: `@@ ${oldStart} → ${newStart}${heading === '' ? '' : `  ${heading}`}`},
    ...(beside
      ? paired(lines).flatMap((pair): ReviewRow[] => [pair, ...below([pair.left, pair.right])])
      : lines.flatMap((line): ReviewRow[] => [{kind: 'line', line}, ...below([line])])),
  ])
  const others = own.filter(comment => !placed.has(comment))
  return [
    ...rows,
    ...(diff.cut > 0 ? [{kind: 'note', text: `${diff.cut} more lines are not shown`} as const] : []),
    ...(others.length > 0 ? [{kind: 'note', text: 'comments on lines that are not shown'} as const] : []),
    ...others.map((comment): ReviewRow => ({kind: 'comment', comment})),
  ]
}

/** A line's number in a version of the file; null: it is not in that one. */
export function numberIn(line: DiffLine, side: 'old' | 'new'): number | null {
  return side === 'old' ? line.old : line.new
}

/** Removed lines beside the added ones that take their place. */
function paired(lines: readonly DiffLine[]): Extract<ReviewRow, {kind: 'pair'}>[] {
  const rows: Extract<ReviewRow, {kind: 'pair'}>[] = []
  let removed: DiffLine[] = []
  let added: DiffLine[] = []
  const flush = () => {
    for (let at = 0; at < Math.max(removed.length, added.length); at++) {
      rows.push({kind: 'pair', left: removed[at] ?? null, right: added[at] ?? null})
    }
    removed = []
    added = []
  }
  for (const line of lines) {
    if (line.sign === '-') {
      // What is removed after something was added belongs to the next change.
      if (added.length > 0) flush()
      removed.push(line)
    } else if (line.sign === '+') added.push(line)
    else {
      flush()
      rows.push({kind: 'pair', left: line, right: line})
    }
  }
  flush()
  return rows
}

/** Whether a row shows something that was changed. */
export function isChange(row: ReviewRow): boolean {
  return row.kind === 'line' ? row.line.sign !== ' ' : row.kind === 'pair' && row.left !== row.right
}

/** The row of the next hunk (+1) or the one before (-1); null: there is none. */
export function hunkBeside(rows: readonly ReviewRow[], row: number, step: 1 | -1): number | null {
  // The cursor is on the first line of its hunk when it came by this.
  const starts = rows.flatMap(({kind}, index) => (kind === 'hunk' ? [Math.min(index + 1, rows.length - 1)] : []))
  const found = step === 1 ? starts.find(start => start > row) : starts.findLast(start => start < row)
  return found ?? null
}

/** The line that a comment on a row is about: as it is now, or as it was where it was removed. */
export function lineIn(row: ReviewRow | undefined): {line: DiffLine; side: 'old' | 'new'} | null {
  const line = row?.kind === 'line' ? row.line : row?.kind === 'pair' ? (row.right ?? row.left) : null
  return line ? {line, side: line.new === null ? 'old' : 'new'} : null
}

/**
 * The lines from one row to another that a comment can be about: those of one version, as GitHub takes it too. The
 * version is that of the last row.
 */
export function chosenLines(
  rows: readonly ReviewRow[],
  first: number,
  last: number,
): {side: 'old' | 'new'; from: number; to: number; quote: string[]} | null {
  const [begin, end] = first <= last ? [first, last] : [last, first]
  const span = rows.slice(begin, end + 1)
  const side = span
    .toReversed()
    .map(lineIn)
    .find(found => found)?.side
  if (side === undefined) return null
  const lines = span.flatMap(row => {
    const line = row.kind === 'line' ? row.line : row.kind === 'pair' ? (side === 'old' ? row.left : row.right) : null
    const number = line ? numberIn(line, side) : null
    return line && number !== null ? [{number, text: line.text}] : []
  })
  // Lines of another hunk do not follow: the comment is about those that do.
  const endLine = lines.at(-1)!
  const joined = lines.filter(({number}, index) => endLine.number - number === lines.length - 1 - index)
  return {side, from: joined[0]!.number, to: endLine.number, quote: joined.map(({text}) => text)}
}
