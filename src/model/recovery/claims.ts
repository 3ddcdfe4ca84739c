import {type Draft, moveAgent, moveTicket} from '../core/draft.ts'
import type {Fact} from '../core/facts.ts'
import {REFUSED_MS} from '../core/not-after.ts'
import {slotOf} from '../core/slots.ts'
import type {Claim} from '../data/claim.ts'
import {isTrusted} from '../data/trust.ts'
import {releaseBlocked} from '../mirror/manual-changes.ts'
import {TICKET_STATES} from '../ticket/states.ts'
import type {TicketState} from '../ticket/ticket.ts'
import {adoptionOf} from './adoption.ts'

/** Takes the claims of others. A lost ticket belongs to its holder, and is free once the holder releases it. */
export function takeClaims(draft: Draft, claims: readonly Claim[]): void {
  const claimed = new Set(claims.map(claim => claim.record.issue))
  const isLost = ({value}: TicketState) => value === 'lost'
  const kept = Object.values(draft.state.tickets).filter(
    ticket => !isLost(ticket) || claimed.has(ticket.context.issue) || slotOf(draft.state, ticket.context.issue),
  )
  const tickets = Object.fromEntries(kept.map(ticket => [ticket.context.issue, ticket]))
  const foreign = claims.filter(({record}) => !tickets[record.issue] || isLost(tickets[record.issue]!))
  draft.state = {
    ...draft.state,
    tickets,
    foreign: Object.fromEntries(foreign.map(claim => [claim.record.issue, claim])),
  }
}

/**
 * Gives up tickets whose claim another daemon took, say while this machine slept: two agents must not work on one
 * issue, and the new holder decides what GitHub shows. The worktree stays.
 */
export function giveUpTaken(draft: Draft, taken: readonly Claim[]): void {
  for (const {record, unreadable} of taken) {
    const {issue, owner, host} = record
    const value = draft.state.tickets[issue]?.value
    if (value === undefined || value === 'claiming' || TICKET_STATES[value].is.over) continue
    const text =
      unreadable === undefined ? `${owner} on ${host} has claimed it` : `another daemon has claimed it: ${unreadable}`
    moveTicket(draft, issue, {type: 'failed', reason: text, lost: true})
    const message = `the claim of #${issue} is lost: ${text}`
    draft.effects.push({name: 'record', event: {type: 'status_update', ticket: issue, severity: 'warning', message}})
  }
}

/**
 * Releases blocked tickets whose claim is gone from the remote, as another daemon took this one for dead or a person deleted
 * it: no one has the issue, and nothing else would notice. What is under way notices at its next step.
 */
export function releaseGone(draft: Draft, gone: readonly number[]): void {
  const {issues, config} = draft.state
  for (const issue of gone) {
    const found = issues.find(({number}) => number === issue)
    // The routing label would approve a stranger's later edits.
    const add = found && isTrusted(found, config.routing) ? [config.routing.routing_label] : []
    releaseBlocked(draft, issue, {reason: 'the remote no longer has its claim', add})
  }
}

/** Adopts claims whose owner is gone; each is tried once for every commit of the claim. */
export function adoptClaims(draft: Draft, dead: readonly string[]): void {
  for (const claim of Object.values(draft.state.foreign)) {
    const {oid, record} = claim
    if (!dead.includes(record.owner) || draft.state.adopting[record.issue] === oid) continue
    const how = adoptionOf(record, draft.state)
    if (how === 'leave') continue
    draft.state = {...draft.state, adopting: {...draft.state.adopting, [record.issue]: oid}}
    draft.effects.push({name: 'adoptClaim', ticket: record.issue, claim, how})
  }
}

/** Takes up this daemon's own claims that have no ticket, as a restart would. */
export function adoptForgotten(draft: Draft, forgotten: readonly Claim[]): void {
  for (const claim of forgotten) {
    const {oid, record} = claim
    if (draft.state.tickets[record.issue] || draft.state.adopting[record.issue] === oid) continue
    draft.state = {...draft.state, adopting: {...draft.state.adopting, [record.issue]: oid}}
    draft.effects.push({name: 'adoptClaim', ticket: record.issue, claim, how: 'take-over'})
  }
}

/** Forgets the claim that another daemon had on an issue. */
export function forgetForeign(draft: Draft, issue: number): void {
  const {[issue]: _claim, ...foreign} = draft.state.foreign
  const {[issue]: _commit, ...adopting} = draft.state.adopting
  draft.state = {...draft.state, foreign, adopting}
}

/** An adoption that failed is tried again. */
export function forgetAdoption(draft: Draft, issue: number): void {
  const {[issue]: _commit, ...adopting} = draft.state.adopting
  draft.state = {...draft.state, adopting}
}

/** Forgets the claim that was given back, and what was written of its issue: the next holder writes it again. */
export function releaseClaim(draft: Draft, issue: number): void {
  forgetForeign(draft, issue)
  const {[issue]: _written, ...written} = draft.state.written
  const {[issue]: ticket, ...others} = draft.state.tickets
  const isGone = ticket?.value === 'lost' && !slotOf(draft.state, issue)
  draft.state = {...draft.state, written, tickets: isGone ? others : draft.state.tickets}
}

/** Notes at once which claim won the race, before the next look at all claims. */
export function refuseTicket(draft: Draft, {ticket, reason, holder}: Extract<Fact, {type: 'claimRefused'}>): void {
  loseTicket(draft, ticket, reason)
  if (holder) draft.state = {...draft.state, foreign: {...draft.state.foreign, [ticket]: holder}}
}

/** Takes a ticket out of the state whose claim is lost; for a while its issue is not claimed again. */
export function loseTicket(draft: Draft, issue: number, reason: string): void {
  const ticket = draft.state.tickets[issue]
  if (!ticket) return
  moveTicket(draft, issue, {type: 'claimLost', reason})
  moveAgent(draft, ticket.context.agent, {type: 'freed'})
  const {[issue]: _, ...tickets} = draft.state.tickets
  const refused = {...draft.state.refused, [issue]: {reason, until: draft.at + REFUSED_MS}}
  draft.state = {...draft.state, tickets, refused}
}
