import {allNeeds, focusNeed, nextNeed, type RepositoryNeed} from '../fleet/needs-you.ts'
import type {Dialog} from '../state/dialog.ts'
import type {ClientStore} from '../state/store.ts'
import {openDialog, type Update} from '../state/update.ts'
import type {CommandId} from './bindings.ts'

/** Which repository of several is on the screen. */
export type FleetDoor = {
  /** Shows a repository by the index of its tab, with a change of its state in the same picture. */
  show(index: number, update?: Update): void
}

export type Attending = Record<
  Extract<CommandId, 'app.next-attention' | 'app.attention' | 'repository.next' | 'repository.previous'>,
  () => void
> & {
  /** Goes to what is chosen in the list; the dialog is closed by then. */
  goToChosen(dialog: Extract<Dialog, {kind: 'attention'}>): void
}

/** Going to what needs a person and from one repository to another. */
export function createAttending(context: {store: ClientStore; fleet?: FleetDoor}): Attending {
  const {store, fleet} = context

  function goTo(place: RepositoryNeed | undefined): void {
    if (!place) return
    const {repository, item} = place
    if (repository === (store.getState().fleet?.shown ?? 0)) store.apply(focusNeed(item))
    else fleet?.show(repository, focusNeed(item))
  }

  function step(by: 1 | -1): void {
    const shown = store.getState().fleet
    if (!shown) return
    const count = shown.repositories.length
    fleet?.show((shown.shown + by + count) % count)
  }

  return {
    'app.next-attention': () => goTo(nextNeed(store.getState())),
    'app.attention': () => store.apply(openDialog({kind: 'attention', index: 0})),
    'repository.next': () => step(1),
    'repository.previous': () => step(-1),
    goToChosen: ({index}) => {
      const places = allNeeds(store.getState())
      goTo(places[Math.min(index, places.length - 1)])
    },
  }
}
