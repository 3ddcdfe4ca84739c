import {shellWord} from '../../base/text.ts'
import {count} from '../../base/words.ts'
import type {State} from '../core/state.ts'
import type {Treatment} from '../core/treatment.ts'
import type {Claim} from '../data/claim.ts'
import {type AgentId, parseAgentId} from '../data/ids.ts'
import type {Issue} from '../data/issue.ts'
import {parseBranch} from '../data/names.ts'
import type {PaneInfo} from '../data/pane.ts'
import {isTrusted} from '../data/trust.ts'
import type {Orphan} from '../gateways/git.ts'
import {holdsSlot, TICKET_STATES} from '../ticket/states.ts'
import type {TicketState} from '../ticket/ticket.ts'
import {adoptionOf} from './adoption.ts'

/** Ways in which GitHub, git, the host and the tickets may contradict each other. */
export type Pattern =
  | 'label-without-claim'
  | 'claim-without-label'
  | 'claim-without-owner'
  | 'claim-unreadable'
  | 'branch-without-claim'
  | 'worktree-without-claim'
  | 'second-branch'
  | 'working-without-commits'
  | 'landed-not-freed'
  | 'closed-while-claimed'
  | 'slot-held'
  | 'pane-without-ticket'
  | 'lock-without-owner'

export type Cure =
  /** `safe`: reconcile does it without being asked. */
  | {by: 'command'; treatment: Treatment; will: string; safe: boolean; next: string}
  /** It goes away by itself. */
  | {by: 'itself'; will: string}
  | {by: 'person'; next: string}

export type Finding = {
  pattern: Pattern
  /** `#7`, `agent001`, a branch, a path or a ref. */
  subject: string
  issue: number | null
  agent: AgentId | null
  /** One line. */
  what: string
  /** Epoch milliseconds; null: not known. */
  since: number | null
  cure: Cure
}

/**
 * What a diagnosis has read. A source that is null was not read, and yields no finding. Issues, tickets, claims of
 * others and open pull requests come from the state.
 */
export type Found = {
  state: State
  at: number
  /** Owners whose lease was seen to run out. */
  dead: ReadonlySet<string>
  /** Those of issues that are held too. */
  orphans: readonly Orphan[] | null
  /** Commits of orphans whose work main has. */
  landed: ReadonlySet<string>
  panes: readonly PaneInfo[] | null
  /** Owner of the landing lock; null: it is free, or was not read. */
  landing: string | null
  /** Issues of our tickets that were asked after and are closed. */
  closed: ReadonlySet<number>
  /** Pull requests of blocked tickets that were asked after and are merged. */
  merged: ReadonlySet<number>
  /** Tickets that work for long, whose worktree was looked at and has neither commit nor changed file. */
  idle: ReadonlySet<number>
}

/** A process that is being ended gets this long before its slot counts as held. */
const ENDING_MS = 60_000
const IN_HAND = ['agent:in-progress', 'agent:review']

/** Finds every contradiction in what was read. Pure. */
export function diagnose(found: Found): Finding[] {
  const {state, at} = found
  return [
    ...leftLabels(state, leftWork(found)),
    ...missingLabels(state),
    ...deadClaims(found),
    ...(found.orphans ?? []).flatMap(orphan => ofOrphan(orphan, found)),
    ...Object.values(state.tickets).flatMap(ticket => ofTicket(ticket, found)),
    ...heldSlots(state, at),
    ...strayPanes(found),
    ...deadLock(found),
  ]
}

/** Whether a ticket of this daemon or another daemon's claim holds the issue. */
function isHeld({tickets, foreign}: State, issue: number): boolean {
  const value = tickets[issue]?.value
  return foreign[issue] !== undefined || (value !== undefined && value !== 'merged')
}

/** Labels which say that an agent has the issue. */
function labelsInHand({labels}: Issue): string[] {
  return labels.filter(label => IN_HAND.includes(label) || /^agent\d{3}$/.test(label))
}

/** Unclaimed issues that have a branch with commits, a worktree or a claim left over; null: not known. */
export function leftWork({orphans, landed}: Pick<Found, 'orphans' | 'landed'>): ReadonlySet<number> | null {
  if (orphans === null) return null
  const left = orphans.filter(({kind, commits, head}) => kind !== 'branch' || (commits > 0 && !landed.has(head ?? '')))
  return new Set(left.flatMap(({issue}) => (issue === null ? [] : [issue])))
}

/**
 * Finds open issues whose labels name an agent although they are unclaimed. Those with work left over keep their labels
 * until it is recovered; `left` null: not known yet whether there is any.
 */
