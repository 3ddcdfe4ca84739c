import type {Draft} from '../core/draft.ts'
import type {EffectOf} from '../data/effects.ts'
import type {Part, Show, Written} from '../data/show.ts'

/** Name of the custom event that records what GitHub shows of a ticket. */
export const SHOWN_EVENT = 'ticket_shown'

/** Notes that GitHub shows what was written, except what is `missing`; a newer write may be on its way by then. */
export function noteWritten(
  draft: Draft,
  {ticket: issue, add, column}: Pick<EffectOf<'showTicket'>, 'ticket' | 'add' | 'column'>,
  missing: readonly Part[],
): void {
  const written = draft.state.written[issue]
  const isNewest = written && written.show.column === column && (written.show.labels ?? []).join() === add.join()
  if (!isNewest) return
  setWritten(draft, issue, {...written, at: draft.at, missing})
  const {sync} = draft.state.config
  // `local-wins` puts everything back, so a restart needs no record of it.
  if (sync.strategy === 'local-wins' || missing.some(part => part !== 'assignee') || !draft.state.tickets[issue]) return
  const {labels, assignee} = written.show
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

export function setWritten(draft: Draft, issue: number, written: Written): void {
  draft.state = {...draft.state, written: {...draft.state.written, [issue]: written}}
}

/** Lets the next decision write the ticket again. */
export function forgetWritten(draft: Draft, issue: number): void {
  const {[issue]: _written, ...written} = draft.state.written
  draft.state = {...draft.state, written}
}

/** A write that is on its way. */
export function writtenNow(show: Show): Written {
  return {show, at: null, missing: [], before: null, left: [], asks: []}
}
