import {count} from '../../../base/words.ts'
import {inOrder} from '../../../model/review/comments.ts'
import type {DiffOf} from '../../../protocol/daemon.ts'
import type {Binding, CommandContext} from '../../commands/binding.ts'
import {subjectInFocus, ticketInFocus} from '../../commands/in-focus.ts'
import {windowTop} from '../../panels/lists.ts'
import {withoutComment} from '../../review/drafts.ts'
import {loadHighlighter} from '../../review/highlight.ts'
import {bodyHeight, rowsIn} from '../../review/on-screen.ts'
import {chosenLines, hunkBeside, isChange} from '../../review/rows.ts'
import type {ClientState} from '../../state/state.ts'
import {changeDialog, closeDialog, openDialog} from '../../state/update.ts'
import {clamp, type DialogOf, type DialogSpec} from '../dialog-spec.ts'
import {openSubmit} from './submit-review.ts'

type DiffDialog = DialogOf<'diff'>

/** Rows above the one that a key goes to. */
const ABOVE = 3
/** Columns of one step to the side. */
const SHIFT = 16

/** What a ticket or a pull request changes, file by file, to be read and commented on. */
export const DIFF: DialogSpec<DiffDialog> = {
  context: 'diff',
  height: 'screen',
  covers: 'body',
  loaded: dialog => dialog.diffs[fileOf(dialog)?.path ?? ''] ?? dialog.changes,
  scrolled(dialog, rows, {state, content}) {
    const {length} = rowsIn(dialog, state.ui.size)
    const row = clamp(dialog.row + rows, length - 1)
    return {...dialog, row, top: windowTop({top: dialog.top, index: row, height: bodyHeight(content), length})}
  },
  /** First ends the choice of a range, then closes. */
  cancel({store}, dialog) {
    store.apply(dialog.from === null ? closeDialog : changeDialog('diff', open => ({...open, from: null})))
  },
}

const IN_DIFF = {group: 'dialog', where: ['diff']} as const

export const DIFF_KEYS = [
  {
    ...IN_DIFF,
    command: 'diff.next-file',
    keys: [']', 'n'],
    help: 'next file of the diff',
    run: context => goToFile(context, 1),
  },
  {
    ...IN_DIFF,
    command: 'diff.previous-file',
    keys: ['[', 'p'],
    help: 'previous file of the diff',
    run: context => goToFile(context, -1),
  },
  {
    ...IN_DIFF,
    command: 'diff.next-hunk',
    keys: ['J'],
    help: 'next change in the file, or the next file',
    run: context => goToHunk(context, 1),
  },
  {
    ...IN_DIFF,
    command: 'diff.previous-hunk',
    keys: ['K'],
    help: 'previous change in the file, or the previous file',
    run: context => goToHunk(context, -1),
  },
  {
    ...IN_DIFF,
    command: 'diff.right',
    keys: ['right'],
    help: 'see more of long lines, to the right',
    run: ({store}) => store.apply(changeDialog('diff', dialog => ({...dialog, shift: dialog.shift + SHIFT}))),
  },
  {
    ...IN_DIFF,
    command: 'diff.left',
    keys: ['left'],
    help: 'back to the beginning of long lines',
    run: ({store}) =>
      store.apply(changeDialog('diff', dialog => ({...dialog, shift: Math.max(0, dialog.shift - SHIFT)}))),
  },
  {
    ...IN_DIFF,
    command: 'diff.range',
    keys: ['v'],
    help: 'choose several lines to comment on; Esc ends it',
    run: ({store}) =>
      store.apply(changeDialog('diff', dialog => ({...dialog, from: dialog.from === null ? dialog.row : null}))),
  },
  {
    ...IN_DIFF,
    command: 'diff.comment',
    keys: ['c'],
    writes: true,
    help: 'comment on the line or the chosen lines',
    disabled: noLine,
    run: context => comment(context),
  },
  {
    ...IN_DIFF,
    command: 'diff.edit',
    keys: ['e'],
    writes: true,
    help: 'edit the comment under the cursor',
    disabled: noComment,
    run: context => edit(context),
  },
  {
    ...IN_DIFF,
    command: 'diff.delete',
    keys: ['x'],
    writes: true,
    help: 'delete the comment under the cursor',
    where: ['diff', 'comments'],
    disabled: noComment,
    run: context => remove(context),
  },
  {
    ...IN_DIFF,
    command: 'diff.comments',
    keys: ['l'],
    help: 'list your comments that are not sent yet',
    disabled: state => (countOf(state) > 0 ? null : 'no comment yet; c writes one'),
    run: ({store}) => store.apply(openDialog({kind: 'comments', index: 0})),
  },
  {
    ...IN_DIFF,
    command: 'diff.viewed',
    keys: ['space'],
    writes: true,
    help: 'mark the file as read and go to the next',
    run: context => markViewed(context),
  },
  {
    ...IN_DIFF,
    command: 'diff.submit',
    keys: ['s'],
    help: 'send the review; asks first',
    needs: 'daemon',
    writes: true,
    disabled: state => (countOf(state) > 0 ? null : 'no comment yet; c writes one'),
    run: context => void openSubmit(context),
  },
] as const satisfies readonly Binding[]

