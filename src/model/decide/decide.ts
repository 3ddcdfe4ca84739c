import {newAgent} from '../agent/agent.ts'
import {type Draft, moveAgent, moveTicket, setTicket} from '../core/draft.ts'
import type {Fact} from '../core/facts.ts'
import {isCurrent, slotOf} from '../core/slots.ts'
import type {Decision, State} from '../core/state.ts'
import type {EffectName} from '../data/effects.ts'
import type {AgentId} from '../data/ids.ts'
import type {Issue} from '../data/issue.ts'
import type {Message} from '../data/message.ts'
import {ISSUE_GONE, takeGone, takeSights} from '../mirror/manual-changes.ts'
import {lookDue, tellGithub, toldNow} from '../mirror/show.ts'
import {forgetShown, noteShown, setShown} from '../mirror/written.ts'
import {adoptClaims, forgetForeign, giveUpTaken, loseTicket, refuseTicket, takeClaims} from '../recovery/claims.ts'
import {forgetTreatment, heal, treat} from '../recovery/healing.ts'
import {dealt} from '../routing/balance.ts'
import {assignQueued, claimNext, landBottled, mergeNext, nextRoutable} from '../routing/plan.ts'
import {survey} from '../routing/predictions.ts'
import {withIssues, withTerrain} from '../routing/queue.ts'
import {enforceBudgets, heldByBudget, renewBudget} from '../spending/budget.ts'
import {takeUsage, writeUsage} from '../spending/usage.ts'
import {restartPause} from '../ticket/back-off.ts'
import {holdsSlot} from '../ticket/states.ts'
import {resumed} from '../ticket/ticket.ts'

/** Effects whose failure changes nothing about the ticket. */
const SHOWING: readonly EffectName[] = ['blockTicket', 'sendBack', 'stopAgent', 'saveWork']
/** Cleaning up after a merge is tried again this long after a failure. */
const FINISH_RETRY_MS = 10_000

/** An answer from before its end may still show its issue open so long after a merge. */
const REOPENED_MS = 2 * 60_000
/** More merged tickets nobody looks through. */
const MERGED_KEPT = 300

type Restored = Extract<Fact, {type: 'restored'}>['tickets'][number]

/**
 * The whole of the supervising as one pure step: a fact comes in, the next state and the effects that it calls for
 * come out. `at` is epoch milliseconds.
 */
export function decide(state: State, fact: Fact, at: number): Decision {
  const draft: Draft = {state, effects: [], at}
  take(draft, fact)
  assignQueued(draft)
  claimNext(draft)
  landBottled(draft, fact)
  mergeNext(draft)
  enforceBudgets(draft, state)
  const again = fact.type === 'githubSeen'
  const {shown, effects} = tellGithub(draft.state, {again})
  const told = {...draft.state, shown}
  return {state: told, effects: [...draft.effects, ...effects, ...(again ? lookDue(told, at) : [])]}
}

