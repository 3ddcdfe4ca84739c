import {ClambakeError} from '../../base/errors.ts'
import {shortSha} from '../../base/words.ts'
import {unknownAgent} from '../../model/agent/unknown.ts'
import {slotOf} from '../../model/core/slots.ts'
import type {State} from '../../model/core/state.ts'
import type {AgentId} from '../../model/data/ids.ts'
import {statusLabels} from '../../model/data/labels.ts'
import type {UndoPart} from '../../model/data/recovery/undo.ts'
import {isTrusted} from '../../model/data/trust.ts'
import {isMeant} from '../../model/hub/meant.ts'
import {quoteForGithub} from '../../model/mirror/quote.ts'
import {branchFacts} from '../../model/recovery/judge.ts'
import {TICKET_STATES} from '../../model/ticket/states.ts'
import type {TicketState, TicketValue} from '../../model/ticket/ticket.ts'
import type {DaemonApi, ResetReport} from '../../protocol/daemon.ts'
import {worktreePath} from '../../tickets/handlers.ts'
import {type ApiParts, soon} from '../api/parts.ts'
import {nowOf} from '../api/refuse-other.ts'
import {noteStep} from './undo.ts'

/**
 * Resets the ticket that an agent has, or was last stopped with. A named one has to be that agent's still. Throws
 * `nothing-to-reset`, `not-resettable`.
 */
export async function resetAgent(
  parts: ApiParts,
  {agent, meant, dryRun = false, group}: DaemonApi['reset']['params'],
): Promise<ResetReport> {
  const state = parts.engine.state()
  const issue = meant?.ticket ?? ticketToReset(state, agent).context.issue
  const holder = state.tickets[issue]?.context.agent
  if (holder !== undefined && holder !== agent) {
    throw new ClambakeError({
      code: 'not-resettable',
      message: `#${issue} is with ${holder} by now, and no longer with ${agent}`,
      kept: 'nothing was changed',
      next: `look again: clambake why ${issue}`,
    })
  }
  if (meant && !isMeant(nowOf(parts.claimOf, issue), meant)) {
    throw new ClambakeError({
      code: 'not-resettable',
      message: `#${issue} was released and claimed once more since it was shown`,
      kept: 'nothing was changed',
      next: `look again: clambake why ${issue}`,
    })
  }
  return resetTicket(parts, issue, {dryRun, ...(group === undefined ? {} : {group})})
}

/**
 * Ends the ticket's agent, saves its work in rescue refs, and releases the claim. What was pushed goes too: its pull
 * request is closed and its branch kept in a rescue ref, or the next claim of the issue would find its own branch taken.
 * Safe to repeat; `undo` takes it back.
 */
export async function resetTicket(
  parts: ApiParts,
  issue: number,
  {dryRun = false, group}: {dryRun?: boolean; group?: string} = {},
): Promise<ResetReport> {
  const {engine, git, github, book, config, caller} = parts
  const ticket = engine.state().tickets[issue]
  const isRepeated = ticket?.value === 'lost' && (await isOurs(parts, issue))
  if (!ticket || !(isRepeated || isResettable(engine.state(), issue))) throw notResettable(issue, ticket?.value)
  const {agent, branch} = ticket.context
  const path = worktreePath({root: git.root, config, issue})
  const exists = (await git.worktrees()).some(worktree => worktree.path === path)
  const pushed = await pushedWork(parts, {issue, branch, pull: ticket.context.pull})
  const found = await github.issue(issue)
  // The routing label would approve a stranger's later edits.
  const isReady = found?.state === 'open' && isTrusted(found, config.routing)
  const {routing_label: ready} = config.routing
  const report = {
    agent,
    ...nowOf(parts.claimOf, issue),
    saved: null,
    isReady,
    steps: [
      ...(exists ? [`save everything in ${path} in a rescue ref`] : []),
      ...(slotOf(engine.state(), issue) ? [`end ${agent}'s process and free it`] : []),
      ...(exists ? [`remove the worktree and the local branch ${branch}`] : []),
      ...(pushed.pull === null ? [] : [`close #${pushed.pull} without a merge; it can be opened again`]),
      ...(pushed.head === null
        ? []
        : [`keep the pushed ${branch} at ${shortSha(pushed.head)} in a rescue ref, and delete it on the remote`]),
      `release the claim of #${issue}`,
      isReady ? `label #${issue} ${ready} again` : `leave #${issue} for a person to label, or closed`,
    ],
  }
  if (dryRun) return report
  const rescue = exists ? await git.rescue({worktree: path, reason: `${agent} was reset by ${caller}`}) : null
  const saved = rescue?.ref ?? null
  // Meanwhile the ticket may have moved on to landing, or may have been released and claimed again.
  const isSame = isMeant(nowOf(parts.claimOf, issue), report)
  if (!isRepeated && !(isSame && isResettable(engine.state(), issue)))
    throw notResettable(issue, engine.state().tickets[issue]?.value)
  engine.dispatch({type: 'resetAsked', ticket: issue, by: caller})
  await soon(parts, `${agent} has ended`, state => slotOf(state, issue) === undefined)
  const note = (found: readonly UndoPart[]) =>
    noteStep(parts, {
      what: `reset ${agent} on #${issue}`,
      group: group ?? `reset-${issue}-${book.get(issue)?.record.session}`,
      parts: found,
    })
  const head = exists ? (await git.inspect(path)).head : null
  await note([
    ...(head === null ? [] : [{do: 'worktree', path, branch, head, rescue: rescue?.oid ?? null} as const]),
    ...(pushed.pull === null ? [] : [{do: 'pull', number: pushed.pull} as const]),
    {do: 'ticket', issue, branch},
  ])
  // Removing the worktree also saves what changed after the rescue.
  if (exists) {
    const session = book.get(issue)?.record.session ?? `ticket-${issue}`
    await parts.tearDown({ticket: issue, branch, session, worktree: path})
    await git.removeWorktree({path, branch, landed: null})
  }
  await putAway(parts, {issue, branch, agent, pushed, note})
  await book.release(issue)
  if (found?.state === 'open') {
    const remove = statusLabels([agent], config.routing).filter(label => label !== ready)
    await github.ensureLabels(issue, {add: isReady ? [ready] : [], remove})
  }
  engine.dispatch({type: 'claimReleased', ticket: issue})
  const message = `${agent} is reset by ${caller}: #${issue} is released`
  parts.hub.append({type: 'status_update', agent, ticket: issue, severity: 'warning', message})
  return {...report, saved}
}

