import type {FactHandlers} from '../core/fact-handlers.ts'
import type {MirrorFact} from '../core/facts.ts'
import {takeObservations} from './manual-changes.ts'
import {forgetWritten, noteWritten} from './written.ts'

export const mirrorFacts: FactHandlers<MirrorFact['type']> = {
  ticketShown(draft, fact) {
    noteWritten(draft, fact, fact.missing)
  },
  ticketsSeen(draft, {observations, strategy}) {
    takeObservations(draft, observations, strategy ?? draft.state.config.sync.strategy)
  },
  showAsked(draft, {tickets}) {
    for (const issue of tickets) forgetWritten(draft, issue)
  },
}
