import {type AgentState, newAgent} from '../agent/agent.ts'
import type {Candidate} from '../data/candidate.ts'
import type {Claim} from '../data/claim.ts'
import type {Config} from '../data/config.ts'
import type {Effect} from '../data/effects.ts'
import {type AgentId, agentId} from '../data/ids.ts'
import type {Issue} from '../data/issue.ts'
import {type Dealt, NOTHING_DEALT} from '../data/load-balance.ts'
import type {Terrain} from '../data/main-files.ts'
import type {Message} from '../data/message.ts'
import type {Pop} from '../data/pop.ts'
import type {Pull} from '../data/pull.ts'
import type {Told} from '../data/show.ts'
import type {Spending} from '../data/usage.ts'
import type {TicketState} from '../ticket/ticket.ts'
import type {Mode} from './facts.ts'

/** Everything that the decisions know; plain data, rebuilt from GitHub, git and the host after a restart. */
export type State = {
  readonly config: Config
  readonly mode: Mode
  readonly agents: Readonly<Record<AgentId, AgentState>>
  /** Tickets in our hands, by issue. */
  readonly tickets: Readonly<Record<number, TicketState>>
  readonly issues: readonly Issue[]
  readonly queue: readonly Candidate[]
  readonly pulls: readonly Pull[]
  readonly main: string | null
  /** Claims of other daemons, by issue. */
  readonly foreign: Readonly<Record<number, Claim>>
  /** Claims of owners that are gone and are being adopted: the commit of each, by issue. */
  readonly adopting: Readonly<Record<number, string>>
  /** Claims that failed a moment ago are left alone until then (epoch milliseconds). */
  readonly refused: Readonly<Record<number, {reason: string; until: number}>>
  /** What people asked for and has not been done. */
  readonly asked: readonly Pop[]
  /** What was said to a ticket's agent and waits for the end of its turn. */
  readonly messages: Readonly<Record<number, readonly Message[]>>
  /** What GitHub was last told, by issue. */
  readonly shown: Readonly<Record<number, Told>>
  /** Contradictions that the last look showed, and whether something was done about them. */
  readonly symptoms: Readonly<Record<string, 'seen' | 'treated'>>
  readonly spending: Spending
  /** Which agents got tickets, for their fair share. */
  readonly dealt: Dealt
  /** Main's files and what landed there, for predictions; null: not looked at yet. */
  readonly terrain: Terrain | null
  /** Paths that tickets at work have changed, as git last told. */
  readonly changes: Readonly<Record<number, readonly string[]>>
}

export type Decision = {state: State; effects: readonly Effect[]}

/** `spending`, `dealt`: what is known of them from before. */
export function newState(options: {
  config: Config
  mode: Mode
  at: number
  spending?: Partial<Spending>
  dealt?: Dealt
}): State {
  const agents = Array.from({length: options.config.routing.max_agents}, (_, index) => agentId(index + 1))
  return {
    config: options.config,
    mode: options.mode,
    agents: Object.fromEntries(agents.map(id => [id, newAgent(id, options.at)])),
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
    shown: {},
    symptoms: {},
    spending: {zoneMinutes: 0, day: '', costUsd: 0, unwritten: {}, fills: {}, ...options.spending},
    dealt: options.dealt ?? NOTHING_DEALT,
    terrain: null,
    changes: {},
  }
}
