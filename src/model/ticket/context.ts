import type {Assignment} from '../data/assignment.ts'
import type {Config} from '../data/config.ts'
import type {AgentId} from '../data/ids.ts'
import {type LandTerms, NO_TERMS} from '../data/landing/terms.ts'
import type {ThinkLevel} from '../data/think-level.ts'
import {NO_USAGE, type Usage} from '../data/usage.ts'
import {type MailTurns, NO_MAIL_TURNS} from '../hub/mail-turns.ts'
import type {GateLine} from '../landing/gate/answer.ts'

/** How many of a head's checks have ended. */
export type ChecksDone = {done: number; total: number}

/** What is known of a ticket beside its state. */
export type TicketContext = {
  issue: number
  title: string
  /** The slot that works on it now, or worked on it last. */
  agent: AgentId
  branch: string
  session: string
  base: string | null
  worktree: string | null
  /** Last pushed commit. */
  head: string | null
  pull: number | null
  mergeCommit: string | null
  /** Starts of its agent since the ticket was last sent back: after the first there is a conversation to resume. */
  attempts: number
  /** The recent starts, which may quarantine it; epoch milliseconds, oldest first. */
  starts: readonly number[]
  repairs: number
  /** How many of the repairs were made because others landed first. */
  conflicts: number
  /** How many of the repairs were made for what a person said. */
  reviews: number
  /** Paths in which it conflicted with main when it was sent back for that last. */
  conflictsIn: readonly string[]
  maxRepairs: number
  /** Conflicts go back to its agent, and not at once to a person. */
  repairsConflicts: boolean
  nudges: number
  /** A new worktree is set up by the commands of `agents.setup` and the files of `worktree.copy`. */
  setsUp: boolean
  /** Work is verified by the commands of `agents.verify` before it is bottled. */
  verifies: boolean
  /** Times that work went back to the agent because a command of `agents.verify` failed. */
  failedVerifies: number
  /** What its agent said last in its turn; null: nothing is known of it. */
  lastSaid: string | null
  /** Times in a row that the agent's work moved on before it was verified or pushed. */
  headMoves: number
  /** How its agent's program ended last; null: it did not, or that is not known. */
  lastEnd: string | null
  /** The agent's process is alive. */
  alive: boolean
  /** Refusals of the merge in a row for this head. */
  refusals: number
  /** Times that work went back to the agent because the server did not take its commits. */
  ruleRepairs: number
  /** A person wants it in GitHub's merge queue again, which gave it up. */
  requeue: boolean
  /** Since when other daemons held the landing lock at each try, epoch milliseconds; null: it was free last. */
  busySince: number | null
  /** Times that the clean-up after the merge failed. */
  finishes: number
  /** The task of the agent's next turn. */
  assignment: Assignment
  /** It boarded a train, so after a repair it lands without being asked again. */
  boarded: boolean
  /** Branch of the bundle that it is aboard of. */
  bundle: string | null
  /** Pull request that brought it to main; null: its own. */
  landedBy: number | null
  /** Times that it turned a bundle red. */
  culprit: number
  /** Trains that left without it, which puts it further back, up to a bound. */
  setBacks: number
  /** When a train put it back last, epoch milliseconds; 0: none did. */
  putBackAt: number
  /** Why it lands by its own pull request and not in a bundle; null: it may board. */
  alone: string | null
  /** On what terms a person lands it. */
  terms: LandTerms
  /**
   * Whether GitHub's auto-merge has it. `asked`: the request is under way; `refused`: it lands by itself. `may`: the gate
   * said last that all it waits for is GitHub's to wait for.
   */
  autoMerge: {is: 'off' | 'asked' | 'on' | 'refused'; may: boolean}
  /**
   * Its pull request is a draft, in which a person resolves what the agent could not. `seen`: GitHub showed it as one, so
   * that it counts when a person marks it ready.
   */
  draft: 'no' | 'made' | 'seen'
  /** Why it is blocked, in repair or put off. */
  reason: string | null
  /** Its process died; the agent starts again once the timer has run out. */
  paused?: boolean
  /** How hard a person wants its agent to think. */
  think?: ThinkLevel | undefined
  checks: ChecksDone | null
  /** Why it was claimed before others; null: a person chose it. */
  taken: string | null
  /** When the daemon began to wait for the checks of this head, epoch milliseconds. */
  awaitedSince: number
  /** Main moved since its checks began, so it is brought up to date before it merges. */
  behind: boolean
  /** It was brought up to date and merges next: no other ticket moves main before it. */
  front: boolean
  /** What the gate said last of this head, rule by rule; empty: it was not asked. */
  gate: readonly GateLine[]
  /** What its agents used in all. */
  usage: Usage
  /** Its cost when its present budget began, dollars. */
  budgetFrom: number
  /** How many turns words of other sessions began since a person wrote. */
  mailTurns: MailTurns
  /** Epoch milliseconds of the last change of state. */
  since: number
  /** When it entered the phase that the screen shows, epoch milliseconds; a restart keeps it. */
  shownSince: number
  /** Grows with every change of state; a timer of an older epoch means nothing. */
  epoch: number
}

/** What a ticket keeps of the configuration; a changed one gives it to all tickets. */
export function ticketRules({integration, bundling, agents, worktree}: Config) {
  return {
    maxRepairs: integration.max_repairs,
    repairsConflicts: bundling.conflict_strategy !== 'person',
    setsUp: agents.setup.length > 0 || worktree.copy.length > 0,
    verifies: agents.verify.length > 0,
  }
}

/** What is known of every ticket from its beginning. */
type Basics = Pick<TicketContext, 'issue' | 'title' | 'agent' | 'branch' | 'since'>

/** Makes a ticket's context; fields that are not given have the values of a ticket without any work yet. */
export function newContext(config: Config, known: Basics & Partial<TicketContext>): TicketContext {
  return {
    session: '',
    base: null,
    worktree: null,
    head: null,
    pull: null,
    mergeCommit: null,
    attempts: 0,
    starts: [],
    repairs: 0,
    conflicts: 0,
    reviews: 0,
    conflictsIn: [],
    ...ticketRules(config),
    nudges: 0,
    failedVerifies: 0,
    headMoves: 0,
    alive: false,
    lastEnd: null,
    lastSaid: null,
    refusals: 0,
    ruleRepairs: 0,
    requeue: false,
    busySince: null,
    finishes: 0,
    assignment: {kind: 'first'},
    boarded: false,
    bundle: null,
    landedBy: null,
    culprit: 0,
    setBacks: 0,
    putBackAt: 0,
    alone: null,
    terms: NO_TERMS,
    draft: 'no',
    autoMerge: {is: 'off', may: false},
    reason: null,
    checks: null,
    taken: null,
    awaitedSince: known.since,
    shownSince: known.since,
    behind: false,
    front: false,
    gate: [],
    usage: NO_USAGE,
    budgetFrom: 0,
    mailTurns: NO_MAIL_TURNS,
    epoch: 0,
    ...known,
  }
}
