import type {Draft} from '../core/draft.ts'
import type {FactHandlers} from '../core/fact-handlers.ts'
import type {Fact, FactOf, FactType, WingFacts} from '../core/facts.ts'
import {notAfter} from '../core/not-after.ts'
import type {Decision, State} from '../core/state.ts'
import {mirrorFacts} from '../mirror/facts.ts'
import {mirrorTickets} from '../mirror/mirror-tickets.ts'
import {recoveryFacts} from '../recovery/facts.ts'
import {heal} from '../recovery/healing.ts'
import {assignQueued} from '../routing/assign-queued.ts'
import {claimNext} from '../routing/claim-next.ts'
import {routingFacts} from '../routing/facts.ts'
import {enforceBudgets} from '../spending/budget.ts'
import {spendingFacts} from '../spending/usage.ts'
import {agentFacts} from './agents.ts'
import {keepAutoMerge} from './auto-merge.ts'
import {configurationFacts, fitSlots} from './configuration.ts'
import {landReady} from './drafts.ts'
import {callBottled, landingFacts, mergeNext} from './landing.ts'
import {addHeld, messageFacts, sendBackReviewed, tellHeld, tellUnread} from './messages.ts'
import {radarFacts} from './radar.ts'
import {ticketFacts} from './tickets.ts'
import {continueTrain, departTrain} from './train/depart.ts'
import {trainFacts} from './train/facts.ts'
import {keepTrain} from './train/remove-members.ts'
import {sweepBundles} from './train/sweep.ts'

/** Fact types that more than one wing names; there must be none. */
type TakenTwice = {
  [Wing in keyof WingFacts]: WingFacts[Wing]['type'] & WingFacts[Exclude<keyof WingFacts, Wing>]['type']
}[keyof WingFacts]

/** The wings. A fact that no wing takes, or that two of them take, does not compile. */
const HANDLERS: [TakenTwice] extends [never] ? FactHandlers : TakenTwice = {
  ...configurationFacts,
  ...routingFacts,
  ...agentFacts,
  ...messageFacts,
  ...ticketFacts,
  ...landingFacts,
  ...trainFacts,
  ...radarFacts,
  ...spendingFacts,
  ...mirrorFacts,
  ...recoveryFacts,
}

/**
 * Decides what follows from a fact: the next state, and the effects that it calls for. Pure; `at` is in epoch
 * milliseconds. First the fact's wing takes it, then the follow-ups look at the whole state in this order.
 */
export function decide(before: State, fact: Fact, at: number): Decision {
  const state = notAfter(before, at)
  const draft: Draft = {state, effects: [], at}
  take(draft, fact)
  if (fact.type === 'restored') continueTrain(draft, fact.tickets)
  fitSlots(draft)
  if (fact.type === 'githubSeen') {
    heal(draft)
    sweepBundles(draft)
    landReady(draft)
  }
  sendBackReviewed(draft)
  tellUnread(draft, state)
  tellHeld(draft)
  assignQueued(draft)
  claimNext(draft)
  callBottled(draft, fact)
  keepAutoMerge(draft)
  mergeNext(draft)
  keepTrain(draft)
  departTrain(draft)
  enforceBudgets(draft, state)
  addHeld(draft)
  mirrorTickets(draft, fact)
  return {state: draft.state, effects: draft.effects}
}

function take<Type extends FactType>(draft: Draft, fact: FactOf<Type> & {type: Type}): void {
  HANDLERS[fact.type](draft, fact)
}
