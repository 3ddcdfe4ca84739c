import {type Draft, moveTicket} from '../core/draft.ts'
import type {FactOf} from '../core/facts.ts'
import type {Effect, EffectName, EffectOf} from '../data/effects.ts'
import {judgePushRefusal} from '../landing/refusal.ts'
import {ISSUE_GONE, takeGone} from '../mirror/manual-changes.ts'
import {forgetWritten, noteWritten} from '../mirror/written.ts'
import {forgetAdoption, loseTicket} from '../recovery/claims.ts'
import {forgetTreatment} from '../recovery/healing.ts'
import {takeAutoMerge} from './auto-merge.ts'
import {giveUpMessages, keepMessages} from './messages.ts'
import {dissolve} from './train/remove-members.ts'

/** How an effect failed. `lost`: the claim is no longer this daemon's. */
type Failure = Pick<FactOf<'effectFailed'>, 'error' | 'lost'>

/** What the failure of each effect means. */
const FAILURES: {readonly [Name in EffectName]: (draft: Draft, effect: EffectOf<Name>, failure: Failure) => void} = {
  claimTicket: (draft, {ticket}, {error}) => loseTicket(draft, ticket, error.message),
  // The next look at the claims tries it again.
  adoptClaim: (draft, {ticket}) => forgetAdoption(draft, ticket),
  prepareWorktree: failTicket,
  setUpWorktree: failTicket,
  startAgent: failTicket,
  promptAgent: failPrompt,
  keepSession: failTicket,
  deliverMessages: takeUndelivered,
  // The next daemon finds them unread, and tells of them once more.
  expireMessages() {},
  inspectWork: failTicket,
  verifyWork: failUnlessMoved,
  bottleTicket: takePushFailure,
  // They hold as long as this daemon runs.
  keepTerms(draft, effect, failure) {
    if (failure.lost) failTicket(draft, effect, failure)
    else warn(draft, effect, `a restart forgets what was asked of the landing of #${effect.ticket}`, failure)
  },
  setAutoMerge: failAutoMerge,
  // It is blocked already, and says why.
  openDraft(draft, effect, failure) {
    warn(draft, effect, `#${effect.ticket} has no draft in which its conflict can be resolved`, failure)
  },
  openPull: failTicket,
  watchPull: failTicket,
  mergePull: failTicket,
  updateBranch: takePushFailure,
  finishTicket: failTicket,
  boardBundle: failBundle,
  buildBundle: failBundle,
  watchBundle: failBundle,
  landBundle: failLanding,
  // Trials that stay open are closed by the next look at GitHub.
  dropBundle() {},
  timer: failTicket,
  releaseTicket(draft, effect, failure) {
    // A ticket that could not be released is still this daemon's, and blocked.
    if (failure.lost) failTicket(draft, effect, failure)
    else forgetWritten(draft, effect.ticket)
  },
  clearLabels: (draft, {ticket: issue, remove}) => forgetTreatment(draft, {do: 'clear-labels', issue, remove}),
  // The ticket stays as it is. A slot that is not free is seen by the next looks, which end the process again.
  stopAgent: (draft, {ticket: issue, agent}) => forgetTreatment(draft, {do: 'free-slot', issue, agent}),
  // Their failure changes nothing about the ticket.
  saveWork() {},
  // The next look at the claims writes it again; meanwhile nothing lands here.
  haltLanding() {},
  sendBack() {},
  blockTicket() {},
  // The next look at GitHub writes it again.
  showTicket() {},
  lookAtTickets() {},
  record() {},
  notify() {},
}

/** Does what the failure of an effect means: for a gone issue that, for all else by the table. */
export function takeFailure(draft: Draft, {effect, ...failure}: FactOf<'effectFailed'>): void {
  if (effect.name === 'showTicket') noteWritten(draft, effect, ['labels', 'column', 'assignee'])
  if ('ticket' in effect && failure.error.code === ISSUE_GONE) takeGone(draft, effect.ticket)
  else fail(draft, effect, failure)
}

function fail<Name extends EffectName>(draft: Draft, effect: EffectOf<Name> & {name: Name}, failure: Failure): void {
  FAILURES[effect.name](draft, effect, failure)
}