/** What the fact itself changes. */
function take(draft: Draft, fact: Fact): void {
  switch (fact.type) {
    case 'restored':
      for (const restored of fact.tickets) restore(draft, restored)
      for (const {ticket, show, at} of fact.shown ?? []) setShown(draft, ticket, {...toldNow(show), at})
      return
    case 'githubSeen':
      forgetMerged(draft, fact.issues)
      draft.state = withIssues({...draft.state, pulls: fact.pulls, main: fact.main}, fact.issues)
      return heal(draft)
    case 'mainRewritten':
      return takeRewrite(draft, fact)
    case 'claimsSeen':
      giveUpTaken(draft, fact.taken ?? [])
      takeClaims(draft, fact.claims)
      return adoptClaims(draft, fact.dead)
    case 'claimReleased':
      return takeRelease(draft, fact.ticket)
    case 'mainSurveyed':
      draft.state = withTerrain(draft.state, survey(fact.files, fact.merged))
      return
    case 'changesSeen':
      draft.state = {...draft.state, changes: fact.changes}
      return
    case 'modeChosen':
      draft.state = {...draft.state, mode: fact.mode}
      return
    case 'popAsked': {
      const {type: _type, ...pop} = fact
      const {[fact.issue]: _refused, ...refused} = draft.state.refused
      draft.state = {...draft.state, refused, asked: [...draft.state.asked, pop]}
      return
    }
    case 'landAsked':
    case 'trainDeparted':
      return
    case 'bottleAsked':
      return moveTicket(draft, fact.ticket, {type: 'bottle'})
    case 'retryAsked': {
      const ticket = draft.state.tickets[fact.ticket]
      if (ticket && fact.think) setTicket(draft, {...ticket, context: {...ticket.context, think: fact.think}})
      renewBudget(draft, fact.ticket)
      return moveTicket(draft, fact.ticket, {type: 'retry'})
    }
    case 'stopAsked':
      return moveTicket(draft, fact.ticket, {type: 'stop', reason: 'its agent was stopped by hand'})
    case 'resetAsked':
      return resetTicket(draft, fact)
    case 'cureAsked':
      return treat(draft, fact.treatment, fact.by)
    case 'ticketClaimed': {
      const ticket = draft.state.tickets[fact.ticket]
      if (ticket?.value === 'claiming') {
        draft.state = {...draft.state, dealt: dealt(draft.state, ticket.context.agent, draft.at)}
        // What was told of an earlier claim of ours may have been changed by whoever had it since.
        forgetShown(draft, fact.ticket)
      }
      return moveTicket(draft, fact.ticket, {
        type: 'claimed',
        base: fact.base,
        session: fact.session,
        branch: fact.branch,
      })
    }
    case 'claimRefused':
      return refuseTicket(draft, fact)
    case 'worktreePrepared':
      return moveTicket(draft, fact.ticket, {type: 'prepared', worktree: fact.worktree})
    case 'worktreeSetUp':
      return moveTicket(draft, fact.ticket, {type: 'setUp'})
    case 'agentStarted':
      moveAgent(draft, fact.agent, {type: 'started', pane: fact.pane})
      return moveTicket(draft, fact.ticket, {type: 'started', session: fact.session})
    case 'agentNotReady':
      return isCurrent(draft.state, fact)
        ? moveAgent(draft, fact.agent, {type: 'notReady', activity: 'not ready'})
        : undefined
    case 'agentReported':
      return isCurrent(draft.state, fact) ? takeReport(draft, fact) : undefined
    case 'usageSeen':
      return takeUsage(draft, fact)
    case 'agentExited': {
      writeUsage(draft, fact.pane)
      if (!isCurrent(draft.state, fact)) return
      const ticket = draft.state.agents[fact.agent]?.context.ticket
      return ticket == null ? undefined : moveTicket(draft, ticket, {type: 'exited'})
    }
    case 'agentStopped':
      return freeSlot(draft, fact.agent, fact.ticket)
    case 'workInspected':
      return moveTicket(draft, fact.ticket, {type: 'inspected', work: fact.work})
    case 'workVerified':
      return moveTicket(draft, fact.ticket, {type: 'verified', head: fact.head, failure: fact.failure})
    case 'ticketBottled':
      moveTicket(draft, fact.ticket, {type: 'bottled', head: fact.head})
      return releaseSlot(draft, fact.ticket)
    case 'pullOpened':
      return moveTicket(draft, fact.ticket, {type: 'opened', pull: fact.pull})
    case 'pullSeen':
      return takePull(draft, fact)
    case 'pullMerged':
      return moveTicket(draft, fact.ticket, {type: 'mergedNow', commit: fact.commit})
    case 'mergeRefused':
      moveTicket(draft, fact.ticket, {type: 'mergeRefused', reason: fact.reason})
      return lookAgain(draft, fact.ticket)
    case 'landingBusy':
      moveTicket(draft, fact.ticket, {type: 'landingBusy'})
      return lookAgain(draft, fact.ticket)
    case 'ticketFinished':
      moveTicket(draft, fact.ticket, {type: 'finished'})
      draft.state = withIssues(
        draft.state,
        draft.state.issues.filter(issue => issue.number !== fact.ticket),
      )
      return tellWhenDone(draft)
    case 'messageSent':
      keepMessages(draft, fact.message.ticket, [fact.message])
      return waitsForPrompt(draft.state, fact.message.ticket) ? deliver(draft, fact.message.ticket) : undefined
    case 'messagesKept':
      return keepMessages(draft, fact.ticket, fact.messages)
    case 'messagesDelivered':
      return
    case 'ticketShown':
      return noteShown(draft, fact, fact.missing)
    case 'ticketsSeen':
      return takeSights(draft, fact.sights, fact.strategy ?? draft.state.config.sync.strategy)
    case 'showAsked':
      for (const issue of fact.tickets) forgetShown(draft, issue)
      return
    case 'ticketReleased':
      return releaseTicket(draft, fact.ticket)
    case 'timeout':
      return moveTicket(draft, fact.ticket, {type: 'look', epoch: fact.epoch})
    case 'effectFailed':
      return takeFailure(draft, fact)
  }
}

/**
 * A merged ticket is only shown: one whose issue was opened again makes room for a new claim, and so do the oldest of
 * very many, as every change of a daemon that runs for weeks goes through all of them.
 */
