import type {Binding, CommandContext} from '../../commands/binding.ts'
import {withComment} from '../../review/drafts.ts'
import {changeDialog, closeDialog, topDialogIs} from '../../state/update.ts'
import {editorLines, movedLines} from '../../text/editor.ts'
import {clamp, type DialogOf, type DialogSpec} from '../dialog-spec.ts'

/** Lines of the file that are shown above the comment. */
export const QUOTED = 6
/** The least lines to write in. */
const WRITTEN = 6

type CommentDialog = DialogOf<'comment'>

/** Lines above the words: what is quoted, and a blank. */
function aboveLines({comment}: CommentDialog): number {
  return Math.min(QUOTED, comment.quote.length) + 1
}

/** The words of one comment. However it is closed, they are kept; without words there is no comment. */
export const COMMENT: DialogSpec<CommentDialog> = {
  context: 'editor',
  height: (dialog, width) =>
    aboveLines(dialog) + Math.max(WRITTEN, editorLines(dialog.text, dialog.caret, width - 1).lines.length),
  edited(dialog, change) {
    const before = change(dialog.text.slice(0, dialog.caret))
    return {...dialog, text: before + dialog.text.slice(dialog.caret), caret: before.length}
  },
  scrolled: (dialog, rows) => ({...dialog, caret: movedLines(dialog.text, dialog.caret, rows)}),
  confirm: keep,
  cancel: keep,
}

const IN_EDITOR = {group: 'dialog', where: ['editor']} as const

export const COMMENT_KEYS = [
  {
    ...IN_EDITOR,
    command: 'editor.line',
    keys: ['enter'],
    help: 'begin a new line of the comment',
    run: ({store}) => change(store, '\n'),
  },
  {
    ...IN_EDITOR,
    command: 'editor.done',
    keys: ['ctrl+s'],
    help: 'keep the comment with the others',
    run: context => done(context),
  },
  {...IN_EDITOR, command: 'editor.left', keys: ['left'], help: 'one character back', run: context => step(context, -1)},
  {...IN_EDITOR, command: 'editor.right', keys: ['right'], help: 'one character on', run: context => step(context, 1)},
  {
    ...IN_EDITOR,
    command: 'editor.begin',
    keys: ['home', 'ctrl+a'],
    help: 'to the beginning of the line',
    run: ({store}) => move(store, ({text, caret}) => text.lastIndexOf('\n', caret - 1) + 1),
  },
  {
    ...IN_EDITOR,
    command: 'editor.end',
    keys: ['end', 'ctrl+e'],
    help: 'to the end of the line',
    run: ({store}) => move(store, endOfLine),
  },
] as const satisfies readonly Binding[]

function endOfLine({text, caret}: CommentDialog): number {
  const end = text.indexOf('\n', caret)
  return end < 0 ? text.length : end
}

type Store = CommandContext['store']

function keep({store}: CommandContext, dialog: CommentDialog): void {
  store.apply(closeDialog)
  store.apply(changeDialog('diff', open => (open.draft ? {...open, draft: withComment(open.draft, dialog)} : open)))
}

function done(context: CommandContext): void {
  const dialog = context.store.getState().ui.dialogs.at(-1)
  if (dialog?.kind === 'comment') keep(context, dialog)
}

function change(store: Store, added: string): void {
  const dialog = store.getState().ui.dialogs.at(-1)
  if (dialog?.kind === 'comment') store.apply(topDialogIs(COMMENT.edited!(dialog, text => text + added)))
}

function move(store: Store, to: (dialog: CommentDialog) => number): void {
  store.apply(changeDialog('comment', dialog => ({...dialog, caret: clamp(to(dialog), dialog.text.length)})))
}

/** A character of two code units is one step. */
function step({store}: CommandContext, by: 1 | -1): void {
  move(store, ({text, caret}) => {
    if (by === 1) return caret + ([...text.slice(caret)][0]?.length ?? 0)
    return caret - ([...text.slice(0, caret)].at(-1)?.length ?? 0)
  })
}
