import {count} from '../../../base/words.ts'
import {type Draft, moveTicket} from '../../core/draft.ts'
import type {Repair} from '../../data/assignment.ts'
import type {BundleMember} from '../../data/landing/bundle.ts'
import {type Composition, TRAIN_TIMER} from '../../landing/train/machine.ts'
import {trialsWithin} from '../../landing/train/pause.ts'
import {lookMs, moveTrain, pauseTrain, record} from './move.ts'

/** What becomes of a member that is removed from the bundle. */
export type Removal =
  /** It lands by its own pull request. */
  | {how: 'alone'; reason: string}
  /** It boards a later train. */
  | {how: 'back'; reason: string}
  /** A person decided against it, or has to. */
  | {how: 'stop'; reason: string}
  | {how: 'repair'; repair: Repair; culprit: boolean}

/** Takes a ticket off the train: what it does instead depends on why. */
export function removeMember(draft: Draft, ticket: number, removal: Removal): void {
  switch (removal.how) {
    case 'alone':
      return moveTicket(draft, ticket, {type: 'land', alone: removal.reason})
    case 'back':
      moveTicket(draft, ticket, {type: 'putBack', reason: removal.reason})
      // It may board again then.
      draft.effects.push({name: 'timer', ticket: TRAIN_TIMER, epoch: -1, ms: lookMs(draft.state)})
      return
    case 'stop':
      return moveTicket(draft, ticket, {type: 'stop', reason: removal.reason})
    case 'repair':
      return moveTicket(draft, ticket, {type: 'sentBack', repair: removal.repair, culprit: removal.culprit})
  }
}

/** Ends the train; every ticket still aboard is removed in the same way. */
export function dissolve(draft: Draft, removal: Exclude<Removal, {how: 'repair'}>): void {
  const {members, branch} = draft.state.train.now.context
  for (const {ticket} of members) removeMember(draft, ticket, removal)
  moveTrain(draft, {type: 'end'})
  record(draft, {
    severity: 'warning',
    message: `${branch} ended with ${count(members.length, 'ticket')} aboard: ${removal.reason}`,
  })
}

/** Builds and tests the train with these members; with fewer than two they land alone. */
export function rebuild(draft: Draft, members: readonly BundleMember[], change: Partial<Composition> = {}): void {
  const {train, config} = draft.state
  if (members.length < 2) {
    for (const {ticket} of members)
      removeMember(draft, ticket, {how: 'alone', reason: 'it is the only one left of its bundle'})
    moveTrain(draft, {type: 'end'})
    return
  }
  const {attempt, round, failures} = train.now.context
  const composition = {members, sizes: [members.length], round, attempt, knownRed: false, failures, ...change}
  const recent = trialsWithin(train.trials, draft.at)
  const most = config.landing.trials_per_hour
  if (recent.length + composition.sizes.length > most) return stopTrials(draft, members, most)
  moveTrain(draft, {type: 'build', composition})
}

function stopTrials(draft: Draft, members: readonly BundleMember[], most: number): void {
  const reason = `${count(most, 'trial')} within an hour landed nothing (landing.trials_per_hour)`
  for (const {ticket} of members) removeMember(draft, ticket, {how: 'back', reason})
  moveTrain(draft, {type: 'end'})
  pauseTrain(draft, {kind: 'trials', reason, since: draft.at, until: null, main: draft.state.main})
}

/**
 * Takes those off who are no longer aboard by their own state: a person stopped the ticket, or its claim is another
 * daemon's. While the bundle is being merged it is too late, and the merge decides.
 */
export function keepTrain(draft: Draft): void {
  const {value, context} = draft.state.train.now
  for (const ticket of Object.values(draft.state.tickets)) {
    if (ticket.value !== 'aboard' || context.members.some(member => member.ticket === ticket.context.issue)) continue
    removeMember(draft, ticket.context.issue, {how: 'back', reason: 'its bundle ended'})
  }
  if (value === 'waiting' || value === 'landing') return
  const stay = context.members.filter(({ticket: issue, head}) => {
    const ticket = draft.state.tickets[issue]
    return ticket?.value === 'aboard' && ticket.context.bundle === context.branch && ticket.context.head === head
  })
  if (stay.length === context.members.length) return
  // What the rules and the gate say of the others is still to come.
  if (value === 'boarding' && stay.length > 1) {
    const whole = {members: stay, sizes: [stay.length], knownRed: false}
    const now = {...draft.state.train.now, context: {...context, ...whole}}
    draft.state = {...draft.state, train: {...draft.state.train, now}}
  } else rebuild(draft, stay)
}
