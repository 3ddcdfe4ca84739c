import type {ErrorCode} from '../../base/error-codes.ts'
import {type Draft, moveTicket} from '../core/draft.ts'
import type {State} from '../core/state.ts'
import type {Effect} from '../data/effects.ts'
import type {Mismatch, Seen, Sight} from '../data/show.ts'
import type {Strategy} from '../data/strategy.ts'
import {renewBudget} from '../spending/budget.ts'
import {writeUsage} from '../spending/usage.ts'
import {TICKET_STATES} from '../ticket/states.ts'
import type {TicketState} from '../ticket/ticket.ts'
import {mismatchesOf} from './mismatch.ts'
import {showOf, signsOf, statusLabels} from './show.ts'
import {forgetShown, setShown} from './written.ts'

export type Act = 'put back' | 'leave' | 'ask' | 'later' | 'stop' | 'release' | 'retry'

/** A change by hand, who is right, and what is done about it. */
export type Resolution = Mismatch & {choice: 'github' | 'local' | 'ask'; act: Act}

const CHOICE: Record<Strategy, Resolution['choice']> = {
  'github-wins': 'github',
  'local-wins': 'local',
  manual: 'ask',
}

/** Code of the error of an effect that found no issue to write to. */
export const ISSUE_GONE: ErrorCode = 'issue-gone'
/** Why a ticket is left to a person whose issue is not there any more. */
export const GONE = 'its issue is gone from this repository: it was deleted or transferred'

/** Of the words on one ticket the first counts. */
const ORDER: readonly Act[] = ['release', 'stop', 'retry']

/** What becomes of the changes that a look found. A ticket that has moved on since is not judged. Pure. */
export function judge(state: State, sights: readonly Sight[], strategy: Strategy): Resolution[] {
  return sights.flatMap(sight => {
    const ticket = state.tickets[sight.ticket]
    if (!ticket || sight.seen === null || !isCurrent(state, sight)) return []
    return changesOf(state, ticket, sight.seen).flatMap((mismatch): Resolution[] => {
      const choice = CHOICE[strategy]
      if (choice === 'github' && isLeft(state, mismatch)) return []
      return [{...mismatch, choice, act: actOf(mismatch, choice, ticket)}]
    })
  })
}

/** Carries out what `judge` says. */
export function takeSights(draft: Draft, sights: readonly Sight[], strategy: Strategy): void {
  const resolutions = judge(draft.state, sights, strategy)
  for (const sight of sights) {
    if (!isCurrent(draft.state, sight)) continue
    if (sight.seen === null) takeGone(draft, sight.ticket)
    else
      resolve(
        draft,
        sight,
        resolutions.filter(({ticket}) => ticket === sight.ticket),
      )
  }
}

/** For people: `#7 column: Blocked instead of In Progress; put back`. */
function describeResolution({ticket, part, wanted, found, act}: Resolution): string {
  return `#${ticket} ${part}: ${found} instead of ${wanted}; ${ACTS[act]}`
}

export const ACTS: Record<Act, string> = {
  'put back': 'put back',
  leave: "left so until the ticket's next step",
  ask: 'waits for you',
  later: 'obeyed when what is under way has ended',
  stop: 'its agent is stopped, its work kept',
  release: 'given up, its work kept',
  retry: 'tried again',
}

/** The ticket may be told of anew, or be gone, by the time that an answer comes. */
function isCurrent(state: State, {ticket, since}: Sight): boolean {
  return state.tickets[ticket] !== undefined && state.shown[ticket]?.at === since
}

function changesOf(state: State, ticket: TicketState, seen: Seen): Mismatch[] {
  const {issue} = ticket.context
  const show = showOf(ticket, state)
  const missing = state.shown[issue]?.missing ?? []
  if (show === null) return []
  return mismatchesOf(issue, show, seen, signsOf(state, ticket)).filter(({part}) => !missing.includes(part))
}

function isLeft(state: State, {ticket, part, found}: Mismatch): boolean {
  return (state.shown[ticket]?.left ?? []).some(left => left.part === part && left.found === found)
}

