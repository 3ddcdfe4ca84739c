import type {Answer, Asks} from '../model/agent/asks.ts'
import type {AgentPhase} from '../model/agent/states.ts'
import type {RecoverAction} from '../model/core/treatment.ts'
import type {Gate} from '../model/data/candidate.ts'
import type {DiffText} from '../model/data/diff.ts'
import type {CheckRow, Discussion, Review} from '../model/data/discussion.ts'
import type {StoredEvent} from '../model/data/event.ts'
import type {AgentId} from '../model/data/ids.ts'
import type {OwnerLife} from '../model/data/lease.ts'
import type {LoadBalance} from '../model/data/load-balance.ts'
import type {Message} from '../model/data/message.ts'
import type {Strategy} from '../model/data/strategy.ts'
import type {ThinkLevel} from '../model/data/think-level.ts'
import type {TraceLevel} from '../model/data/trace-level.ts'
import type {Orphan} from '../model/gateways/git.ts'
import type {ApiBudget} from '../model/gateways/github.ts'
import type {Instance} from '../model/gateways/hub.ts'
import type {Resolution} from '../model/mirror/manual-changes.ts'
import type {Finding} from '../model/recovery/diagnosis.ts'
import type {RouteFilter, RouteRow} from '../model/routing/select.ts'
import type {HeldPhase} from '../model/ticket/states.ts'

export type {Answer, Asks} from '../model/agent/asks.ts'
export type {RecoverAction} from '../model/core/treatment.ts'
export type {DiffText} from '../model/data/diff.ts'
export type {Discussion} from '../model/data/discussion.ts'
export type {Message} from '../model/data/message.ts'
export type {Finding} from '../model/recovery/diagnosis.ts'

/** Domain state as the daemon shows it; each slice is sent whole when it changes. */
export type AgentRow = {
  agent: AgentId
  state: AgentPhase
  /** What it does in one or two words: `Edit`, `asks`, `starting`. */
  activity: string
  /** What of, on one line, may be empty: `src/a.ts`, or `Bash npm install` of an agent that asks. */
  doing: string
  /** What it waits to be allowed or told; null: nothing that can be answered from here. */
  asks: Asks | null
  /** Epoch milliseconds since when it is in this state. */
  since: number
  ticket: number | null
  title: string | null
  /** Dollars spent on the ticket, null: unknown. */
  cost: number | null
  /** Where its terminal lives; null: none. */
  pane: string | null
  /** What was said to it about its ticket, oldest first, the last five. */
  said: readonly {from: string; text: string; at: number}[]
}

/** `ready`: the issue has no claim. */
export type TicketPhase = 'ready' | HeldPhase

export type TicketRow = {
  number: number
  title: string
  phase: TicketPhase
  /** One word beside the phase: `checks`, `merging`, `repair`. */
  detail: string | null
  priority: 'unblocker' | 'merge' | 'high' | 'medium' | 'low' | 'none'
  agent: AgentId | null
  /** Owner of the claim when it is not this daemon. */
  foreignOwner: string | null
  /** Why it cannot be routed: `human-only`, `waits for #127`, `not approved`; null when it can. */
  gate: Gate | null
  /** Needs a person now. */
  attention: string | null
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
  since: number
}

export type HeaderState = {
  repository: string
  root: string
  main: string | null
  /** Epoch milliseconds of the next departure; null: no schedule. */
  nextTrain: number | null
  aboard: number
  api: ApiBudget | null
  /** Dollars today; null: unknown. */
  costToday: number | null
  routing: 'auto' | 'by hand' | 'off'
  readOnly: boolean
  /** What is wrong with the outside now, newest first: `GitHub answers 503 since 09:41`. */
  troubles: readonly string[]
}

export type DaemonState = {
  header: HeaderState
  agents: readonly AgentRow[]
  tickets: readonly TicketRow[]
  pulls: readonly PullRow[]
  conflicts: readonly {ticket: number; branch: string; paths: readonly string[]; since: number}[]
  events: readonly StoredEvent[]
}

