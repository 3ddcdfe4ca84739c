import type {Draft} from '../../core/draft.ts'
import type {State} from '../../core/state.ts'
import type {BundleMember} from '../../data/landing/bundle.ts'
import type {Pull} from '../../data/pull.ts'
import {gatePolicy} from '../../landing/gate/policy.ts'
import {judgeMember, type MemberReading, openOfItsBranch} from '../../landing/train/member.ts'
import {SETTLE_MS} from '../../mirror/mirror-tickets.ts'
import type {Removal} from './remove-members.ts'

export type Answers = {
  /** Against whom nothing speaks, or of whom something is not known yet. */
  stay: readonly BundleMember[]
  removed: ReadonlyMap<number, Removal>
  /** What is not known yet, so that it cannot land now. */
  waits: readonly {ticket: number; reason: string}[]
}

/** The pull request that a person opened of a ticket's branch, as the last look at GitHub saw it. */
export function openPullOf({pulls}: State, branch: string): Pull | undefined {
  return pulls.find(({head, state}) => state === 'open' && head.branch === branch)
}

/** Asks the gate about each member. One of whom nothing was read is not known. */
export function answersOf(
  {state, at}: Draft,
  members: readonly BundleMember[],
  readings: readonly MemberReading[],
): Answers {
  const policy = gatePolicy(state.config)
  const {alone_label: aloneLabel} = state.config.bundling
  const removed = new Map<number, Removal>()
  const waits: {ticket: number; reason: string}[] = []
  for (const work of members) {
    const {ticket} = work
    const reading = readings.find(found => found.ticket === ticket)
    if (!reading) {
      waits.push({ticket, reason: 'it could not be read'})
      continue
    }
    const written = state.written[ticket]
    const mayBeOurBlock = written?.at == null || at - written.at < SETTLE_MS
    const answer = judgeMember(reading, {work, mayBeOurBlock, policy, aloneLabel})
    const pull = openPullOf(state, work.branch)
    if (answer.is === 'wait') waits.push({ticket, reason: answer.reason})
    else if (answer.is === 'stop') removed.set(ticket, {how: 'stop', reason: answer.reason})
    // The gate of its own pull request holds it, and says what a person can do.
    else if (answer.is === 'alone' || answer.is === 'moved') {
      removed.set(ticket, {how: 'alone', reason: answer.reason})
    } else if (pull) removed.set(ticket, {how: 'alone', reason: openOfItsBranch(pull)})
  }
  return {stay: members.filter(({ticket}) => !removed.has(ticket)), removed, waits}
}
