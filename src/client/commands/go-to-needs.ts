import {focusNeed, nextNeed, type RepositoryNeed} from '../fleet/needs-you.ts'
import type {CommandContext} from './binding.ts'

type Context = Pick<CommandContext, 'store' | 'fleet'>

export function goToNextNeed(context: Context): void {
  goToNeed(context, nextNeed(context.store.getState()))
}

/** Gives a place that needs a person the focus; one in another repository brings that one on the screen. */
export function goToNeed({store, fleet}: Context, place: RepositoryNeed | undefined): void {
  if (!place) return
  const {repository, item} = place
  if (repository === (store.getState().fleet?.shown ?? 0)) store.apply(focusNeed(item))
  else fleet?.show(repository, focusNeed(item))
}

/** Shows the next repository (+1) or the one before (-1), and around. */
export function showRepositoryBeside({store, fleet}: Context, by: 1 | -1): void {
  const shown = store.getState().fleet
  if (!shown) return
  const count = shown.repositories.length
  fleet?.show((shown.shown + by + count) % count)
}
