import type {DiffText} from '../../model/data/diff.ts'
import type {CheckRow, Discussion} from '../../model/data/discussion.ts'
import type {StoredEvent} from '../../model/data/event.ts'
import type {OwnerLife} from '../../model/data/lease.ts'
import type {Silence} from '../../model/hub/supervisor.ts'
import type {GateRow} from '../../model/landing/gate/rows.ts'
import type {Places} from '../../model/radar/hunks.ts'
import type {PullRow} from './state.ts'

/** What the merge gate said last of the ticket's pull request, rule by rule; empty: it was not asked. */
type GateAnswered = {gate: readonly GateRow[]}

export type IssueDetail = Discussion & GateAnswered

export type PullDetail = Discussion &
  GateAnswered & {
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
  /** Whether this daemon holds the claim. */
  ours: boolean
  /** Whether its owner is alive, by this daemon's own clock. */
  life: OwnerLife
  /** How long the hub has had no word of its owner, which changes nothing of the claim; null: it has, or does not know. */
  silence: Silence | null
  claimedAt: number
  fence: number
}

export type WhyAnswer = GateAnswered & {
  subject: string
  /** Of the issue or pull request; null: the subject is an agent. */
  title: string | null
  facts: readonly {at: number | null; text: string}[]
}

/** Methods that read details on demand. */
export type ReadApi = {
  issue: {params: {number: number}; result: IssueDetail}
  pull: {params: {number: number}; result: PullDetail}
  diff: {params: {ticket: number}; result: DiffText}
  /** The places in which two sides of a conflict differ; `other`: null is main. */
  hunks: {params: {one: string; other: string | null}; result: Places}
  claims: {params: Record<string, never>; result: ClaimRow[]}
  events: {params: {limit: number}; result: StoredEvent[]}
  why: {params: {subject: string}; result: WhyAnswer}
}
