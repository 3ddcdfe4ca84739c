import type {Asks} from '../../model/agent/asks.ts'
import type {AgentPhase} from '../../model/agent/states.ts'
import type {Gate} from '../../model/data/candidate.ts'
import type {Review} from '../../model/data/discussion.ts'
import type {StoredEvent} from '../../model/data/event.ts'
import type {AgentId} from '../../model/data/ids.ts'
import type {ShownTrain} from '../../model/decide/train/shown.ts'
import type {ApiBudget} from '../../model/gateways/github.ts'
import type {ConflictSide, SeenConflict} from '../../model/radar/conflict.ts'
import type {HeldPhase} from '../../model/ticket/states.ts'
import type {HubState} from './hub.ts'

/** An agent's slot as the screen and the commands show it. */
export type AgentRow = {
  agent: AgentId
  state: AgentPhase
  /** What the agent does, in one or two words: `Edit`, `asks`, `starting`. */
  activity: string
  /** What it does that to, on one line: `src/a.ts`, or `Bash npm install` when it asks; may be empty. */
  doing: string
  /** The request that it waits for an answer to; null: none that can be answered from here. */
  asks: Asks | null
  /** When it entered this state, in epoch milliseconds. */
  since: number
  ticket: number | null
  /** Its claim, which tells it from an earlier or later one of the same issue; null: it has none yet. */
  claim: string | null
  title: string | null
  /** Dollars spent on the ticket so far; null: unknown. */
  ticketCost: number | null
  /** The pane with its terminal; null: none. */
  pane: string | null
  /** The last five messages to it about its ticket, oldest first. */
  said: readonly {from: string; text: string; at: number}[]
}

/** A ticket's phase; `ready` means that the issue has no claim. */
export type TicketPhase = 'ready' | HeldPhase

export type TicketRow = {
  number: number
  title: string
  phase: TicketPhase
  /** One word on the step within the phase: `checks`, `merging`, `repair`. */
  detail: string | null
  priority: 'unblocker' | 'merge' | 'high' | 'medium' | 'low' | 'none'
  agent: AgentId | null
  /** This daemon's claim, as in the row of an agent. */
  claim: string | null
  /** The claim's owner if it is another daemon. */
  foreignOwner: string | null
  /** Why it cannot be routed: `human-only`, `waits for #127`, `not approved`; null when it can. */
  gate: Gate | null
  /** Why the ticket needs a person now; null: it does not. */
  attention: string | null
  /** What the person does about it. */
  next: string | null
  branch: string | null
  pull: number | null
  createdAt: number
  since: number
}

export type PullRow = {
  number: number
  title: string
  ticket: number | null
  state: 'open' | 'merged' | 'closed'
  checks: {state: 'none' | 'pending' | 'passed' | 'failed' | 'unknown'; done: number; total: number}
  mergeable: 'clean' | 'conflict' | 'unknown'
  review: Review
  draft: boolean
  landing: boolean
  /** Why its ticket needs a person now; null: it does not. */
  attention: string | null
  since: number
}

export type HeaderState = {
  repository: string
  root: string
  main: string | null
  /** When the next train leaves, in epoch milliseconds; null: no schedule. */
  nextTrain: number | null
  /** Bottled tickets that wait for it. */
  aboard: number
  train: ShownTrain
  api: ApiBudget | null
  /** Dollars spent today; null: unknown. */
  costToday: number | null
  routing: 'auto' | 'by hand' | 'off'
  /** Issues with this label are ready for agents. */
  routingLabel: string
  readOnly: boolean
  /** Why nothing lands, and how landing continues; null: landing is not halted. */
  halted: string | null
  /** Current troubles with GitHub, git and other outside services, newest first: `GitHub answers 503 since 09:41`. */
  troubles: readonly string[]
}

/** What the daemon shows of its state. A slice that changes is sent whole. */
export type DaemonState = {
  header: HeaderState
  agents: readonly AgentRow[]
  tickets: readonly TicketRow[]
  pulls: readonly PullRow[]
  conflicts: readonly SeenConflict[]
  /** Everything whose work may land, which the conflicts are between. */
  sides: readonly ConflictSide[]
  events: readonly StoredEvent[]
  /** What sessions of all projects do with each other. */
  hub: HubState
}