/** What a ticket has on GitHub: its branch's commit, and its open pull request. Throws when that was merged. */
async function pushedWork(
  {git, github}: ApiParts,
  {issue, branch, pull: known}: {issue: number; branch: string; pull: number | null},
): Promise<{head: string | null; pull: number | null}> {
  const head = await git.remoteHead(branch)
  const pull = known === null ? await github.pullOfBranch(branch) : await github.pull(known)
  if (pull?.state === 'merged' && pull.head.sha === head) {
    throw new ClambakeError({
      code: 'not-resettable',
      message: `#${issue} has landed through #${pull.number}`,
      kept: 'nothing was changed',
      next: `clambake agents diagnose ${issue} --fix cleans it up`,
    })
  }
  return {head, pull: pull?.state === 'open' ? pull.number : null}
}

/** Closes the pull request, and keeps the pushed branch in a rescue ref instead of under its name. */
async function putAway(
  {git, github, caller}: ApiParts,
  options: {
    issue: number
    branch: string
    agent: AgentId
    pushed: {head: string | null; pull: number | null}
    note: (parts: readonly UndoPart[]) => Promise<void>
  },
): Promise<void> {
  const {issue, branch, agent, pushed, note} = options
  if (pushed.pull !== null) {
    const comment = `${agent} was reset by ${quoteForGithub(caller)}, so this pull request is closed without a merge. Its commits are kept.`
    await github.ensureComment(pushed.pull, `reset-${pushed.head ?? 'none'}`, comment)
    await github.ensurePullClosed(pushed.pull)
  }
  if (pushed.head !== null) await git.archive(branchFacts({branch, issue, head: pushed.head}), note)
}

function isResettable({tickets}: State, issue: number): boolean {
  const ticket = tickets[issue]
  return ticket !== undefined && TICKET_STATES[ticket.value].may.reset
}

/** Whether an earlier reset ended the agent but did not release the claim. */
async function isOurs({git, book}: ApiParts, issue: number): Promise<boolean> {
  const held = book.get(issue)?.oid
  return held !== undefined && (await git.claims()).some(({oid}) => oid === held)
}

/** The slot's ticket, or else the last one that it was stopped with. */
function ticketToReset(state: State, agent: AgentId): TicketState {
  const slot = state.agents[agent]
  if (!slot) throw unknownAgent(Object.keys(state.agents), agent)
  const own = slot.context.ticket === null ? undefined : state.tickets[slot.context.ticket]
  const [left] = Object.values(state.tickets)
    .filter(({value, context}) => (TICKET_STATES[value].is.putOff || value === 'lost') && context.agent === agent)
    .sort(
      (one, other) =>
        Number(one.value === 'lost') - Number(other.value === 'lost') || other.context.since - one.context.since,
    )
  const ticket = own ?? left
  if (ticket) return ticket
  throw new ClambakeError({
    code: 'nothing-to-reset',
    message: `${agent} has no ticket, so there is nothing to reset`,
    next: 'clambake agents diagnose says what is wrong',
  })
}

function notResettable(issue: number, value: TicketValue | undefined): ClambakeError {
  return new ClambakeError({
    code: 'not-resettable',
    message: `#${issue} cannot be reset now: it is ${value ?? 'not claimed here'}`,
    kept: 'nothing was changed',
    next:
      value === 'merged' ? 'nothing to do: its work is on main' : `try again in a moment, or: clambake why ${issue}`,
  })
}
