import type {ReviewComment, ReviewDraft} from '../../protocol/daemon.ts'
import type {Dialog} from '../state/dialog.ts'

type DiffDialog = Extract<Dialog, {kind: 'diff'}>
type CommentDialog = Extract<Dialog, {kind: 'comment'}>

/** The draft with a comment as it is typed; without words there is none. */
export function withComment(draft: ReviewDraft, {comment, text}: Pick<CommentDialog, 'comment' | 'text'>): ReviewDraft {
  const others = draft.comments.filter(({id}) => id !== comment.id)
  if (text.trim() === '') return {...draft, comments: others}
  const written: ReviewComment = {...comment, body: text.trim()}
  const at = draft.comments.findIndex(({id}) => id === comment.id)
  return {...draft, comments: at < 0 ? [...others, written] : draft.comments.with(at, written)}
}

export function withoutComment(draft: ReviewDraft, id: string): ReviewDraft {
  return {...draft, comments: draft.comments.filter(comment => comment.id !== id)}
}

/** What is to be kept of the review on the screen, with the words that are being typed; null: no review is open. */
export function draftOnScreen(dialogs: readonly Dialog[]): {of: DiffDialog['of']; draft: ReviewDraft} | null {
  const open = dialogs.find((dialog): dialog is DiffDialog => dialog.kind === 'diff')
  if (!open || open.draft === null) return null
  const typed = dialogs.find((dialog): dialog is CommentDialog => dialog.kind === 'comment')
  return {of: open.of, draft: typed ? withComment(open.draft, typed) : open.draft}
}
