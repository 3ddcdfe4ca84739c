import {count} from '../../base/words.ts'
import type {ChangedFile} from '../../protocol/daemon.ts'
import type {Dialog} from '../state/dialog.ts'
import {type ReviewRow, rowsOf} from './rows.ts'

type DiffDialog = Extract<Dialog, {kind: 'diff'}>

/** From this width of the screen on, both versions are side by side. */
const BESIDE_COLS = 160
/** From this width on, the files are beside the changes; below it, the current one is above them. */
const FILES_COLS = 100
const FILES = {share: 0.28, most: 40} as const

export function isBeside({cols}: {cols: number}): boolean {
  return cols >= BESIDE_COLS
}

/** Columns of the list of files; 0: there is only a line about the current one. */
export function filesWidth(width: number): number {
  return width < FILES_COLS ? 0 : Math.min(FILES.most, Math.floor(width * FILES.share))
}

/** Rows of the changes that are shown at once. */
export function bodyHeight({width, height}: {width: number; height: number}): number {
  return Math.max(1, filesWidth(width) === 0 ? height - 2 : height)
}

/** Keys and drawing ask for the same rows many times. */
const kept = new WeakMap<DiffDialog['diffs'], {key: string; comments: unknown; rows: readonly ReviewRow[]}>()

/** The rows of the file that is shown; none while its lines are fetched. */
export function rowsIn(dialog: DiffDialog, size: {cols: number}): readonly ReviewRow[] {
  const file = dialog.changes.state === 'ready' ? dialog.changes.value.files[dialog.file] : undefined
  if (!file) return []
  const comments = dialog.draft?.comments ?? []
  const beside = isBeside(size)
  const key = `${file.path}\0${beside}`
  const before = kept.get(dialog.diffs)
  if (before?.key === key && before.comments === comments) return before.rows
  const diff = dialog.diffs[file.path]
  const lines = diff?.state === 'ready' ? rowsOf(file, diff.value, {comments, beside}) : []
  const notes = [...ownersOf(dialog), ...notesOf(file)]
  const rows = [...notes.map((text): ReviewRow => ({kind: 'note', text})), ...lines]
  kept.set(dialog.diffs, {key, comments, rows})
  return rows
}

/** Whose file it is in a bundle: its tickets get the comments on it. */
function ownersOf({changes, file}: DiffDialog): string[] {
  const tickets = changes.state === 'ready' ? changes.value.tickets?.[file] : undefined
  if (tickets === undefined) return []
  return [
    tickets.length === 0
      ? 'changed by none of the tickets; comments go to all aboard'
      : `changed by ${tickets.map(ticket => `#${ticket}`).join(' ')}`,
  ]
}

/** What the lines of a file do not show. */
function notesOf({kind, status, from, mode, added, removed, uncommitted}: ChangedFile): string[] {
  return [
    ...(uncommitted ? ['◐ not all of it is committed yet'] : []),
    ...(status === 'copied' ? [`copied from ${from}`] : []),
    ...(status === 'renamed' ? [`renamed from ${from}${added + removed === 0 ? ', and not changed' : ''}`] : []),
    ...(mode ? [`mode ${mode.from} → ${mode.to}`] : []),
    ...(kind === 'binary' ? ['a binary file'] : []),
    ...(kind === 'submodule' ? ['a submodule: it points to a commit of another repository'] : []),
    ...(kind === 'link' ? ['a symbolic link'] : []),
    ...(kind === 'large'
      ? [`too large to be shown line by line: ${count(added, 'line')} added, ${count(removed, 'line')} removed`]
      : []),
  ]
}