export type LandPlan = {
  board: readonly {
    ticket: number
    title: string
    agent: AgentId
    branch: string
    commits: number
    added: number
    removed: number
    pull: number | null
  }[]
  putOff: readonly {ticket: number; title: string; reason: string}[]
  steps: readonly string[]
}

export type PullDetail = Discussion & {
  head: {branch: string; sha: string}
  base: string
  mergeable: PullRow['mergeable']
  review: PullRow['review']
  checks: readonly CheckRow[]
}

export type ClaimRow = {
  issue: number
  title: string
  phase: string
  agent: string
  branch: string
  owner: string
  host: string
  /** Whether this daemon holds it. */
  ours: boolean
  /** How its owner stands, as this daemon saw by its own clock. */
  life: OwnerLife
  claimedAt: number
  fence: number
}

/** `tokens` of the newest request's prompt, of the `window`'s; null: nothing was told yet. */
export type ContextState = {
  agent: AgentId
  ticket: number
  fill: {model: string; tokens: number; window: number; at: number} | null
}

/** What a decision took: milliseconds, and calls of GitHub's API, the look at it included where one was needed. */
export type Decided = {ms: number; calls: number}

/** What `--once` reports. */
export type PassReport = {
  merged: readonly number[]
  skipped: readonly {number: number; reason: string}[]
  needsHuman: readonly {number: number; reason: string}[]
  agents: number
  /** Commits made by agents that are in no ref; always empty, or something is very wrong. */
  lost: readonly string[]
  apiCalls: number
  durationMs: number
}

/** Which tickets are meant, and who is right; without `strategy`, as the configuration says. */
export type SyncParams = {
  /** Also issues that nobody holds. */
  all?: boolean
  agents?: AgentId[]
  tickets?: number[]
  strategy?: Strategy
}

/** A change by hand on GitHub, who is right, and what is done about it. */
export type SyncRow = Resolution & {title: string; agent: AgentId | null}

/** `saved`: the rescue ref; null: there was no worktree. */
export type ResetReport = {agent: AgentId; ticket: number; steps: string[]; saved: string | null; isReady: boolean}

export type WhyAnswer = {subject: string; facts: readonly {at: number | null; text: string}[]}

