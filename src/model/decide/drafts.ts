import {type Draft, moveTicket, setTicket} from '../core/draft.ts'
import type {FactOf} from '../core/facts.ts'

/** Takes the draft in which a person resolves what the agent could not; where GitHub has none, it is a pull request. */
export function takeDraft(draft: Draft, {ticket: issue, pull, draft: isDraft}: FactOf<'draftOpened'>): void {
  const ticket = draft.state.tickets[issue]
  if (ticket?.value !== 'blocked') return
  const next = isDraft ? `in draft #${pull} and mark it ready for review` : `in #${pull}, then clambake land`
  const reason = `${ticket.context.reason ?? 'it conflicts'}; resolve it ${next}`
  setTicket(draft, {...ticket, context: {...ticket.context, pull, draft: isDraft ? 'made' : 'no', reason}})
}

/**
 * Lets work land whose draft a person marked ready for review, merged or closed. A look that is older than the draft
 * shows no draft either, so only one that was seen as a draft counts.
 */
export function landReady(draft: Draft): void {
  for (const {value, context} of Object.values(draft.state.tickets)) {
    const {issue, pull: number, draft: stage} = context
    if (value !== 'blocked' || stage === 'no') continue
    const pull = draft.state.pulls.find(one => one.number === number && one.state === 'open')
    if (pull?.draft && stage === 'made') setStage(draft, issue, 'seen')
    if (pull?.draft !== true && stage === 'seen') {
      // Merged or closed between two looks, it is not among those that are open; the gate says what became of it.
      const what = pull ? 'was marked ready for review' : 'is not open any more'
      const message = `#${number}, the draft of #${issue}, ${what}`
      draft.effects.push({name: 'record', event: {type: 'status_update', ticket: issue, message}})
      moveTicket(draft, issue, {type: 'land'})
    }
  }
}

function setStage(draft: Draft, issue: number, stage: 'seen'): void {
  const ticket = draft.state.tickets[issue]
  if (ticket) setTicket(draft, {...ticket, context: {...ticket.context, draft: stage}})
}
