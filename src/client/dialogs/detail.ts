import type {CommandContext} from '../commands/binding.ts'
import {subjectInFocus} from '../commands/in-focus.ts'
import {documentLines} from '../detail/document.ts'
import {fetchDetail} from '../detail/subjects.ts'
import {changeDialog, openDialog} from '../state/update.ts'
import {clamp, type DialogOf, type DialogSpec} from './dialog-spec.ts'

/** Everything about an issue, a pull request, an agent, a conflict, an event or a session. */
export const DETAIL: DialogSpec<DialogOf<'detail'>> = {
  context: 'detail',
  height: 'screen',
  covers: 'panes',
  loaded: ({detail}) => detail,
  scrolled(dialog, rows, {content: {width, height}}) {
    if (dialog.detail.state !== 'ready') return dialog
    return {...dialog, top: clamp(dialog.top + rows, documentLines(dialog.detail.value, width).length - height)}
  },
}

/** Opens the details of what has the focus at once; they are filled in when the daemon has answered. */
export async function openDetails({store, operations, now}: CommandContext): Promise<void> {
  const subject = subjectInFocus(store.getState())
  if (!subject) return
  store.apply(openDialog({kind: 'detail', subject, detail: {state: 'loading', since: now()}, top: 0}))
  const state = store.getState()
  const detail = await operations.load(daemon => fetchDetail(daemon, state, subject))
  // The details of something else may have been opened meanwhile.
  const isSame = (dialog: DialogOf<'detail'>) => dialog.subject === subject
  store.apply(changeDialog('detail', dialog => (isSame(dialog) ? {...dialog, detail} : dialog)))
}