function forgetMerged(draft: Draft, issues: readonly Issue[]): void {
  const open = new Set(issues.map(({number}) => number))
  const merged = Object.values(draft.state.tickets)
    .filter(({value}) => value === 'merged')
    .sort((one, other) => other.context.since - one.context.since)
  const past = merged.filter(
    ({context: {issue, since}}, index) => index >= MERGED_KEPT || (open.has(issue) && draft.at - since >= REOPENED_MS),
  )
  if (past.length === 0) return
  const [tickets, shown] = [{...draft.state.tickets}, {...draft.state.shown}]
  for (const {context} of past) {
    delete tickets[context.issue]
    delete shown[context.issue]
  }
  draft.state = {...draft.state, tickets, shown}
}

/** Nobody has it any more, so whoever has it next is shown anew. */
function takeRelease(draft: Draft, issue: number): void {
  forgetForeign(draft, issue)
  const {[issue]: _shown, ...shown} = draft.state.shown
  const {[issue]: ticket, ...others} = draft.state.tickets
  const isGone = ticket?.value === 'lost' && !slotOf(draft.state, issue)
  draft.state = {...draft.state, shown, tickets: isGone ? others : draft.state.tickets}
}

function resetTicket(draft: Draft, {ticket: issue, by}: Extract<Fact, {type: 'resetAsked'}>): void {
  const ticket = draft.state.tickets[issue]
  if (!ticket) return
  const {agent} = ticket.context
  moveTicket(draft, issue, {type: 'reset', reason: `it was reset by ${by}`})
  releaseSlot(draft, issue)
  const message = `${agent} is reset by ${by}: #${issue} is given back`
  draft.effects.push({
    name: 'record',
    event: {type: 'status_update', agent, ticket: issue, severity: 'warning', message},
  })
}

/** What was on main may come back with the next landing, or must: only a person knows. */
function takeRewrite(draft: Draft, {from, to}: Extract<Fact, {type: 'mainRewritten'}>): void {
  draft.state = {...draft.state, mode: {...draft.state.mode, landing: 'by hand'}}
  const text = `main was force-pushed from ${from.slice(0, 7)} to ${to.slice(0, 7)}, so nothing lands by itself now`
  draft.effects.push(
    {name: 'record', event: {type: 'status_update', severity: 'critical', commit: to, message: text}},
    {
      name: 'notify',
      level: 'error',
      text,
      kept: 'its old tip, in refs/clambake/rescue/',
      next: `see what is gone: git log ${to.slice(0, 7)}..${from.slice(0, 7)}; then land by hand`,
    },
  )
}

function takeReport(draft: Draft, fact: Extract<Fact, {type: 'agentReported'}>): void {
  const {agent, report} = fact
  const ticket = draft.state.agents[agent]?.context.ticket
  if (['turnDone', 'failed', 'limited'].includes(report.kind)) writeUsage(draft, fact.pane)
  switch (report.kind) {
    case 'ready':
      return takeReady(draft, agent)
    case 'cleared':
      return takeCleared(draft, agent, report.session)
    case 'busy':
    case 'asks':
      return moveAgent(draft, agent, {type: report.kind, activity: report.activity, detail: report.detail})
    case 'limited':
      return moveAgent(draft, agent, {type: 'limited', activity: `limit until ${report.until}`})
    case 'silent':
    case 'failed':
      moveAgent(
        draft,
        agent,
        report.kind === 'silent' ? {type: 'silent', activity: 'idle'} : {type: 'turnFailed', activity: report.error},
      )
      return ticket != null && draft.state.messages[ticket]?.length ? deliver(draft, ticket) : undefined
    case 'turnDone':
      moveAgent(draft, agent, {type: 'turnDone'})
      if (ticket == null) return
      // What a person has said meanwhile may be just what it lacks.
      if (draft.state.messages[ticket]?.length) return deliver(draft, ticket)
      return moveTicket(
        draft,
        ticket,
        report.blocked === undefined ? {type: 'turnDone'} : {type: 'gaveUp', reason: report.blocked},
      )
  }
}

/** An agent whose client took no prompt at first, as it showed something else, is told now. */
function takeReady(draft: Draft, agent: AgentId): void {
  const {waitsFor, ticket: issue} = draft.state.agents[agent]?.context ?? {}
  moveAgent(draft, agent, {type: 'busy', activity: 'reading'})
  const ticket = issue == null ? undefined : draft.state.tickets[issue]
  if (waitsFor !== 'start' || ticket?.value !== 'working') return
  const {branch, assignment} = ticket.context
  draft.effects.push({name: 'promptAgent', ticket: ticket.context.issue, agent, branch, assignment})
}

