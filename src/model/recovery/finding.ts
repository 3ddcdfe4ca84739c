import type {State} from '../core/state.ts'
import type {Treatment} from '../core/treatment.ts'
import type {AgentId} from '../data/ids.ts'
import type {LeftBehind, PaneInfo} from '../data/pane.ts'
import type {Orphan} from '../data/recovery/orphan.ts'
import type {TicketState} from '../ticket/ticket.ts'

/** Ways in which GitHub, git, the host and the tickets may contradict each other. */
export const PATTERNS = [
  'label-without-claim',
  'claim-without-label',
  'claim-without-owner',
  'claim-unreadable',
  'branch-without-claim',
  'worktree-without-claim',
  'second-branch',
  'working-without-commits',
  'working-without-process',
  'nothing-under-way',
  'landed-not-freed',
  'closed-while-claimed',
  'slot-held',
  'pane-without-ticket',
  'left-behind',
  'lock-without-owner',
  'landing-halted',
] as const
export type Pattern = (typeof PATTERNS)[number]

/** How a contradiction goes away. */
type Cure =
  /** `safe`: reconcile does it without being asked. */
  | {by: 'command'; treatment: Treatment; will: string; safe: boolean; next: string}
  /** It goes away by itself. */
  | {by: 'itself'; will: string}
  | {by: 'person'; next: string}

/** A contradiction that was found. */
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

/** Processes that were left behind in a worktree. */
export type Left = {issue: number | null; worktree: string; processes: readonly LeftBehind[]}

/**
 * What a diagnosis has read. A source that is null was not read, and yields no finding. Issues, tickets, claims of
 * others and open pull requests come from the state.
 */
export type Found = {
  state: State
  at: number
  /** Owners whose lease was seen to run out. */
  dead: ReadonlySet<string>
  /** Orphans of held issues are among them. */
  orphans: readonly Orphan[] | null
  panes: readonly PaneInfo[] | null
  /** Worktrees without an agent's process, and what was left in them; a worktree in which nothing runs is not named. */
  left: readonly Left[]
  /** Owner of the landing lock; null: it is free, or was not read. */
  landing: string | null
  /** Issues of this daemon's tickets that GitHub was asked about and that are closed. */
  closed: ReadonlySet<number>
  /** Pull requests of blocked tickets that GitHub was asked about and that are merged. */
  merged: ReadonlySet<number>
  /**
   * When the work of tickets that have been at work for long changed last, in epoch milliseconds; null: it has neither a
   * commit nor a changed file. A ticket that is not named was not looked at.
   */
  lastChanges: ReadonlyMap<number, number | null>
  /** Tickets for which an effect or a timer is under way; null: not known. */
  underWay: ReadonlySet<number> | null
}

/** Whether a ticket of this daemon or another daemon's claim holds the issue. */
export function isHeld({tickets, foreign}: State, issue: number): boolean {
  const value = tickets[issue]?.value
  return foreign[issue] !== undefined || (value !== undefined && value !== 'merged')
}

/** What every finding about a ticket says of it. */
export function about({context: {issue, agent}}: TicketState, pattern: Pattern) {
  return {pattern, subject: `#${issue}`, issue, agent}
}

/** What was found about an agent, its ticket, or an issue; all of it without a subject. */
export function findingsAbout<F extends Pick<Finding, 'agent' | 'issue'>>(
  findings: readonly F[],
  {agent, issue}: {agent?: AgentId | undefined; issue?: number | null | undefined},
): F[] {
  if (agent === undefined && issue == null) return [...findings]
  return findings.filter(
    finding => (agent !== undefined && finding.agent === agent) || (issue != null && finding.issue === issue),
  )
}
