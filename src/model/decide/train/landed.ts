import {type Draft, moveTicket} from '../../core/draft.ts'
import type {FactOf} from '../../core/facts.ts'
import {moveTrain, recordAttempt} from './move.ts'
import {searchAmong} from './search.ts'

/** Takes a trial that is on main: its tickets are cleaned up, and a bad one is looked for among those that remain. */
export function takeLanded(draft: Draft, {branch, pull, landed}: FactOf<'bundleMerged'>): void {
  for (const {ticket, commit} of landed) moveTicket(draft, ticket, {type: 'mergedNow', commit, pull})
  const {value, context} = draft.state.train.now
  if (value === 'waiting' || context.branch !== branch) return
  recordAttempt(draft, `landed through #${pull}: ${landed.map(({ticket}) => `#${ticket}`).join(' ')}`)
  draft.state = {...draft.state, train: {...draft.state.train, trials: [], forgePauses: 0}}
  const rest = context.members.filter(({ticket}) => !landed.some(done => done.ticket === ticket))
  if (rest.length === 0) return moveTrain(draft, {type: 'end'})
  searchAmong(draft, rest, {suspects: context.suspects, failures: context.failures})
}