export function leftLabels(state: State, left: ReadonlySet<number> | null): Finding[] {
  return state.issues.flatMap((issue): Finding[] => {
    const {number} = issue
    const remove = labelsInHand(issue)
    if (remove.length === 0 || isHeld(state, number) || left?.has(number)) return []
    if (state.pulls.some(pull => parseBranch(pull.head.branch)?.issue === number)) return []
    const {routing} = state.config
    // If Clambake added the routing label, it would approve what a stranger may have edited since.
    const isReady = isTrusted(issue, routing)
    return [
      {
        pattern: 'label-without-claim',
        subject: `#${number}`,
        issue: number,
        agent: remove.map(parseAgentId).find(agent => agent !== undefined) ?? null,
        what: `is labelled ${remove.join(', ')}, and is unclaimed`,
        since: null,
        cure: {
          by: 'command',
          treatment: {do: 'clear-labels', issue: number, remove},
          will: isReady
            ? `take ${remove.join(', ')} off and put ${routing.routing_label} on`
            : `take ${remove.join(', ')} off; as a stranger's it is put back to ready by you`,
          safe: true,
          next: `clambake agents diagnose ${number} --fix`,
        },
      },
    ]
  })
}

function missingLabels({tickets, issues}: State): Finding[] {
  return issues.flatMap((issue): Finding[] => {
    const ticket = tickets[issue.number]
    if (ticket?.value !== 'working' || labelsInHand(issue).length > 0) return []
    const {agent, since} = ticket.context
    return [
      {
        ...about(ticket, 'claim-without-label'),
        what: `${agent} works on it, and its labels do not say so`,
        since,
        cure: {by: 'itself', will: 'the labels are shown again by the next look'},
      },
    ]
  })
}

function deadClaims({state, dead}: Found): Finding[] {
  return Object.values(state.foreign).flatMap(({record}: Claim): Finding[] => {
    if (!dead.has(record.owner)) return []
    const {issue, owner, host, claimedAt, phase} = record
    const how = adoptionOf(record, state)
    return [
      {
        pattern: 'claim-without-owner',
        subject: `#${issue}`,
        issue,
        agent: parseAgentId(record.agent) ?? null,
        what: `is claimed by ${owner} on ${host}, which did not renew its lease (${phase})`,
        since: Date.parse(claimedAt) || null,
        cure:
          how === 'leave'
            ? {by: 'person', next: `clambake recover ${issue}`}
            : {by: 'itself', will: how === 'release' ? 'the issue is given back' : 'it is taken over with its work'},
      },
    ]
  })
}

function ofOrphan(orphan: Orphan, found: Found): Finding[] {
  const {state, landed} = found
  const {kind, name, issue, commits, dirty, head, lastActivity, proposal} = orphan
  // Anyone who may push names branches, and people paste commands.
  const word = shellWord(name)
  const base = {
    subject: name,
    issue,
    agent: (kind === 'branch' ? parseBranch(name)?.agent : null) ?? null,
    since: lastActivity,
  }
  if (kind === 'claim') {
    // A readable claim has a living owner, or is found as that of a dead one.
    if (proposal !== 'leave') return []
    const what = 'is a claim that cannot be read, so no daemon may take or release it'
    return [{...base, pattern: 'claim-unreadable', what, cure: {by: 'person', next: `git show ${name}`}}]
  }
  const isOnMain = commits === 0 || (head !== null && landed.has(head))
  // `cleanup` lists what main already has.
  if (isOnMain && (kind === 'branch' || (dirty === 0 && issue !== null && isHeld(state, issue)))) return []
  // People already see it in a pull request.
  if (kind === 'branch' && state.pulls.some(pull => pull.head.branch === name)) return []
  const work = [
    ...(commits > 0 ? [count(commits, 'commit')] : []),
    ...(dirty > 0 ? [count(dirty, 'changed file')] : []),
  ]
  const holds = work.length > 0 ? work.join(' and ') : 'nothing of its own'
  if (issue !== null && isHeld(state, issue)) {
    const what = `holds ${holds} for #${issue}, which is worked on elsewhere`
    const next = kind === 'branch' ? `git log main..${word}` : `git -C ${word} status`
    return [{...base, pattern: 'second-branch', what, cure: {by: 'person', next}}]
  }
  const action = proposal === 'leave' ? null : proposal
  return [
    {
      ...base,
      pattern: kind === 'branch' ? 'branch-without-claim' : 'worktree-without-claim',
      what: `holds ${holds}, and is unclaimed`,
      cure:
        action === null
          ? {by: 'person', next: isOnMain ? 'clambake cleanup --dry-run' : `clambake recover ${word}`}
          : {
              by: 'command',
              treatment: {do: 'recover', kind, name, action},
              will: action === 'resume' ? 'give it to an agent as it is' : 'open a pull request for a person',
              safe: false,
              next: `clambake recover ${word}`,
            },
    },
  ]
}

