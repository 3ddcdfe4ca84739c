import type {Effect} from '../data/effects.ts'
import {restartPause} from './back-off.ts'
import type {TicketContext} from './context.ts'
import type {LandingRules, TicketEvent} from './events.ts'
import {conflictPaths} from './repairs.ts'

/** The pause after the first clean-up that failed. */
const FINISH_RETRY_MS = 3_000
/** The longest pause between tries that fail again and again. */
const LONGEST_PAUSE_MS = 30 * 60_000
/** How a person has everything looked at again that waits for one. */
export const RETRY_LANDING = 'clambake land, or L on the screen'

/** Makes an action that emits an effect, from the context as the assignments before it left it. */
function ask<E extends TicketEvent>(make: (context: TicketContext) => Effect) {
  return {type: 'emit' as const, params: ({context}: {context: TicketContext; event: E}) => make(context)}
}

/** A timer that means nothing once the ticket has changed its state. */
function timer({issue, epoch}: TicketContext, ms: number): Effect {
  return {name: 'timer', ticket: issue, epoch, ms}
}

/** The place in which a configured command runs for a ticket. */
export function job({issue, branch, session, worktree}: TicketContext) {
  return {ticket: issue, branch, session, worktree: worktree ?? ''}
}

export const prepareWorktree = ask(context => ({
  name: 'prepareWorktree',
  ticket: context.issue,
  branch: context.branch,
  base: context.base ?? '',
}))
export const setUpWorktree = ask(context => ({name: 'setUpWorktree', ...job(context)}))
export const startAgent = ask(context => ({
  name: 'startAgent',
  ticket: context.issue,
  agent: context.agent,
  session: context.session,
  branch: context.branch,
  worktree: context.worktree ?? '',
  resume: context.attempts > 1 || context.assignment.kind !== 'first',
  assignment: context.assignment,
  attempt: context.attempts,
  starts: context.starts,
  think: context.think,
}))
/** Comes back as `look`, after which its agent may be started again. */
export const pauseStart = {
  type: 'emit' as const,
  params: ({context, event}: {context: TicketContext; event: TicketEvent}) =>
    timer(context, restartPause(context.starts, event.at)),
}
export const promptAgent = ask(context => ({
  name: 'promptAgent',
  ticket: context.issue,
  agent: context.agent,
  branch: context.branch,
  assignment: context.assignment,
}))
export const stopAgent = ask(context => ({name: 'stopAgent', ticket: context.issue, agent: context.agent}))
export const inspectWork = ask(context => ({
  name: 'inspectWork',
  ticket: context.issue,
  worktree: context.worktree ?? '',
}))
/** Bottles exactly this commit. */
export function bottleTicket({issue, worktree}: TicketContext, head: string): Effect {
  return {name: 'bottleTicket', ticket: issue, worktree: worktree ?? '', head}
}

export const watchPull = ask(context => ({name: 'watchPull', ticket: context.issue, pull: context.pull ?? 0}))
/** Comes back as `look`, after which the pull request is looked at again. */
export const lookLater = {
  type: 'emit' as const,
  params: ({context, event}: {context: TicketContext; event: Extract<TicketEvent, {rules: LandingRules}>}) =>
    timer(context, event.rules.lookMs),
}
/** As `lookLater`, after a pause that doubles with each refusal of the merge. */
export const lookMuchLater = {
  type: 'emit' as const,
  params: ({context, event}: {context: TicketContext; event: Extract<TicketEvent, {rules: LandingRules}>}) =>
    timer(context, Math.min(event.rules.lookMs * 2 ** Math.min(context.refusals, 20), LONGEST_PAUSE_MS)),
}
export const openPull = ask(context => ({
  name: 'openPull',
  ticket: context.issue,
  branch: context.branch,
  agent: context.agent,
  worktree: context.worktree ?? '',
  repairs: context.repairs,
}))
export const sendBack = ask(context => ({
  name: 'sendBack',
  ticket: context.issue,
  reason: context.reason ?? '',
  repairs: context.repairs,
  conflicts: context.conflicts,
  reviews: context.reviews,
}))
export const mergePull = ask(context => ({
  name: 'mergePull',
  ticket: context.issue,
  pull: context.pull ?? 0,
  branch: context.branch,
  sha: context.head ?? '',
  requeue: context.requeue,
  terms: context.terms,
}))
export const updateBranch = ask(context => ({
  name: 'updateBranch',
  ticket: context.issue,
  branch: context.branch,
  worktree: context.worktree ?? '',
  head: context.head ?? '',
  pull: context.pull ?? 0,
  terms: context.terms,
}))
export const finishTicket = ask(context => ({
  name: 'finishTicket',
  ticket: context.issue,
  agent: context.agent,
  branch: context.branch,
  worktree: context.worktree ?? '',
  head: context.head ?? '',
  pull: context.landedBy ?? context.pull ?? 0,
  mergeCommit: context.mergeCommit ?? '',
  terms: context.terms,
}))
/** Comes back as `look`, after which the clean-up after a merge is tried again; the pause doubles with each failure. */
export const finishLater = ask(context => {
  const doubled = FINISH_RETRY_MS * 2 ** Math.min(context.finishes - 1, 20)
  return timer(context, Math.min(doubled, LONGEST_PAUSE_MS))
})
/** Tells a person of work on main that cannot be cleaned up. */
export const tellUncleaned = ask(({issue, reason}) => ({
  name: 'notify',
  level: 'warning',
  text: `#${issue}: ${reason}`,
  kept: 'the work, which is on main, and what is left of its worktree, branch and claim',
  next: `${RETRY_LANDING}; it is tried again by itself too`,
}))
export const blockTicket = ask(context => ({
  name: 'blockTicket',
  ticket: context.issue,
  reason: context.reason ?? 'unknown',
  attempt: context.epoch,
}))