function actOf({word}: Mismatch, choice: Resolution['choice'], {value}: TicketState): Act {
  if (choice === 'local') return 'put back'
  if (choice === 'ask') return 'ask'
  if (word === null) return 'leave'
  if (word === 'retry') return 'retry'
  if (word === 'release' && value === 'blocked') return 'release'
  return TICKET_STATES[value].may.stop ? word : 'later'
}

function resolve(draft: Draft, {ticket}: Sight, resolutions: readonly Resolution[]): void {
  const told = draft.state.shown[ticket]
  if (!told) return
  const asks = resolutions.filter(({act}) => act === 'ask')
  const news = asks.filter(({part, found}) => !told.asks.some(ask => ask.part === part && ask.found === found))
  const left = [...told.left, ...resolutions.filter(({act}) => act === 'leave')]
  setShown(draft, ticket, {...told, asks, left})
  for (const resolution of resolutions) {
    if (resolution.act !== 'later' && resolution.act !== 'ask') record(draft, resolution)
  }
  for (const resolution of news) ask(draft, resolution)
  if (resolutions.some(({act}) => act === 'put back')) forgetShown(draft, ticket)
  const word = ORDER.find(act => resolutions.some(resolution => resolution.act === act))
  const by = resolutions.find(({act}) => act === word)
  if (!word || !by) return
  const reason = `its ${by.part === 'column' ? 'card' : 'label'} was set to ${by.found} by hand`
  if (word === 'retry') {
    renewBudget(draft, ticket)
    moveTicket(draft, ticket, {type: 'retry'})
  } else stop(draft, ticket, reason)
  if (word === 'release') release(draft, ticket, reason)
}

/** The card stays where the person put it: that the ticket is blocked on the way is not told. */
function release(draft: Draft, issue: number, reason: string): void {
  const unassign = draft.state.shown[issue]?.show.assignee ?? null
  if (!tellNothing(draft, issue)) return
  draft.effects.push({name: 'releaseTicket', ticket: issue, remove: statusLabels(draft.state), unassign, reason})
}

/** That a ticket is blocked is taken as told; false: it is not blocked. */
function tellNothing(draft: Draft, issue: number): boolean {
  const ticket = draft.state.tickets[issue]
  const told = draft.state.shown[issue]
  const show = ticket?.value === 'blocked' ? showOf(ticket, draft.state) : null
  if (!told || !show) return false
  setShown(draft, issue, {...told, show, at: null, missing: []})
  return true
}

/** Its work is saved before its agent is ended; the claim stays. */
function stop(draft: Draft, issue: number, reason: string): void {
  const ticket = draft.state.tickets[issue]
  if (!ticket || ticket.value === 'blocked') return
  const {agent, worktree} = ticket.context
  const pane = draft.state.agents[agent]?.context.pane
  if (pane && draft.state.agents[agent]?.context.ticket === issue) writeUsage(draft, pane)
  const before = draft.effects.length
  moveTicket(draft, issue, {type: 'stop', reason})
  if (worktree === null || draft.state.tickets[issue]?.value !== 'blocked') return
  const save: Effect = {name: 'saveWork', ticket: issue, agent, worktree, reason: `stopped: ${reason}`}
  draft.effects.splice(before, 0, save)
}

/** Deleted, or moved to another repository: nothing of ours is written there, and the work is kept. */
export function takeGone(draft: Draft, issue: number): void {
  const ticket = draft.state.tickets[issue]
  if (!ticket) return
  if (TICKET_STATES[ticket.value].may.stop) stop(draft, issue, GONE)
  // Its merge was not begun: without an issue there is nothing to close.
  else if (ticket.value === 'merging') moveTicket(draft, issue, {type: 'failed', reason: GONE, lost: false})
  tellNothing(draft, issue)
}

function record(draft: Draft, resolution: Resolution): void {
  const {ticket} = resolution
  const message = `changed by hand on GitHub: ${describeResolution(resolution)}`
  draft.effects.push({name: 'record', event: {type: 'status_update', ticket, message}})
}

function ask(draft: Draft, {ticket, part, wanted, found}: Resolution): void {
  draft.effects.push({
    name: 'notify',
    level: 'warning',
    text: `The ${part} of #${ticket} was changed by hand on GitHub: ${found} instead of ${wanted}`,
    kept: 'both as they are',
    next: 'S shows it; or clambake sync',
  })
}
