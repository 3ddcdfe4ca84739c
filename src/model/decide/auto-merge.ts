import {type Draft, setTicket} from '../core/draft.ts'
import type {FactOf} from '../core/facts.ts'
import type {State} from '../core/state.ts'
import {haltOf} from '../landing/halt.ts'
import type {TicketContext} from '../ticket/context.ts'
import {TICKET_STATES} from '../ticket/states.ts'

type AutoMerge = TicketContext['autoMerge']

/** Notes what a look at the pull request says of auto-merge. */
export function seeAutoMerge(draft: Draft, issue: number, {may, isOn}: {may: boolean; isOn: boolean | null}): void {
  const now = draft.state.tickets[issue]?.context.autoMerge
  if (!now) return
  // A person switched it off on GitHub, or GitHub did, as for commits of a stranger.
  const isGone = now.is === 'on' && isOn === false
  setAutoMerge(draft, issue, {is: isGone ? 'refused' : now.is, may})
  if (isGone) {
    const message = `auto-merge of #${issue} was switched off on GitHub; Clambake lands it by itself`
    draft.effects.push({name: 'record', event: {type: 'status_update', ticket: issue, message}})
  }
}

/** Takes what became of a request. One that was taken back meanwhile stays so. */
export function takeAutoMerge(draft: Draft, {ticket: issue, is}: FactOf<'autoMergeSet'>): void {
  const now = draft.state.tickets[issue]?.context.autoMerge
  if (now?.is === 'asked') setAutoMerge(draft, issue, {...now, is})
}

/**
 * Leaves pull requests to GitHub's auto-merge whose landing asks for that, as long as the gate says yes to everything
 * that is not GitHub's to wait for, and takes them back the moment that it does not: a person's word, a halt and other
 * terms count whenever they come.
 */
export function keepAutoMerge(draft: Draft): void {
  for (const {value, context} of Object.values(draft.state.tickets)) {
    const {issue, autoMerge, behind} = context
    const isWith = autoMerge.is === 'asked' || autoMerge.is === 'on'
    const {pull} = TICKET_STATES[value].lands
    if (pull === 'waits') {
      const wants = isWanted(draft.state, context)
      if (wants && autoMerge.is === 'off') leaveToGithub(draft, context)
      else if (!wants && isWith) takeBack(draft, context)
      continue
    }
    // Nothing is missing: GitHub merges it in this moment, or this daemon does.
    if (pull === 'merges' || (pull === 'green' && !behind && haltOf(draft.state.halt) === null)) continue
    if (isWith) takeBack(draft, context)
    // What comes next is another head, which GitHub may take.
    else if (autoMerge.is === 'refused' || autoMerge.may) setAutoMerge(draft, issue, {is: 'off', may: false})
  }
}

function isWanted({config, halt}: State, {terms, autoMerge}: TicketContext): boolean {
  return terms.autoMerge && autoMerge.may && config.integration.auto_merge && haltOf(halt) === null
}

function leaveToGithub(draft: Draft, context: TicketContext): void {
  setAutoMerge(draft, context.issue, {is: 'asked', may: context.autoMerge.may})
  draft.effects.push({name: 'setAutoMerge', ...asked(context), on: true})
}

function takeBack(draft: Draft, context: TicketContext): void {
  setAutoMerge(draft, context.issue, {is: 'off', may: false})
  draft.effects.push({name: 'setAutoMerge', ...asked(context), on: false})
}

function asked({issue, pull, branch, head, terms}: TicketContext) {
  return {ticket: issue, pull: pull ?? 0, branch, sha: head ?? '', terms}
}

function setAutoMerge(draft: Draft, issue: number, autoMerge: AutoMerge): void {
  const ticket = draft.state.tickets[issue]
  if (ticket) setTicket(draft, {...ticket, context: {...ticket.context, autoMerge}})
}
