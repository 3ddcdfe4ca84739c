import {inOrder} from '../../../model/review/comments.ts'
import type {ClientState} from '../../state/state.ts'
import {closeDialog} from '../../state/update.ts'
import {clamp, type DialogOf, type DialogSpec} from '../dialog-spec.ts'
import {diffOnScreen, goToComment} from './diff.ts'

/** The comments of a review that are not sent yet; Enter goes to the place of one. */
export const COMMENTS: DialogSpec<DialogOf<'comments'>> = {
  context: 'comments',
  height: 'screen',
  scrolled: (dialog, rows, {state}) => ({...dialog, index: clamp(dialog.index + rows, commentsOf(state).length - 1)}),
  confirm(context, {index}) {
    const comment = commentsOf(context.store.getState())[index]
    context.store.apply(closeDialog)
    if (comment) goToComment(context, comment.id)
  },
}

/** In the order of files and lines. */
export function commentsOf(state: Pick<ClientState, 'ui'>) {
  return inOrder(diffOnScreen(state)?.draft?.comments ?? [])
}
