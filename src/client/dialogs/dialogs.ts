import type {CommandContext, KeyContext} from '../commands/binding.ts'
import type {Dialog, Loaded} from '../state/dialog.ts'
import {closeDialog} from '../state/update.ts'
import {ANSWER} from './answer.ts'
import {ATTENTION} from './attention.ts'
import {CHANGES} from './changes.ts'
import {DETAIL} from './detail.ts'
import type {DialogKind, DialogOf, DialogSpec, ScrollRoom} from './dialog-spec.ts'
import {END_MAIL} from './hub/end-mail.ts'
import {MAILBOX} from './hub/mailbox.ts'
import {MEMORY} from './hub/memory.ts'
import {MEMORY_STATUS} from './hub/memory-status.ts'
import {WRITE} from './hub/write.ts'
import {LAND} from './land.ts'
import {MATRIX} from './matrix.ts'
import {MESSAGE} from './message.ts'
import {ORPHANS} from './orphans.ts'
import {PALETTE} from './palette.ts'
import {PEEK} from './peek.ts'
import {RESET} from './reset.ts'
import {COMMENT} from './review/comment.ts'
import {COMMENTS} from './review/comments.ts'
import {DIFF} from './review/diff.ts'
import {SUBMIT} from './review/submit-review.ts'
import {CLAIM, GONE, HELP, NOTICES} from './simple.ts'
import {STOP} from './stop.ts'
import {UNDO} from './undo.ts'
import {WELCOME} from './welcome.ts'

/** Every kind of dialog. */
const DIALOGS: {readonly [K in DialogKind]: DialogSpec<DialogOf<K>>} = {
  help: HELP,
  palette: PALETTE,
  attention: ATTENTION,
  land: LAND,
  orphans: ORPHANS,
  undo: UNDO,
  changes: CHANGES,
  matrix: MATRIX,
  notices: NOTICES,
  claim: CLAIM,
  stop: STOP,
  reset: RESET,
  detail: DETAIL,
  diff: DIFF,
  comment: COMMENT,
  comments: COMMENTS,
  submit: SUBMIT,
  message: MESSAGE,
  mailbox: MAILBOX,
  'end-mail': END_MAIL,
  write: WRITE,
  memory: MEMORY,
  'memory-status': MEMORY_STATUS,
  peek: PEEK,
  answer: ANSWER,
  welcome: WELCOME,
  gone: GONE,
}

/** The definition of a dialog's kind, which takes this dialog. */
export function dialogSpec<D extends Dialog>(dialog: D): DialogSpec<D> {
  return DIALOGS[dialog.kind] as unknown as DialogSpec<D>
}

export function contextIn(dialog: Dialog): KeyContext {
  const {context} = dialogSpec(dialog)
  return typeof context === 'string' ? context : context(dialog)
}

/** What a dialog fetches; null when it fetches nothing. */
export function loadedOf(dialog: Dialog): Loaded<unknown> | null {
  return dialogSpec(dialog).loaded?.(dialog) ?? null
}

export function scrolledDialog(dialog: Dialog, rows: number, room: ScrollRoom): Dialog {
  return dialogSpec(dialog).scrolled?.(dialog, rows, room) ?? dialog
}

export function editedDialog(dialog: Dialog, change: (text: string) => string): Dialog {
  return dialogSpec(dialog).edited?.(dialog, change) ?? dialog
}

/** Does what `enter` means in a dialog; by default that closes it. */
export function confirmDialog(context: CommandContext, dialog: Dialog): void {
  const {confirm} = dialogSpec(dialog)
  if (confirm) confirm(context, dialog)
  else context.store.apply(closeDialog)
}

/** Does what `esc` means in a dialog; by default that closes it. */
export function cancelDialog(context: CommandContext, dialog: Dialog): void {
  const {cancel} = dialogSpec(dialog)
  if (cancel) cancel(context, dialog)
  else context.store.apply(closeDialog)
}
