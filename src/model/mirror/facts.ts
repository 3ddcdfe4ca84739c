import type {FactHandlers} from '../core/fact-handlers.ts'
import type {MirrorFact} from '../core/facts.ts'
import {takeSights} from './manual-changes.ts'
import {forgetShown, noteShown} from './written.ts'

export const mirrorFacts: FactHandlers<MirrorFact['type']> = {
  ticketShown(draft, fact) {
    noteShown(draft, fact, fact.missing)
  },
  ticketsSeen(draft, {sights, strategy}) {
    takeSights(draft, sights, strategy ?? draft.state.config.sync.strategy)
  },
  showAsked(draft, {tickets}) {
    for (const issue of tickets) forgetShown(draft, issue)
  },
}