/** Its conversation began anew, so it is told all that it needs; what it wrote is in its worktree. */
function takeCleared(draft: Draft, agent: AgentId, session: string): void {
  const issue = draft.state.agents[agent]?.context.ticket
  const ticket = issue == null ? undefined : draft.state.tickets[issue]
  moveAgent(draft, agent, {type: 'busy', activity: 'reading'})
  if (!ticket) return
  const {branch, assignment: before} = ticket.context
  const assignment = before.kind === 'repair' ? before : resumed()
  setTicket(draft, {...ticket, context: {...ticket.context, session, assignment}})
  const about = {ticket: ticket.context.issue, agent, branch}
  draft.effects.push({name: 'keepSession', ticket: about.ticket, session})
  // Otherwise its work is being looked at, and what comes of that is told to it then.
  if (ticket.value === 'working') draft.effects.push({name: 'promptAgent', ...about, assignment, forgot: true})
}

function keepMessages(draft: Draft, ticket: number, messages: readonly Message[]): void {
  const kept = draft.state.messages[ticket] ?? []
  draft.state = {...draft.state, messages: {...draft.state.messages, [ticket]: [...messages, ...kept].sort(byId)}}
}

function byId(one: Message, other: Message): number {
  return one.id - other.id
}

/** Its agent's turn is over or failed, and nothing of ours is on its way to it. */
function waitsForPrompt(state: State, issue: number): boolean {
  const ticket = state.tickets[issue]
  const slot = ticket && state.agents[ticket.context.agent]
  return ticket?.value === 'working' && slot?.context.ticket === issue && slot.context.waitsFor === 'prompt'
}

/** Says all that waits for a ticket's agent in one turn; the work is looked at when that turn ends. */
function deliver(draft: Draft, issue: number): void {
  const ticket = draft.state.tickets[issue]
  if (ticket?.value !== 'working') return
  const {[issue]: messages = [], ...others} = draft.state.messages
  const {agent, branch} = ticket.context
  draft.state = {...draft.state, messages: others}
  moveAgent(draft, agent, {type: 'busy', activity: 'reading'})
  draft.effects.push({name: 'deliverMessages', ticket: issue, agent, branch, messages})
}

function takePull(draft: Draft, fact: Extract<Fact, {type: 'pullSeen'}>): void {
  const {config} = draft.state
  const {ticket: issue, pull, conflicts} = fact
  moveTicket(draft, issue, {
    type: 'pullSeen',
    pull,
    conflicts,
    noChecksIsGreen: config.integration.allow_no_checks,
  })
  const ticket = draft.state.tickets[issue]
  const late = draft.at - (ticket?.context.since ?? 0) > config.integration.ci_timeout * 60_000
  if (ticket?.value === 'checking' && late) {
    const {head} = ticket.context
    const reason =
      pull.head.sha === head
        ? `its checks did not end within ${config.integration.ci_timeout} minutes`
        : `its branch holds ${pull.head.sha.slice(0, 7)}, which the daemon did not push`
    return moveTicket(draft, issue, {type: 'checksLate', reason})
  }
  lookAgain(draft, issue)
}

/** A pull request that is being checked, or that a person is to merge, is looked at again after the polling time. */
function lookAgain(draft: Draft, issue: number): void {
  const ticket = draft.state.tickets[issue]
  const {integration, polling} = draft.state.config
  if (ticket?.value !== 'checking' && (ticket?.value !== 'mergeable' || integration.auto_merge)) return
  const ms = polling.checks_seconds * 1000
  draft.effects.push({name: 'timer', ticket: issue, epoch: ticket.context.epoch, ms})
}

