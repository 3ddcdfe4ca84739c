import type {Effect} from '../../model/data/effects.ts'
import type {AgentId} from '../../model/data/ids.ts'
import type {LandTerms} from '../../model/data/landing/terms.ts'
import type {Journey} from '../../model/decide/journey.ts'
import type {ShownTrain} from '../../model/decide/train/shown.ts'
import type {Meant, SlotMeant} from '../../model/hub/meant.ts'
import type {GateRow} from '../../model/landing/gate/rows.ts'
import type {Halt} from '../../model/landing/halt.ts'
import type {Choice} from '../../model/landing/train/choices.ts'

/** What the merge gate said last of a ticket's pull request, rule by rule. */
export type TicketGate = {ticket: number; title: string; pull: number; gate: readonly GateRow[]}

/** What landing would do now: the tickets that board, those that are put off, and the steps. */
export type LandPlan = {
  board: readonly {
    ticket: number
    claim: string | null
    title: string
    agent: AgentId
    branch: string
    commits: number
    added: number
    removed: number
    pull: number | null
    /** Why it lands by its own pull request; null: it boards the bundle. */
    alone: string | null
  }[]
  train: ShownTrain
  putOff: readonly {ticket: number; title: string; reason: string}[]
  /** Every ticket that may be put on the train or taken off it, in an order that does not depend on what is chosen. */
  choices: readonly (Choice & {title: string})[]
  /** What waits for a person, and is looked at again at once. */
  again: readonly {ticket: number; claim: string | null; title: string; reason: string}[]
  steps: readonly string[]
  /** Every ticket whose pull request the merge gate was asked about, with its answer. */
  gates: readonly TicketGate[]
  /** Why nothing lands until a person lifts the halt; null: landing is not halted. */
  halt: Halt | null
}

/** How a ticket came to main, as far as this daemon saw it. */
export type LandingReport = Omit<Journey, 'checks'> & {
  /** null: it has no trace. */
  traceId: string | null
  /** What was done for it, in order, with the milliseconds that it took; steps of a bundle are those of each aboard. */
  steps: readonly {name: Effect['name']; at: number; ms: number}[]
  /** Requests to GitHub since it was bottled, for whatever; null: not known. */
  apiCalls: number | null
  /** Checks that reported on its commits, or on those of its bundle. */
  ciRuns: number
}

/** Methods that bring finished work to main. */
export type LandingApi = {
  /** Checks an agent's finished work and queues it for landing. `meant`: this one of it and no other. */
  bottle: {params: {agent: AgentId; meant?: SlotMeant}; result: {ticket: number; head: string; commits: number}}
  /**
   * `tickets`: only those are to land; the others are put off. Without it, all that may. `look`: what halts landing is read
   * from the remote first. Throws `strategy-refused` when the repository does not admit what the terms ask for.
   */
  landPlan: {params: {tickets?: number[]; terms?: LandTerms; look?: boolean}; result: LandPlan}
  /**
   * Starts to land what is bottled; its progress shows in the state. `tickets`: only those, as they were shown; `lift`: the
   * halt that a person was shown and lifts with it; `terms`: what it asks of this landing. Throws `not-bottled`,
   * `strategy-refused`, `people-merge`, `landing-halted`, or `halt-moved` when landing is halted for another reason too by now.
   */
  land: {params: {tickets?: Meant[]; lift?: Halt; terms?: LandTerms}; result: {landing: number[]; notes: string[]}}
  /** What this daemon remembers of how these tickets came to main; others are left out. */
  landingReport: {params: {tickets: number[]}; result: LandingReport[]}
  /** Halts landing for every daemon of the repository until a person lifts the halt. `reason`: for the others; may be empty. */
  pauseLanding: {params: {reason: string}; result: {halt: Halt | null}}
}