/**
 * Whose changes the focus is on: the ticket that it belongs to, or else the pull request itself; in the dialog that
 * lands, the bundle that is under way.
 */
export function diffInFocus(state: ClientState): DiffOf | undefined {
  const dialog = state.ui.dialogs.at(-1)
  if (dialog?.kind === 'land') {
    // Of the parts that are tested, the last one holds the others.
    const pull = dialog.plan.state === 'ready' ? dialog.plan.value.train.pulls.at(-1) : undefined
    return pull === undefined ? undefined : {pull}
  }
  const ticket = ticketInFocus(state)
  if (ticket !== undefined) return {ticket}
  const subject = subjectInFocus(state)
  return subject?.kind === 'pull' ? {pull: subject.number} : undefined
}

export async function openDiff(context: CommandContext): Promise<void> {
  const {store, operations, now} = context
  const of = diffInFocus(store.getState())
  if (of === undefined) return
  const changes = {state: 'loading', since: now()} as const
  store.apply(
    openDialog({kind: 'diff', of, changes, diffs: {}, file: 0, row: 0, top: 0, from: null, shift: 0, draft: null}),
  )
  // Code can be read before it has its colours, and without them.
  const recolour = () => store.apply(changeDialog('diff', dialog => ({...dialog})))
  void loadHighlighter().then(recolour, () => {})
  const [found, draft] = await Promise.all([
    operations.load(daemon => daemon.call('changes', {of})),
    operations.load(daemon => daemon.call('reviewDraft', {of})),
  ])
  store.apply(
    changeDialog('diff', dialog =>
      isOf(dialog, of) ? {...dialog, changes: found, draft: draft.state === 'ready' ? draft.value : null} : dialog,
    ),
  )
  if (draft.state === 'failed' && found.state === 'ready') operations.notifyError(draft.error)
  await loadFile(context)
}

/** Asks for the lines of the file that is shown, once. */
async function loadFile({store, operations, now}: CommandContext): Promise<void> {
  const dialog = diffOnScreen(store.getState())
  const file = fileOf(dialog)
  if (!dialog || !file || dialog.diffs[file.path] || file.kind === 'binary' || file.kind === 'large') return
  const {of} = dialog
  const {path, from} = file
  const put = (diff: DiffDialog['diffs'][string]) =>
    store.apply(changeDialog('diff', open => (isOf(open, of) ? {...open, diffs: {...open.diffs, [path]: diff}} : open)))
  put({state: 'loading', since: now()})
  put(await operations.load(daemon => daemon.call('changedFile', {of, path, from})))
  toFirstChange({store})
}

/** Puts the cursor on the first line that was changed, unless it was moved already. */
function toFirstChange({store}: Pick<CommandContext, 'store'>): void {
  const state = store.getState()
  const dialog = diffOnScreen(state)
  if (dialog?.row !== 0) return
  const row = rowsIn(dialog, state.ui.size).findIndex(isChange)
  if (row > 0) store.apply(changeDialog('diff', open => ({...open, row})))
}

function isOf(dialog: DiffDialog, of: DiffOf): boolean {
  return JSON.stringify(dialog.of) === JSON.stringify(of)
}

export function diffOnScreen({ui}: Pick<ClientState, 'ui'>): DiffDialog | undefined {
  return ui.dialogs.find((dialog): dialog is DiffDialog => dialog.kind === 'diff')
}

export function fileOf(dialog: DiffDialog | undefined) {
  return dialog?.changes.state === 'ready' ? dialog.changes.value.files[dialog.file] : undefined
}

/** Shows a row with some of those above it. */
function goTo({store}: CommandContext, row: number): void {
  store.apply(changeDialog('diff', dialog => ({...dialog, row, top: Math.max(0, row - ABOVE)})))
}

function goToFile(context: CommandContext, step: 1 | -1): void {
  const {store} = context
  const dialog = diffOnScreen(store.getState())
  if (dialog?.changes.state !== 'ready') return
  showFile(context, clamp(dialog.file + step, dialog.changes.value.files.length - 1))
}