function takeFailure(draft: Draft, fact: Extract<Fact, {type: 'effectFailed'}>): void {
  const {effect, error, lost} = fact
  if (!('ticket' in effect)) return
  // What only shows the truth is told again after the next look at GitHub.
  if (effect.name === 'showTicket') noteShown(draft, effect, ['labels', 'column', 'assignee'])
  if (error.code === ISSUE_GONE) return takeGone(draft, effect.ticket)
  if (effect.name === 'showTicket') return
  // It is still ours, and blocked.
  if (effect.name === 'releaseTicket' && !lost) return forgetShown(draft, effect.ticket)
  if (SHOWING.includes(effect.name)) return
  if ((effect.name === 'bottleTicket' || effect.name === 'verifyWork') && error.code === 'head-moved') {
    return moveTicket(draft, effect.ticket, {type: 'headMoved'})
  }
  if (effect.name === 'adoptClaim') {
    // The next look at the claims tries it again.
    const {[effect.ticket]: _, ...adopting} = draft.state.adopting
    draft.state = {...draft.state, adopting}
    return
  }
  if (effect.name === 'clearLabels') {
    const {ticket: issue, remove} = effect
    return forgetTreatment(draft, {do: 'clear-labels', issue, remove})
  }
  if (effect.name === 'claimTicket') return loseTicket(draft, effect.ticket, error.message)
  // The agent did not take it: its turn was over, so its work is looked at; the message stays undelivered in the hub.
  if (effect.name === 'deliverMessages') {
    const text = `A message to ${effect.agent} was not taken: ${error.message}`
    draft.effects.push({name: 'notify', level: 'warning', text, next: `clambake attach ${effect.agent}`})
    return moveTicket(draft, effect.ticket, {type: 'turnDone'})
  }
  const slot = draft.state.tickets[effect.ticket]
  // What a person can do about it is told wherever the reason is.
  const reason = error.next === undefined ? error.message : `${error.message}; ${error.next}`
  moveTicket(draft, effect.ticket, {type: 'failed', reason, lost})
  if (slot && holdsSlot(slot)) releaseSlot(draft, effect.ticket)
  const ticket = draft.state.tickets[effect.ticket]
  if (ticket?.value === 'finishing') {
    const {epoch} = ticket.context
    draft.effects.push({name: 'timer', ticket: effect.ticket, epoch, ms: FINISH_RETRY_MS})
  }
}

/** Its branch and worktree stay, and show as an orphan's. */
function releaseTicket(draft: Draft, issue: number): void {
  const {[issue]: _ticket, ...tickets} = draft.state.tickets
  draft.state = {...draft.state, tickets}
  forgetShown(draft, issue)
  const agent = slotOf(draft.state, issue)
  if (agent) moveAgent(draft, agent, {type: 'freed'})
}

/** Who watches should know that the queue is empty, and what is left for people. */
function tellWhenDone(draft: Draft): void {
  const {state} = draft
  const tickets = Object.values(state.tickets)
  if (!tickets.every(({value}) => value === 'merged' || value === 'blocked')) return
  if (nextRoutable(state, draft.at) !== undefined || heldByBudget(state, draft.at) !== null) return
  const landed = tickets.filter(({value}) => value === 'merged').length
  const text = `All ready work has landed: ${landed} ${landed === 1 ? 'ticket' : 'tickets'}`
  draft.effects.push({
    name: 'notify',
    level: 'info',
    text,
    next: `label an issue ${state.config.routing.routing_label}`,
  })
}

/** The slot may have gone to another ticket, or to a new process of this one; only one that is done with it frees it. */
function freeSlot(draft: Draft, agent: AgentId, issue: number): void {
  const ticket = draft.state.tickets[issue]
  if (draft.state.agents[agent]?.context.ticket !== issue || (ticket && holdsSlot(ticket))) return
  moveAgent(draft, agent, {type: 'freed'})
}

/** The slot's process is being ended; it is free when that is seen. */
function releaseSlot(draft: Draft, issue: number): void {
  const agent = draft.state.tickets[issue]?.context.agent
  if (agent && draft.state.agents[agent]?.context.ticket === issue) moveAgent(draft, agent, {type: 'release'})
}

/**
 * A ticket of ours from before a restart. Tickets come as `working` with their live pane, `queued`, `review` or
 * `blocked`; whatever was under way beyond that is idempotent and simply done again. A live pane of a ticket that
 * needs none was about to be ended.
 */
function restore(draft: Draft, {ticket, pane, prompted}: Restored): void {
  const {agent, issue, branch, assignment, boarded} = ticket.context
  setTicket(draft, ticket)
  forgetForeign(draft, issue)
  forgetShown(draft, issue)
  if (pane !== null) {
    if (!draft.state.agents[agent]) {
      draft.state = {...draft.state, agents: {...draft.state.agents, [agent]: newAgent(agent, draft.at)}}
    }
    moveAgent(draft, agent, {type: 'assign', ticket: issue})
    moveAgent(draft, agent, {type: 'started', pane})
    if (ticket.value !== 'working') {
      moveAgent(draft, agent, {type: 'release'})
      draft.effects.push({name: 'stopAgent', ticket: issue, agent})
    } else if (!prompted) draft.effects.push({name: 'promptAgent', ticket: issue, agent, branch, assignment})
  }
  if (ticket.value === 'review' && boarded) moveTicket(draft, issue, {type: 'land'})
  if (ticket.value === 'queued' && ticket.context.paused) {
    const {starts, epoch} = ticket.context
    draft.effects.push({name: 'timer', ticket: issue, epoch, ms: restartPause(starts, draft.at)})
  }
}