/** Methods of the daemon. */
export type DaemonApi = {
  state: {params: Record<string, never>; result: DaemonState}
  /** Starts an agent on one ticket (`issue`) or the next in order; `mine`: of those assigned to the token's user. */
  pop: {
    params: {issue?: number; mine?: boolean; think?: ThinkLevel}
    result: {ticket: number; title: string; agent: AgentId; branch: string}
  }
  /** Order of the queue with reasons; `gate`: the first of what holds an issue back. */
  peek: {
    params: {limit: number}
    result: {
      queue: {number: number; title: string; reasons: string[]; gate: string | null}[]
      decided: Decided
    }
  }
  /** Claims up to `max` tickets that the filter lets through; `order` says why each open issue was chosen or held. */
  route: {
    params: RouteFilter & {
      max?: number
      dryRun?: boolean
      think?: ThinkLevel
      /** Agents that may be at work afterwards, those that are included. */
      maxConcurrent?: number
      balance?: LoadBalance
      /** Asks GitHub anew what is open, and after each dependency that it does not list as open. */
      checkDependencies?: boolean
      trace?: TraceLevel
    }
    result: {
      claimed: {ticket: number; agent: AgentId}[]
      refused: {ticket: number; reason: string}[]
      order: RouteRow[]
      decided: Decided
    }
  }
  bottle: {params: {agent: AgentId}; result: {ticket: number; head: string; commits: number}}
  landPlan: {params: Record<string, never>; result: LandPlan}
  /** Starts landing what is bottled; progress comes as state. */
  land: {params: {tickets?: number[]}; result: {landing: number[]}}
  orphans: {params: Record<string, never>; result: Orphan[]}
  /** Does one thing with one orphan, by its kind and name as `orphans` gave them; deletes nothing. */
  recover: {
    params: {kind: Orphan['kind']; name: string; action: RecoverAction}
    result: {done: string; pull: number | null; ticket: number | null}
  }
  /** What contradicts itself, about one agent or issue or all; `unread`: what could not be looked at. */
  diagnose: {params: {agent?: AgentId; issue?: number}; result: {findings: Finding[]; unread: string[]}}
  /** Carries out the treatment of one finding, if it is still there. */
  cure: {params: Pick<Finding, 'pattern' | 'subject'>; result: {done: string}}
  /** Ends an agent, keeps its work in a rescue ref and gives its ticket back. `dryRun`: only the steps. */
  reset: {params: {agent: AgentId; dryRun?: boolean}; result: ResetReport}
  /** What could be cleaned up: worktrees and branches whose work is on main; nothing is done. */
  cleanupPlan: {
    params: Record<string, never>
    result: {what: 'worktree' | 'branch' | 'claim' | 'rescue'; name: string; reason: string}[]
  }
  issue: {params: {number: number}; result: Discussion}
  pull: {params: {number: number}; result: PullDetail}
  diff: {params: {ticket: number}; result: DiffText}
  /** `to`: an agent, or `@all`. */
  send: {params: {to: string; text: string}; result: {messages: Message[]}}
  messages: {params: {agent?: AgentId; limit: number}; result: Message[]}
  /** How full the window of an agent's conversation is. */
  context: {params: {agent: AgentId}; result: ContextState}
  /** Has an agent that waits for a prompt shorten its conversation. */
  compact: {params: {agent: AgentId}; result: ContextState}
  /** What people changed by hand on GitHub, and what `sync` would do; nothing is done. */
  mismatches: {params: SyncParams; result: SyncRow[]}
  /** Resolves it; `force`: tells GitHub everything anew, and `told` says of which tickets. */
  sync: {
    params: SyncParams & {force?: boolean}
    result: {rows: SyncRow[]; told: number[]; compared: number}
  }
  /** Has an agent that waits for a prompt forget its conversation; it is given its task anew. */
  clear: {params: {agent: AgentId}; result: ContextState}
  claims: {params: Record<string, never>; result: ClaimRow[]}
  /** Starts an agent on its blocked or stopped ticket again, or on the next one. */
  startAgent: {params: {agent: AgentId}; result: {ticket: number; title: string; agent: AgentId; branch: string}}
  /** Who works, as the hub knows it: agents of all repositories of this user. */
  who: {params: Record<string, never>; result: Instance[]}
  /** What the slot did, newest first. */
  history: {params: {agent: AgentId; limit: number}; result: StoredEvent[]}
  /** Ends an agent's process; its work is saved first. */
  stopAgent: {params: {agent: AgentId}; result: {saved: string | null}}
  /** Answers what an agent asks; without `id`, whatever it asks now. `did`: `allowed Bash: npm install`. */
  answerAgent: {params: {agent: AgentId; id?: number; answer: Answer}; result: {asks: Asks; did: string}}
  refresh: {params: Record<string, never>; result: null}
  /** One whole pass; resolves when agents ended and everything landed or needs a person. */
  pass: {params: {agents: boolean; timeoutMs: number | null}; result: PassReport}
  events: {params: {limit: number}; result: StoredEvent[]}
  why: {params: {subject: string}; result: WhyAnswer}
  shutdown: {params: Record<string, never>; result: null}
}

export type DaemonTopics = {
  /** Changed slices only. */
  state: Partial<DaemonState>
  /** Something failed that the person should see: shown as a toast. */
  notice: {level: 'info' | 'warning' | 'error'; text: string; kept?: string; next?: string}
}
