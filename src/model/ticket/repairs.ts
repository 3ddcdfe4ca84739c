import {count} from '../../base/words.ts'
import {describeRepair, type Repair} from '../data/assignment.ts'
import type {TicketContext} from './context.ts'
import type {TicketEvent} from './events.ts'

/** Commits that the server does not take go back to their agent this often before a person is asked. */
const MAX_RULE_REPAIRS = 2

type Refused = {context: TicketContext; event: Extract<TicketEvent, {type: 'mergeRefused' | 'pushRefused'}>}

/** Conflicts that repairs are made for beside `max_repairs`: others that landed caused them, not the work. */
const FREE_CONFLICTS = 5

function repairsLeft({repairs, conflicts, reviews, maxRepairs}: TicketContext): boolean {
  return repairs - Math.min(conflicts, FREE_CONFLICTS) - reviews < maxRepairs
}

/** Whether a conflict goes back to its agent however often other repairs were made. With `max_repairs` 0 nothing does. */
function isFreeConflict({conflicts, maxRepairs}: TicketContext, event: TicketEvent): boolean {
  return conflictPaths(event) !== null && conflicts < FREE_CONFLICTS && maxRepairs > 0
}

/** Whether the agent can mend what the server does not take, and has not tried too often. */
export function canMend({context, event}: Refused): boolean {
  return event.says === 'agent' && context.ruleRepairs < MAX_RULE_REPAIRS && repairsLeft(context)
}

/** Where the work conflicts that is to be repaired; null: it is to be repaired for something else, or not at all. */
export function conflictPaths(event: TicketEvent): readonly string[] | null {
  const repair = event.type === 'sentBack' ? event.repair : repairOf(event)
  return repair?.kind === 'conflict' ? repair.paths : null
}

function repairOf(event: TicketEvent): Repair | null {
  return event.type === 'pullSeen' && event.answer.verdict === 'repair' ? event.answer.repair : null
}

/** Work that turned bundles red goes back to its agent this often before a person is asked. */
const MAX_CULPRIT = 2

/** Whether the work may go back to its agent for what a train found, or the gate. */
export function mayRepair(context: TicketContext, event: TicketEvent): boolean {
  if (!context.repairsConflicts && conflictPaths(event) !== null) return false
  const isCulprit = event.type === 'sentBack' && event.culprit
  return (repairsLeft(context) || isFreeConflict(context, event)) && (!isCulprit || context.culprit < MAX_CULPRIT)
}

/** The reason of work that does not go back to its agent any more. */
export function repairedOften({reason, repairs}: TicketContext): string {
  return repairs === 0 ? `${reason}` : `${reason}, after ${count(repairs, 'repair')}`
}

/** The work goes back to its agent with what a train found. */
export function sendingBack(
  context: TicketContext,
  event: Extract<TicketEvent, {type: 'sentBack'}>,
): Partial<TicketContext> {
  const {repair, culprit} = event
  const isLast = !mayRepair(context, event)
  const {repairs, ...sent} = sentBack(context, repair)
  return {
    ...sent,
    repairs: isLast ? context.repairs : repairs,
    culprit: context.culprit + (culprit && !isLast ? 1 : 0),
  }
}

/** The work leaves its bundle and boards a later one. */
export function putBack(
  {setBacks}: TicketContext,
  {reason, at}: Extract<TicketEvent, {type: 'putBack'}>,
): Partial<TicketContext> {
  return {bundle: null, reason, setBacks: setBacks + 1, putBackAt: at}
}

/** The work goes back to its agent with the server's own words. */
export function mending({context, event}: Refused): Partial<TicketContext> {
  const repair = {kind: 'refused', said: 'said' in event ? event.said : event.reason} as const
  return {...sentBack(context, repair), ruleRepairs: context.ruleRepairs + 1}
}

/** The work goes back to its agent with what the gate found. */
export function repairing(context: TicketContext, event: TicketEvent): Partial<TicketContext> {
  const repair = event.type === 'pullSeen' ? event.answer.repair : null
  return repair ? sentBack(context, repair) : {}
}

/** The work goes back to its agent with what reviewers said; a person's word does not use up the repairs. */
export function reviewed(context: TicketContext, event: TicketEvent): Partial<TicketContext> {
  if (event.type !== 'reviewed') return {}
  return {
    ...sentBack(context, {kind: 'review', said: event.said}),
    reviews: context.reviews + 1,
    front: false,
    headMoves: 0,
    paused: false,
  }
}

/** A ticket that waits for an agent gets the words too, beside those that it has; another repair comes first. */
export function alsoReviewed(context: TicketContext, event: TicketEvent): Partial<TicketContext> {
  const {assignment} = context
  if (event.type !== 'reviewed' || assignment.kind !== 'repair') return {}
  const {repair} = assignment
  if (repair.kind !== 'review' && repair.kind !== 'resume') return {}
  const before = repair.kind === 'review' ? repair.said : []
  return {assignment: {kind: 'repair', repair: {kind: 'review', said: [...before, ...event.said]}}}
}

function sentBack(context: TicketContext, repair: Repair) {
  return {
    assignment: {kind: 'repair', repair},
    reason: describeRepair(repair),
    repairs: context.repairs + 1,
    conflicts: context.conflicts + (repair.kind === 'conflict' ? 1 : 0),
    conflictsIn: repair.kind === 'conflict' ? repair.paths : context.conflictsIn,
    nudges: 0,
    failedVerifies: 0,
    attempts: 0,
    starts: [],
    checks: null,
    bundle: null,
  } satisfies Partial<TicketContext>
}

/** What is known of a ticket once its pull request is open. A person's own push is its head from then on. */
export function opened({head}: TicketContext, event: Extract<TicketEvent, {type: 'opened'}>): Partial<TicketContext> {
  return {pull: event.pull, head: event.head ?? head, draft: 'no'}
}
