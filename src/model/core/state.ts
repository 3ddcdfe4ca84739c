import {type AgentState, newAgent} from '../agent/agent.ts'
import type {Candidate} from '../data/candidate.ts'
import type {Claim} from '../data/claim.ts'
import type {Config} from '../data/config.ts'
import type {Effect} from '../data/effects.ts'
import {type AgentId, agentId} from '../data/ids.ts'
import type {Issue} from '../data/issue.ts'
import {type ClaimTally, NO_CLAIMS} from '../data/load-balance.ts'
import type {Terrain} from '../data/main-files.ts'
import type {Message} from '../data/message.ts'
import type {Pop} from '../data/pop.ts'
import type {Pull} from '../data/pull.ts'
import type {Written} from '../data/show.ts'
import type {Spending} from '../data/usage.ts'
import type {WaitingMail} from '../hub/turn-mail.ts'
import {type HaltState, NO_HALT} from '../landing/halt.ts'
import {type TrainState, WAITING_TRAIN} from '../landing/train/machine.ts'
import type {TrainPause} from '../landing/train/pause.ts'
import type {ConflictSide, SeenConflict} from '../radar/conflict.ts'
import type {TicketState} from '../ticket/ticket.ts'
import type {Mode, PaneFact} from './facts.ts'
import type {Retry} from './retry.ts'

/** Everything that the decisions know: plain data that a restart rebuilds from GitHub, git and the host. */
export type State = {
  readonly config: Config
  readonly mode: Mode
  /** The mode outside of a pass. */
  readonly usualMode: Mode
  readonly agents: Readonly<Record<AgentId, AgentState>>
  /** What slots whose start is under way were told of processes; it counts if the process turns out to be the started one. */
  readonly early: Readonly<Record<AgentId, readonly PaneFact[]>>
  /** Tickets that this daemon holds, by issue. */
  readonly tickets: Readonly<Record<number, TicketState>>
  readonly issues: readonly Issue[]
  readonly queue: readonly Candidate[]
  readonly pulls: readonly Pull[]
  readonly main: string | null
  /** Claims of other daemons, by issue. */
  readonly foreign: Readonly<Record<number, Claim>>
  /** Claims whose owner is gone and that are being adopted: the commit of each, by issue. */
  readonly adopting: Readonly<Record<number, string>>
  /** Claims that failed a moment ago are left alone until then (epoch milliseconds). */
  readonly refused: Readonly<Record<number, {reason: string; until: number}>>
  /** Tickets that people asked for and that are not claimed yet. */
  readonly asked: readonly Pop[]
  /** Messages that wait for the end of the turn of a ticket's agent. */
  readonly messages: Readonly<Record<number, readonly Message[]>>
  /** Mail of the hub that is worth a turn of a ticket's agent. */
  readonly mail: Readonly<Record<number, readonly WaitingMail[]>>
  /** What was last written to GitHub, by issue. */
  readonly written: Readonly<Record<number, Written>>
  /** Contradictions that the last look showed, and whether they were treated. */
  readonly symptoms: Readonly<Record<string, 'seen' | 'treated'>>
  /** What fails for a passing reason now, by lane of effects. */
  readonly retries: Readonly<Record<string, Retry>>
  readonly spending: Spending
  /** How many tickets each agent claimed, for a fair share. */
  readonly tally: ClaimTally
  /** Main's files and what landed there, for predictions; null: not looked at yet. */
  readonly terrain: Terrain | null
  /** Paths that tickets at work have changed, as git last reported. */
  readonly changes: Readonly<Record<number, readonly string[]>>
  /** Everything whose work may land, and what of it does not merge. */
  readonly radar: {
    readonly sides: readonly ConflictSide[]
    readonly conflicts: readonly SeenConflict[]
    /** When an earlier run of the daemon saw conflicts first, by their keys: they count as the same until this time. */
    readonly earlier: {readonly since: Readonly<Record<string, number>>; readonly until: number}
  }
  /** The bundle that is under way, and what is known of trains before it. */
  readonly train: {
    readonly now: TrainState
    readonly paused: TrainPause | null
    /** Pauses because of the forge in a row. */
    readonly forgePauses: number
    /** When trials were pushed since the last landing, epoch milliseconds. */
    readonly trials: readonly number[]
    /** How often each check was red and then green on the same work. */
    readonly flakes: Readonly<Record<string, number>>
    /** Who stayed behind at the last departure, and why. */
    readonly stayed: readonly {readonly ticket: number; readonly why: string}[]
    /** Tickets that a person took off the train that leaves next. */
    readonly takenOff: readonly number[]
  }
  /** Why nothing lands. */
  readonly halt: HaltState
  /** Why no agent of the chosen profile can start on this machine; null: nothing is known to be missing. */
  readonly profileFault: string | null
  /** Bytes that the worktrees use, as last measured; null: not measured. */
  readonly disk: number | null
}

export type Decision = {state: State; effects: readonly Effect[]}

/** `spending`, `tally`: what is known of them from before. */
export function newState(options: {
  config: Config
  mode: Mode
  at: number
  spending?: Partial<Spending>
  tally?: ClaimTally
}): State {
  return {
    config: options.config,
    mode: options.mode,
    usualMode: options.mode,
    agents: Object.fromEntries(slotsOf(options.config).map(id => [id, newAgent(id, options.at)])),
    early: {},
    tickets: {},
    issues: [],
    queue: [],
    pulls: [],
    main: null,
    foreign: {},
    adopting: {},
    refused: {},
    asked: [],
    messages: {},
    mail: {},
    written: {},
    symptoms: {},
    retries: {},
    spending: {zoneMinutes: 0, day: '', costUsd: 0, unwritten: {}, fills: {}, ...options.spending},
    tally: options.tally ?? NO_CLAIMS,
    terrain: null,
    changes: {},
    radar: {sides: [], conflicts: [], earlier: {since: {}, until: 0}},
    train: {now: WAITING_TRAIN, paused: null, forgePauses: 0, trials: [], flakes: {}, stayed: [], takenOff: []},
    halt: NO_HALT,
    profileFault: null,
    disk: null,
  }
}

/** The slots that a configuration wants, lowest first. */
export function slotsOf({routing}: Config): AgentId[] {
  return Array.from({length: routing.max_agents}, (_, index) => agentId(index + 1))
}