function failTicket(draft: Draft, {ticket: issue}: Effect & {ticket: number}, {error, lost}: Failure): void {
  // People read the reason in many places, so it says what they can do about it.
  const reason = error.next === undefined ? error.message : `${error.message}; ${error.next}`
  moveTicket(draft, issue, {type: 'failed', reason, lost})
}

function failPrompt(draft: Draft, effect: EffectOf<'promptAgent'>, failure: Failure): void {
  if (effect.held) keepMessages(draft, effect.ticket, effect.held)
  failTicket(draft, effect, failure)
}

/** A bundle that cannot be built or watched: its tickets land one by one, and what fails there is told of each. */
function failBundle(draft: Draft, effect: EffectOf<'boardBundle' | 'buildBundle' | 'watchBundle'>, failure: Failure) {
  if (draft.state.train.now.context.branch !== effect.branch) return
  dissolve(draft, {how: 'alone', reason: `its bundle failed: ${failure.error.message}`})
}

/** It is not known whether the bundle landed, so a person looks; `land` reads what became of it. */
function failLanding(draft: Draft, effect: EffectOf<'landBundle'>, {error}: Failure): void {
  if (draft.state.train.now.context.branch !== effect.branch) return
  const reason = error.next === undefined ? error.message : `${error.message}; ${error.next}`
  for (const {ticket} of effect.members) moveTicket(draft, ticket, {type: 'failed', reason, lost: false})
  dissolve(draft, {how: 'back', reason})
}

/** Tells in an event what did not work and changes nothing about the ticket. */
function warn(draft: Draft, {ticket}: {ticket: number}, what: string, {error}: Failure): void {
  const event = {type: 'status_update', ticket, severity: 'warning', message: `${what}: ${error.message}`} as const
  draft.effects.push({name: 'record', event})
}

/** A pull request that was not taken back may still be merged by GitHub, which a person is told at once. */
function failAutoMerge(draft: Draft, effect: EffectOf<'setAutoMerge'>, failure: Failure): void {
  const {ticket, pull, on} = effect
  if (failure.lost) return failTicket(draft, effect, failure)
  if (on) return takeAutoMerge(draft, {type: 'autoMergeSet', ticket, is: 'refused'})
  draft.effects.push({
    name: 'notify',
    level: 'error',
    text: `GitHub may merge #${pull} by itself, as auto-merge could not be switched off: ${failure.error.message}`,
    next: `disable auto-merge on #${pull} on GitHub`,
  })
}

function failUnlessMoved(draft: Draft, effect: EffectOf<'verifyWork' | 'bottleTicket'>, failure: Failure): void {
  if (failure.error.code === 'head-moved') moveTicket(draft, effect.ticket, {type: 'headMoved'})
  else failTicket(draft, effect, failure)
}

/** Commits that the server does not take go back to their agent, if it can mend them. */
function takePushFailure(draft: Draft, effect: EffectOf<'bottleTicket' | 'updateBranch'>, failure: Failure): void {
  const {code, message: reason, said = ''} = failure.error
  if (code === 'push-refused') {
    moveTicket(draft, effect.ticket, {type: 'pushRefused', reason, said, says: judgePushRefusal(said)})
  } else if (effect.name === 'bottleTicket') failUnlessMoved(draft, effect, failure)
  else failTicket(draft, effect, failure)
}

/**
 * Looks at the work of an agent that took no message, as its turn is over; the message will not be read, which an event says.
 * Words of a review are kept, and stop the ticket: its work must not land past them.
 */
function takeUndelivered(draft: Draft, effect: EffectOf<'deliverMessages'>, failure: Failure): void {
  const {ticket, agent, messages} = effect
  draft.effects.push({
    name: 'notify',
    level: 'warning',
    text: `A message to ${agent} was not taken: ${failure.error.message}`,
    next: `clambake attach ${agent}`,
  })
  giveUpMessages(
    draft,
    ticket,
    messages.filter(({key}) => key === undefined),
    ({from, text}) => ({agent, message: `${agent} could not be given what ${from} said: ${text}`}),
  )
  const words = messages.filter(({key}) => key !== undefined)
  if (words.length === 0) return moveTicket(draft, ticket, {type: 'turnDone'})
  keepMessages(draft, ticket, words)
  failTicket(draft, effect, failure)
}
