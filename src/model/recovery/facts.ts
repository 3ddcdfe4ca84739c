import type {FactHandlers} from '../core/fact-handlers.ts'
import type {RecoveryFact} from '../core/facts.ts'
import {
  adoptClaims,
  adoptForgotten,
  giveUpTaken,
  refuseTicket,
  releaseClaim,
  releaseGone,
  takeClaims,
} from './claims.ts'
import {treat} from './healing.ts'
import {restore} from './restore.ts'

export const recoveryFacts: FactHandlers<RecoveryFact['type']> = {
  restored: restore,
  claimsSeen(draft, {claims, dead, taken = [], forgotten = [], gone = []}) {
    giveUpTaken(draft, taken)
    releaseGone(draft, gone)
    takeClaims(draft, claims)
    adoptClaims(draft, dead)
    adoptForgotten(draft, forgotten)
  },
  claimReleased(draft, {ticket}) {
    releaseClaim(draft, ticket)
  },
  claimRefused: refuseTicket,
  effectRetried(draft, {lane, retry}) {
    const {[lane]: _ended, ...retries} = draft.state.retries
    draft.state = {...draft.state, retries: retry === null ? retries : {...retries, [lane]: retry}}
  },
  cureAsked(draft, {treatment, by}) {
    treat(draft, treatment, by)
  },
}
