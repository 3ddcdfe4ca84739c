import type {Draft} from '../core/draft.ts'
import type {EffectOf} from '../data/effects.ts'
import type {Part, Show, Told} from '../data/show.ts'

/** GitHub shows what it was told, but for what is `missing`. By then something newer may be on its way. */
export function noteShown(
  draft: Draft,
  {ticket: issue, add, column}: Pick<EffectOf<'showTicket'>, 'ticket' | 'add' | 'column'>,
  missing: readonly Part[],
): void {
  const told = draft.state.shown[issue]
  const isNewest = told && told.show.column === column && (told.show.labels ?? []).join() === add.join()
  if (!isNewest) return
  setShown(draft, issue, {...told, at: draft.at, missing})
  const {sync} = draft.state.config
  // Where everything else is put back, nothing has to be known of it after a restart.
  if (sync.strategy === 'local-wins' || missing.some(part => part !== 'assignee') || !draft.state.tickets[issue]) return
  const {labels, assignee} = told.show
  draft.effects.push({
    name: 'record',
    event: {
      type: 'custom',
      name: SHOWN_EVENT,
      ticket: issue,
      message: `#${issue} is shown on GitHub: ${column ?? add.join(', ')}`,
      metadata: {labels: labels === null ? null : [...labels], column, assignee},
    },
  })
}

export function setShown(draft: Draft, issue: number, told: Told): void {
  draft.state = {...draft.state, shown: {...draft.state.shown, [issue]: told}}
}

/** It is told anew. */
export function forgetShown(draft: Draft, issue: number): void {
  const {[issue]: _told, ...shown} = draft.state.shown
  draft.state = {...draft.state, shown}
}

/** Name of the custom event that tells what GitHub shows of a ticket. */
export const SHOWN_EVENT = 'ticket_shown'

export function toldNow(show: Show): Told {
  return {show, at: null, missing: [], before: null, left: [], asks: []}
}