/** Makes the pull request of work that only a person can merge a draft; before the claim says that it is blocked. */
const openDraft = {
  type: 'emit' as const,
  params: ({context, event}: {context: TicketContext; event: TicketEvent}): Effect => ({
    name: 'openDraft',
    ticket: context.issue,
    branch: context.branch,
    agent: context.agent,
    paths: conflictPaths(event) ?? [],
    reason: context.reason ?? '',
  }),
}

/** How bottled work starts its way to main by its own pull request. */
export const BOARDING = {
  target: 'opening',
  actions: ['stamp', 'board', 'alone', openPull],
} as const

/** How work that its bundle or its own pull request brought to main is cleaned up. */
export const LANDED = {target: 'finishing', actions: ['stamp', 'merged', finishTicket]} as const

/** How work goes back to its agent that a train found wanting. */
export const SENT_BACK = [
  {guard: 'canSendBack', target: 'queued', actions: ['stamp', 'sendBack', sendBack]},
  {
    guard: 'isConflict',
    target: 'blocked',
    actions: ['stamp', 'sendBack', 'repairedOften', openDraft, blockTicket],
  },
  {target: 'blocked', actions: ['stamp', 'sendBack', 'repairedOften', blockTicket]},
] as const

/** How a ticket without an agent is left to a person. */
export const SHELVED = {target: 'blocked', actions: ['stamp', 'reason', blockTicket]} as const

/** How work that was handed in, or is blocked, goes back to its agent with what reviewers said. */
export const REVIEWED = {target: 'queued', actions: ['stamp', 'reviewed', sendBack]} as const

/** How running work ends from outside: `stop` leaves it to a person, `park` resumes it later. */
export const STOPS = {
  stop: {target: 'blocked', actions: ['stamp', 'reason', stopAgent, blockTicket]},
  park: {target: 'queued', actions: ['stamp', 'reason', 'resume', stopAgent]},
} as const

/** Work that moved on before it was verified or pushed is looked at again, but not for ever. */
export const HEAD_MOVED = [
  {guard: 'mayMoveOn', target: 'inspecting', actions: ['stamp', 'movedOn', inspectWork]},
  {target: 'blocked', actions: ['stamp', 'movesOn', stopAgent, blockTicket]},
] as const

/** What may happen while a ticket's work is looked at: a message makes it the agent's turn again. */
export const LOOKED_AT = {
  messageWaits: {target: 'working', actions: ['stamp']},
  exited: {actions: ['dead']},
  stop: STOPS.stop,
} as const

/**
 * What becomes of a pull request once the gate has decided about it, in whatever state of landing it is; otherwise it
 * waits on. Guards and actions are named in the machine.
 */
export const DECIDED = [
  {guard: 'isMerged', target: 'finishing', actions: ['stamp', 'seen', 'yield', 'landed', finishTicket]},
  {guard: 'isStopped', target: 'blocked', actions: ['stamp', 'seen', 'yield', 'answer', blockTicket]},
  {guard: 'canRepair', target: 'queued', actions: ['stamp', 'seen', 'yield', 'repair', sendBack]},
  {
    guard: 'isConflict',
    target: 'blocked',
    actions: ['stamp', 'seen', 'yield', 'answer', 'repairedOften', openDraft, blockTicket],
  },
  {guard: 'isBroken', target: 'blocked', actions: ['stamp', 'seen', 'yield', 'answer', 'repairedOften', blockTicket]},
  {guard: 'isHeld', target: 'held', actions: ['stamp', 'seen', 'yield', 'answer', lookLater]},
  {guard: 'mayMergeByItself', target: 'mergeable', actions: ['stamp', 'seen']},
  {guard: 'mayMerge', target: 'mergeable', actions: ['stamp', 'seen', lookLater]},
] as const
