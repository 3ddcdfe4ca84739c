import {goToNeed} from '../commands/go-to-needs.ts'
import {allNeeds} from '../fleet/needs-you.ts'
import {closeDialog} from '../state/update.ts'
import {clamp, type DialogOf, type DialogSpec} from './dialog-spec.ts'

/** Rows of what needs a person; fixed, so that the list does not jump when one goes. */
const LINES = 12

/** Everything that needs a person, in all repositories; Enter goes there. */
export const ATTENTION: DialogSpec<DialogOf<'attention'>> = {
  context: 'dialog',
  height: LINES,
  scrolled: (dialog, rows, {state}) => ({...dialog, index: clamp(dialog.index + rows, allNeeds(state).length - 1)}),
  confirm(context, {index}) {
    context.store.apply(closeDialog)
    const places = allNeeds(context.store.getState())
    goToNeed(context, places[Math.min(index, places.length - 1)])
  },
}
