import {count} from '../../base/words.ts'
import {type Assignment, describeFailure, RESUME} from '../data/assignment.ts'
import {MAX_STARTS, STARTS_WINDOW_MS} from './back-off.ts'
import type {TicketContext} from './context.ts'
import type {TicketEvent} from './events.ts'

/** An agent whose turn ends without a clean commit is prompted again this often before a person is asked. */
export const MAX_NUDGES = 2

type Args<Type extends TicketEvent['type']> = {context: TicketContext; event: Extract<TicketEvent, {type: Type}>}

/** The reason of a ticket whose agent's last turn left nothing to bottle. */
export function notDone({context, event}: Args<'inspected'>): string {
  const {dirty, loosePointers} = event.work
  if (isOnlyLoose(event)) {
    return loosePointers
      .map(({path, problem}) => `${path} is a pointer that other clones could not follow: ${problem}`)
      .join('; ')
  }
  if (!context.alive) return startedOften({context})
  const left =
    dirty.length > 0
      ? `the agent left ${count(dirty.length, 'uncommitted file')} after ${MAX_NUDGES} reminders`
      : `the agent made no commit after ${MAX_NUDGES} reminders`
  return [left, saidWords(context.lastSaid)].filter(Boolean).join('; ')
}

/** What an agent said last, for a person: a question may wait for an answer. */
export function saidWords(said: string | null): string {
  if (said === null || said === '') return ''
  return `${isQuestion(said) ? 'it asks' : 'it said last'}: ${said}`
}

/** Whether words end in a question. */
export function isQuestion(said: string): boolean {
  return /[?\uff1f\u061f][\s)\]"'*_\u201d\u2019»]*$/u.test(said)
}

/** The next task of an agent whose turn left nothing to bottle; one whose process ended resumes, unless more is known. */
export function unfinished({context, event}: Args<'inspected'>): Assignment {
  const {dirty, loosePointers} = event.work
  if (isOnlyLoose(event)) return {kind: 'repair', repair: {kind: 'pointers', pointers: loosePointers}}
  if (!context.alive) return RESUME
  return {kind: 'unfinished', missing: dirty.length > 0 ? 'clean-tree' : 'commit', dirty}
}

/** Whether all is committed, and only what the commits point to is missing. */
function isOnlyLoose({work}: Args<'inspected'>['event']): boolean {
  return work.commits.length > 0 && work.dirty.length === 0 && work.loosePointers.length > 0
}

/** The reason of a ticket whose agent dies again and again. */
export function startedOften({context}: {context: Pick<TicketContext, 'lastEnd'>}): string {
  const minutes = STARTS_WINDOW_MS / 60_000
  const often = `its agent was started ${MAX_STARTS} times within ${minutes} minutes and ended each time before the work was done`
  return context.lastEnd === null ? often : `${often}; it ended last ${context.lastEnd}`
}

/** Sends work back to its agent: as the next prompt if the agent is alive, else at its next start. */
export function unverified({context, event}: Args<'verified'>): Partial<TicketContext> {
  const {failure} = event
  if (!failure) return {}
  return {
    failedVerifies: context.failedVerifies + 1,
    reason: describeFailure(failure),
    assignment: context.alive
      ? {kind: 'unfinished', missing: 'verify', failure}
      : {kind: 'repair', repair: {kind: 'verify', failure}},
  }
}

/** The reason of a ticket whose work did not pass `agents.verify`. */
export function notVerified({context, event}: Args<'verified'>): string | null {
  const tries = context.failedVerifies
  const after = tries === 0 ? '' : `, after ${count(tries, 'try', 'tries')} to repair it`
  return event.failure && `${describeFailure(event.failure)}${after}`
}

/** The reason of a ticket that has landed and is not cleaned up. */
export function uncleaned({finishes}: TicketContext, reason: string): string {
  return `it has landed, but its clean-up failed ${finishes} times: ${reason}`
}
