import type {ComponentType} from 'react'
import type {DialogKind} from '../../src/client/dialogs/dialog-spec.ts'
import {AnswerDialog} from './AnswerDialog.tsx'
import {AttentionDialog} from './AttentionDialog.tsx'
import {ChangesDialog} from './ChangesDialog.tsx'
import {ClaimDialog} from './ClaimDialog.tsx'
import {DetailDialog} from './DetailDialog.tsx'
import type {OpenDialog} from './Dialog.tsx'
import {GoneDialog} from './GoneDialog.tsx'
import {HelpDialog} from './HelpDialog.tsx'
import {EndMailDialog} from './hub/EndMailDialog.tsx'
import {MailboxDialog} from './hub/MailboxDialog.tsx'
import {MemoryDialog} from './hub/MemoryDialog.tsx'
import {MemoryStatusDialog} from './hub/MemoryStatusDialog.tsx'
import {WriteDialog} from './hub/WriteDialog.tsx'
import {LandDialog} from './LandDialog.tsx'
import {MatrixDialog} from './MatrixDialog.tsx'
import {MessageDialog} from './MessageDialog.tsx'
import {NoticesDialog} from './NoticesDialog.tsx'
import {OrphansDialog} from './OrphansDialog.tsx'
import {PaletteDialog} from './PaletteDialog.tsx'
import {PeekDialog} from './PeekDialog.tsx'
import {ResetDialog} from './ResetDialog.tsx'
import {CommentDialog} from './review/CommentDialog.tsx'
import {CommentsDialog} from './review/CommentsDialog.tsx'
import {DiffDialog} from './review/DiffDialog.tsx'
import {SubmitReviewDialog} from './review/SubmitReviewDialog.tsx'
import {StopDialog} from './StopDialog.tsx'
import {UndoDialog} from './UndoDialog.tsx'
import {WelcomeDialog} from './WelcomeDialog.tsx'

/** The component that draws each kind of dialog. */
export const DIALOG_COMPONENTS: {readonly [K in DialogKind]: ComponentType<OpenDialog<K>>} = {
  help: HelpDialog,
  palette: PaletteDialog,
  attention: AttentionDialog,
  land: LandDialog,
  orphans: OrphansDialog,
  undo: UndoDialog,
  changes: ChangesDialog,
  matrix: MatrixDialog,
  notices: NoticesDialog,
  claim: ClaimDialog,
  stop: StopDialog,
  reset: ResetDialog,
  detail: DetailDialog,
  diff: DiffDialog,
  comment: CommentDialog,
  comments: CommentsDialog,
  submit: SubmitReviewDialog,
  message: MessageDialog,
  mailbox: MailboxDialog,
  'end-mail': EndMailDialog,
  write: WriteDialog,
  memory: MemoryDialog,
  'memory-status': MemoryStatusDialog,
  peek: PeekDialog,
  answer: AnswerDialog,
  welcome: WelcomeDialog,
  gone: GoneDialog,
}
