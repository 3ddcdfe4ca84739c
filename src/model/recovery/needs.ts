import {waitsForPerson} from '../agent/states.ts'
import {handlingOf, nextOf} from '../core/error-classes.ts'
import type {Retry} from '../core/retry.ts'
import type {State} from '../core/state.ts'
import type {AgentId} from '../data/ids.ts'
import {RETRY_LANDING} from '../ticket/effects.ts'
import {TICKET_STATES} from '../ticket/states.ts'
import type {TicketState, TicketValue} from '../ticket/ticket.ts'
import {heldSlots} from './slot-findings.ts'

/** Something that does not continue, or not for long, before a person has done something. */
export type Need = {
  issue: number | null
  agent: AgentId | null
  /** What happened and what was tried, on one line. */
  what: string
  /** What is not lost, and where it is. */
  kept: string
  /** The command to type, or what to do elsewhere. */
  next: string
  /** Epoch milliseconds. */
  since: number
}

/** A slot whose process should have ended counts as a person's after so long; it is tried again by itself before. */
const SLOT_HELD_MS = 10 * 60_000

/**
 * Everything that needs a person now. The header, the lists, `status`, `why` and `diagnose` all ask here, so they agree.
 * Pure.
 */
export function needsOf(state: State, at: number): Need[] {
  const tickets = Object.values(state.tickets).flatMap(ticket => needOfTicket(ticket, state, at) ?? [])
  return [...tickets, ...slotNeeds(state, at), ...trainNeed(state)]
}

/** A paused train. */
function trainNeed({train: {paused}}: State): Need[] {
  if (paused === null) return []
  const byItself =
    paused.until === null ? '' : ` (it tries again at ${new Date(paused.until).toISOString().slice(11, 16)} UTC)`
  return [
    {
      ...{issue: null, agent: null, since: paused.since},
      what: `the train is paused: ${paused.reason}${byItself}`,
      kept: 'bottled work, with its branches and claims',
      next: RETRY_LANDING,
    },
  ]
}

/** Why a ticket needs a person now; null: it does not. */
export function needOfTicket(ticket: TicketState, state: State, at: number): Need | null {
  const {value, context} = ticket
  const {issue, agent, since} = context
  const about = {issue, agent, kept: keptOf(ticket)}
  const asks = askedFor(issue, state)
  if (asks) return {...about, ...asks}
  const byPerson = NEXT[value]
  if (byPerson && TICKET_STATES[value].shown.attention) {
    return {...about, what: context.reason ?? `it is ${value}`, next: byPerson(ticket), since}
  }
  if (value === 'mergeable' && !state.config.integration.auto_merge) {
    const what = `nothing prevents it: merge #${context.pull} on GitHub, as integration.auto_merge is off`
    return {...about, what, next: `merge #${context.pull} on GitHub`, since}
  }
  const retry = lastingRetry(issue, state, at)
  return retry ? {...about, what: retryText(retry), next: nextOf(retry.error), since: retry.since} : null
}

/** What a person does about a ticket in this state; null: the state calls no person. A new state must say which. */
const NEXT: {readonly [value in TicketValue]: ((ticket: TicketState) => string) | null} = {
  claiming: null,
  preparing: null,
  settingUp: null,
  starting: null,
  working: null,
  inspecting: null,
  verifying: null,
  bottling: null,
  bottled: null,
  aboard: null,
  opening: null,
  checking: null,
  mergeable: null,
  held: ({context}) => `clambake why ${context.issue}`,
  updating: null,
  merging: null,
  finishing: null,
  uncleaned: () => `resolve that, then ${RETRY_LANDING}`,
  queued: null,
  blocked: ({context: {issue, draft, pull}}) =>
    draft === 'no' ? `clambake pop ${issue}` : `resolve it in #${pull}, then mark it ready for review on GitHub`,
  merged: null,
  lost: ({context}) => `clambake why ${context.issue}`,
}

/** What is not lost of a ticket. */
export function keptOf({value, context}: TicketState): string {
  const {branch, worktree, pull, head} = context
  if (value === 'claiming') return 'nothing was begun'
  const parts = [
    `branch ${branch}`,
    ...(worktree === null ? [] : [`worktree ${worktree}`]),
    ...(head === null ? [] : ['what was pushed']),
    ...(pull === null ? [] : [`pull request #${pull}`]),
  ]
  return parts.join(', ')
}

/** What the ticket's agent asks a person; null: it asks nothing. */
function askedFor(issue: number, {agents}: State): Pick<Need, 'what' | 'next' | 'since'> | null {
  const waiting = Object.values(agents).find(slot => waitsForPerson(slot) && slot.context.ticket === issue)
  if (!waiting) return null
  const {agent, activity, doing, waitsFor, since} = waiting.context
  const next = waitsFor === 'answer' ? `clambake agents answer ${agent}` : `clambake attach ${agent}`
  return {what: doing === '' ? activity : `${activity}: ${doing}`, next, since}
}

/** A failure of the outside that the ticket waits for, and that has lasted long enough to show a person. */
function lastingRetry(issue: number, {retries}: State, at: number): Retry | undefined {
  return Object.values(retries).find(
    ({ticket, error, since}) => ticket === issue && at - since >= handlingOf(error).personMs,
  )
}

/** A failure of the outside in words. */
export function retryText({effect, error, tries, since}: Retry): string {
  return `it waits: ${error.message} (${effect} failed ${tries} times since ${new Date(since).toISOString().slice(11, 16)} UTC)`
}

function slotNeeds(state: State, at: number): Need[] {
  return heldSlots(state, at).flatMap(({agent, issue, what, since}) => {
    if (agent === null || since === null || at - since < SLOT_HELD_MS) return []
    return [
      {
        ...{issue, agent, what, since},
        kept: 'branch and worktree',
        next: `clambake agents diagnose ${agent} --fix`,
      },
    ]
  })
}
