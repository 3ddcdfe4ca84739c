import {type Draft, moveAgent, moveTicket, setTicket} from '../core/draft.ts'
import type {FactHandlers} from '../core/fact-handlers.ts'
import type {TicketFact} from '../core/facts.ts'
import {slotOf} from '../core/slots.ts'
import {TRAIN_TIMER} from '../landing/train/machine.ts'
import {forgetWritten} from '../mirror/written.ts'
import {tallied} from '../routing/balance.ts'
import {renewBudget} from '../spending/budget.ts'
import {takeFailure} from './failures.ts'
import {renewMailTurns} from './mail-turns.ts'
import {readsFirst} from './messages.ts'
import {moveTrain} from './train/move.ts'

export const ticketFacts: FactHandlers<TicketFact['type']> = {
  ticketClaimed(draft, {ticket: issue, base, session, branch}) {
    const ticket = draft.state.tickets[issue]
    if (ticket?.value === 'claiming') {
      draft.state = {...draft.state, tally: tallied(draft.state, ticket.context.agent, draft.at)}
      // What was written under an earlier claim may have been changed by its holder since.
      forgetWritten(draft, issue)
    }
    moveTicket(draft, issue, {type: 'claimed', base, session, branch})
  },
  worktreePrepared(draft, {ticket, worktree}) {
    moveTicket(draft, ticket, {type: 'prepared', worktree})
  },
  worktreeSetUp(draft, {ticket}) {
    moveTicket(draft, ticket, {type: 'setUp'})
  },
  workInspected(draft, {ticket, work}) {
    if (readsFirst(draft, ticket)) return
    moveTicket(draft, ticket, {type: 'inspected', work})
  },
  workVerified(draft, {ticket, head, failure}) {
    if (failure === null && readsFirst(draft, ticket)) return
    moveTicket(draft, ticket, {type: 'verified', head, failure})
  },
  ticketBottled(draft, {ticket, head}) {
    moveTicket(draft, ticket, {type: 'bottled', head})
  },
  bottleAsked(draft, {ticket}) {
    moveTicket(draft, ticket, {type: 'bottle'})
  },
  retryAsked(draft, {ticket: issue, think}) {
    const ticket = draft.state.tickets[issue]
    if (ticket && think) setTicket(draft, {...ticket, context: {...ticket.context, think}})
    renewBudget(draft, issue)
    renewMailTurns(draft, issue, 'a person started its agent again')
    moveTicket(draft, issue, {type: 'retry'})
  },
  stopAsked(draft, {ticket}) {
    moveTicket(draft, ticket, {type: 'stop', reason: 'its agent was stopped by hand'})
  },
  resetAsked(draft, {ticket, by}) {
    resetTicket(draft, ticket, by)
  },
  ticketReleased(draft, {ticket}) {
    releaseTicket(draft, ticket)
  },
  timeout(draft, {ticket, epoch}) {
    if (ticket === TRAIN_TIMER) return moveTrain(draft, {type: 'look', epoch})
    moveTicket(draft, ticket, {type: 'look', epoch})
  },
  effectFailed: takeFailure,
}

function resetTicket(draft: Draft, issue: number, by: string): void {
  const ticket = draft.state.tickets[issue]
  if (!ticket) return
  const {agent} = ticket.context
  moveTicket(draft, issue, {type: 'reset', reason: `it was reset by ${by}`})
  // Its end is told of once all is put away: a step of that may fail, and is then repeated.
  const message = `${agent} is being reset by ${by}: #${issue} is given up`
  draft.effects.push({
    name: 'record',
    event: {type: 'status_update', agent, ticket: issue, severity: 'warning', message},
  })
}

/** Forgets a ticket whose claim was given back; its branch and worktree stay, as those of an orphan. */
function releaseTicket(draft: Draft, issue: number): void {
  const {[issue]: _ticket, ...tickets} = draft.state.tickets
  draft.state = {...draft.state, tickets}
  forgetWritten(draft, issue)
  const agent = slotOf(draft.state, issue)
  if (agent) moveAgent(draft, agent, {type: 'freed'})
}