function ofTicket(ticket: TicketState, found: Found): Finding[] {
  const {value, context} = ticket
  const {issue, agent, since, pull} = context
  const {landing, over} = TICKET_STATES[value].is
  const findings: Finding[] = []
  if (value === 'working' && found.idle.has(issue)) findings.push(stuck(ticket, found))
  if (found.closed.has(issue) && !landing && !over) {
    findings.push({
      ...about(ticket, 'closed-while-claimed'),
      what: `was closed while ${agent} had it (${value})`,
      since: null,
      cure: {
        by: 'command',
        treatment: {do: 'reset', issue},
        will: `stop ${agent}, save its work in a rescue ref, release the claim`,
        safe: false,
        next: `clambake agents recover ${agent}`,
      },
    })
  }
  if (value === 'blocked' && pull !== null && found.merged.has(pull)) {
    findings.push({
      ...about(ticket, 'landed-not-freed'),
      what: `landed through #${pull}, and still has branch, worktree and claim`,
      since,
      cure: {
        by: 'command',
        treatment: {do: 'look-at-pull', issue, pull},
        will: 'close it, and clean up as after any landing',
        safe: true,
        next: `clambake agents diagnose ${issue} --fix`,
      },
    })
  }
  return findings
}

function stuck(ticket: TicketState, {state, at}: Found): Finding {
  const {agent, since} = ticket.context
  const slot = state.agents[agent]
  const waits = slot?.value === 'waiting' ? slot.context.waitsFor : null
  const minutes = Math.floor((at - since) / 60_000)
  return {
    ...about(ticket, 'working-without-commits'),
    what: `${agent} ${waits === null ? 'works' : `waits (${slot?.context.activity})`} and changed nothing in ${minutes} minutes`,
    since,
    cure:
      waits === 'limit'
        ? {by: 'itself', will: `${agent} continues when its limit ends`}
        : {by: 'person', next: waits === 'answer' ? `clambake agents answer ${agent}` : `clambake attach ${agent}`},
  }
}

/** Finds slots whose ticket needs none any more, long after their process should have ended. */
export function heldSlots(state: State, at: number): Finding[] {
  return Object.values(state.agents).flatMap(({context}): Finding[] => {
    const {agent, ticket: issue} = context
    const ticket = issue === null ? undefined : state.tickets[issue]
    const since = Math.max(context.since, ticket?.context.since ?? 0)
    if (issue === null || (ticket && holdsSlot(ticket)) || at - since < ENDING_MS) return []
    return [
      {
        pattern: 'slot-held',
        subject: agent,
        issue,
        agent,
        what: `still has #${issue}, which is ${ticket?.value ?? 'not held here'} and needs no agent`,
        since,
        cure: {
          by: 'command',
          treatment: {do: 'free-slot', issue, agent},
          will: `end its process again and free ${agent}; branch and worktree stay`,
          safe: true,
          next: `clambake agents diagnose ${agent} --fix`,
        },
      },
    ]
  })
}

/** Blocked tickets whose pull request is no longer open: a person may have merged it. */
export function goneOfBlocked(state: State): {issue: number; pull: number}[] {
  const open = new Set(state.pulls.map(({number}) => number))
  return Object.values(state.tickets).flatMap(({value, context: {issue, pull}}) =>
    value === 'blocked' && pull !== null && !open.has(pull) ? [{issue, pull}] : [],
  )
}

function strayPanes({panes, state}: Found): Finding[] {
  const used = new Set(Object.values(state.agents).map(({context}) => context.pane))
  const starts = ({meta}: PaneInfo) => state.tickets[Number(meta.ticket)]?.value === 'starting'
  return (panes ?? []).flatMap((info): Finding[] => {
    const {pane, meta, cwd, exit, startedAt} = info
    if (meta.agent === undefined || exit !== null || used.has(pane) || starts(info)) return []
    const agent = parseAgentId(meta.agent) ?? null
    return [
      {
        pattern: 'pane-without-ticket',
        subject: pane,
        issue: Number(meta.ticket) || null,
        agent,
        what: `runs in ${cwd}, and no ticket has it`,
        since: startedAt,
        cure: {
          by: 'command',
          treatment: {do: 'stop-pane', pane},
          will: 'save what is in its worktree in a rescue ref, then end it',
          safe: false,
          next: `clambake agents recover ${agent ?? meta.agent}`,
        },
      },
    ]
  })
}

function deadLock({landing, dead}: Found): Finding[] {
  if (landing === null || !dead.has(landing)) return []
  const what = `is held by ${landing}, which did not renew its lease`
  const cure = {by: 'itself', will: 'the next merge goes past it'} as const
  return [{pattern: 'lock-without-owner', subject: 'landing lock', issue: null, agent: null, what, since: null, cure}]
}

function about({context: {issue, agent}}: TicketState, pattern: Pattern) {
  return {pattern, subject: `#${issue}`, issue, agent}
}

/** Findings about an agent, its ticket, or an issue; all of them without a subject. */
export function findingsAbout(
  findings: readonly Finding[],
  {agent, issue}: {agent?: AgentId | undefined; issue?: number | null | undefined},
): Finding[] {
  if (agent === undefined && issue == null) return [...findings]
  return findings.filter(
    finding => (agent !== undefined && finding.agent === agent) || (issue != null && finding.issue === issue),
  )
}