function showFile(context: CommandContext, file: number): void {
  const {store} = context
  if (diffOnScreen(store.getState())?.file === file) return goTo(context, 0)
  store.apply(changeDialog('diff', dialog => ({...dialog, file, row: 0, top: 0, from: null, shift: 0})))
  toFirstChange(context)
  void loadFile(context)
}

/** Goes to a comment that is not sent yet. */
export function goToComment(context: CommandContext, id: string): void {
  const {store} = context
  const dialog = diffOnScreen(store.getState())
  const found = dialog?.draft?.comments.find(comment => comment.id === id)
  if (dialog?.changes.state !== 'ready' || !found) return
  const file = dialog.changes.value.files.findIndex(({path}) => path === found.path)
  if (file < 0) return
  if (file !== dialog.file) showFile(context, file)
  const state = store.getState()
  const rows = rowsIn(diffOnScreen(state)!, state.ui.size)
  const row = rows.findIndex(shown => shown.kind === 'comment' && shown.comment.id === id)
  if (row >= 0) goTo(context, row)
}

/** At the last change of a file, the next one is in the next file. */
function goToHunk(context: CommandContext, step: 1 | -1): void {
  const state = context.store.getState()
  const dialog = diffOnScreen(state)
  if (!dialog) return
  const row = hunkBeside(rowsIn(dialog, state.ui.size), dialog.row, step)
  if (row === null) goToFile(context, step)
  else goTo(context, row)
}

function rowUnderCursor(state: ClientState) {
  const dialog = diffOnScreen(state)
  return dialog && rowsIn(dialog, state.ui.size)[dialog.row]
}

/** The comment under the cursor, or the selected one of the list. */
function commentUnderCursor(state: ClientState) {
  const top = state.ui.dialogs.at(-1)
  if (top?.kind === 'comments') return inOrder(diffOnScreen(state)?.draft?.comments ?? [])[top.index]
  const row = rowUnderCursor(state)
  return row?.kind === 'comment' ? row.comment : undefined
}

function noLine(state: ClientState): string | null {
  const dialog = diffOnScreen(state)
  if (!dialog?.draft) return 'the draft of your review could not be read'
  return chosen(state, dialog) ? null : 'the cursor is on no line of the file'
}

function noComment(state: ClientState): string | null {
  return commentUnderCursor(state) ? null : 'the cursor is on none of your comments'
}

function countOf(state: ClientState): number {
  return diffOnScreen(state)?.draft?.comments.length ?? 0
}

function chosen(state: ClientState, dialog: DiffDialog) {
  const rows = rowsIn(dialog, state.ui.size)
  return chosenLines(rows, dialog.from ?? dialog.row, dialog.row)
}

function comment({store}: CommandContext): void {
  const state = store.getState()
  const dialog = diffOnScreen(state)
  const file = fileOf(dialog)
  const lines = dialog && chosen(state, dialog)
  if (!dialog || !file || !lines) return
  store.apply(changeDialog('diff', open => ({...open, from: null})))
  // A comment on old lines of a renamed file is about its earlier name's lines, under the name that GitHub shows.
  const comment = {id: crypto.randomUUID(), path: file.path, ...lines, body: '', outdated: false}
  store.apply(openDialog({kind: 'comment', comment, text: '', caret: 0}))
}

function edit({store}: CommandContext): void {
  const found = commentUnderCursor(store.getState())
  if (!found) return
  store.apply(openDialog({kind: 'comment', comment: found, text: found.body, caret: found.body.length}))
}

function remove(context: CommandContext): void {
  const {store, operations} = context
  const found = commentUnderCursor(store.getState())
  if (!found) return
  store.apply(
    changeDialog('diff', open => (open.draft && {...open, draft: withoutComment(open.draft, found.id)}) || open),
  )
  const left = countOf(store.getState())
  store.apply(changeDialog('comments', open => ({...open, index: clamp(open.index, left - 1)})))
  operations.notify({level: 'info', text: `the comment is deleted, ${count(left, 'comment')} left`})
}

/** Marks a file as read, or takes the mark away; a file that changes is unread again. */
function markViewed(context: CommandContext): void {
  const {store} = context
  const dialog = diffOnScreen(store.getState())
  const file = fileOf(dialog)
  if (!dialog?.draft || !file) return
  const {[file.path]: before, ...others} = dialog.draft.viewed
  const isRead = before === file.oid
  const viewed = isRead ? others : {...others, [file.path]: file.oid}
  store.apply(changeDialog('diff', open => (open.draft ? {...open, draft: {...open.draft, viewed}} : open)))
  if (!isRead) goToFile(context, 1)
}
