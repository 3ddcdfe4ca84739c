import {type Draft, moveTicket} from '../../core/draft.ts'
import type {FactHandlers} from '../../core/fact-handlers.ts'
import type {TrainFact} from '../../core/facts.ts'
import type {State} from '../../core/state.ts'
import type {BundleRules} from '../../gateways/bundle.ts'
import type {MergeMethod} from '../../landing/merge-method.ts'
import {methodFor} from '../../landing/terms.ts'
import {trialsWithin} from '../../landing/train/pause.ts'
import {takeLanded} from './landed.ts'
import {repairedBefore} from './losers.ts'
import {answersOf} from './members.ts'
import {lookMs, moveTrain, record} from './move.ts'
import {dissolve, rebuild, removeMember} from './remove-members.ts'
import {takeSeen} from './seen.ts'

export const trainFacts: FactHandlers<TrainFact['type']> = {
  bundleBoarded(draft, {branch, rules, members: readings}) {
    if (!isAt(draft, branch, 'boarding')) return
    const {members, sizes, knownRed} = draft.state.train.now.context
    const method = methodOf(rules, draft.state)
    if ('reason' in method) return dissolve(draft, {how: 'alone', reason: method.reason})
    const {stay, removed, waits} = answersOf(draft, members, readings)
    for (const [ticket, how] of removed) removeMember(draft, ticket, how)
    // What could not be read boards the next train.
    for (const {ticket, reason} of waits) removeMember(draft, ticket, {how: 'back', reason})
    const aboard = stay.filter(({ticket}) => !waits.some(wait => wait.ticket === ticket))
    draft.state = {...draft.state, train: {...draft.state.train, now: withMethod(draft.state, method.method)}}
    rebuild(draft, aboard, aboard.length === members.length ? {sizes, knownRed} : {})
  },
  bundleBuilt(draft, {branch, base, commits, trials, empty}) {
    if (!isAt(draft, branch, 'building')) return
    const {members} = draft.state.train.now.context
    const {train} = draft.state
    const times = [...trialsWithin(train.trials, draft.at), ...trials.map(() => draft.at)]
    draft.state = {...draft.state, train: {...train, trials: times}}
    if (empty.length > 0) {
      const reason = 'its work changes nothing on main'
      for (const ticket of empty) removeMember(draft, ticket, {how: 'alone', reason})
      return rebuild(
        draft,
        members.filter(({ticket}) => !empty.includes(ticket)),
      )
    }
    moveTrain(draft, {type: 'built', base, commits, trials, lookMs: lookMs(draft.state)})
  },
  bundleHindered(draft, {branch, ticket, why, paths}) {
    if (!isAt(draft, branch, 'building')) return
    const {members} = draft.state.train.now.context
    const first = why === 'main' ? repairedBefore(draft.state, {ticket, paths, at: draft.at}) : null
    if (first !== null)
      removeMember(draft, ticket, {how: 'back', reason: `conflicts with main, and #${first} is repaired first`})
    else if (why === 'main')
      removeMember(draft, ticket, {how: 'repair', repair: {kind: 'conflict', paths}, culprit: false})
    else if (why === 'missing')
      removeMember(draft, ticket, {how: 'alone', reason: 'its branch is gone from the remote'})
    else removeMember(draft, ticket, {how: 'back', reason: `conflicts with others aboard in ${paths.join(', ')}`})
    // A search for a bad one begins again with the others.
    rebuild(
      draft,
      members.filter(member => member.ticket !== ticket),
    )
  },
  bundleTaken(draft, {branch, reason}) {
    if (isAt(draft, branch, 'building') || isAt(draft, branch, 'boarding')) dissolve(draft, {how: 'stop', reason})
  },
  bundleStale(draft, {branch}) {
    if (!isAt(draft, branch, 'building')) return
    const {members, sizes, knownRed} = draft.state.train.now.context
    rebuild(draft, members, {sizes, knownRed})
  },
  bundleSeen: takeSeen,
  bundleMerged: takeLanded,
  bundleRefused(draft, {branch, reason}) {
    if (!isAt(draft, branch, 'landing')) return
    moveTrain(draft, {type: 'refused', reason, lookMs: lookMs(draft.state)})
    const {refusals} = draft.state.train.now.context
    if (refusals >= MAX_REFUSALS) dissolve(draft, {how: 'alone', reason: `GitHub refuses the bundle: ${reason}`})
  },
  bundleBusy(draft, {branch}) {
    if (!isAt(draft, branch, 'landing')) return
    moveTrain(draft, {type: 'refused', reason: 'another daemon is landing', lookMs: lookMs(draft.state)})
  },
  memberLost(draft, {ticket, reason}) {
    moveTicket(draft, ticket, {type: 'failed', reason, lost: true})
  },
}

/** Lets trains depart again, and counts trials from now. */
export function resumeTrain(draft: Draft, by: string): void {
  const {train} = draft.state
  if (train.paused === null) return
  draft.state = {...draft.state, train: {...train, paused: null, trials: [], forgePauses: 0}}
  record(draft, {message: `the train continues: ${by}`})
}

/** GitHub refuses a merge for a moment now and then; after so many times in a row the members land alone. */
const MAX_REFUSALS = 8

function isAt(draft: Draft, branch: string, value: State['train']['now']['value']): boolean {
  const {now} = draft.state.train
  return now.value === value && now.context.branch === branch
}

function withMethod({train: {now}}: State, method: MergeMethod): State['train']['now'] {
  return {...now, context: {...now.context, method}}
}

/**
 * How the bundle's pull request is merged, so that each ticket stays one commit on main; or why there can be no bundle.
 * What could not be read is no yes.
 */
function methodOf(rules: BundleRules, {config, train}: State): {method: MergeMethod} | {reason: string} {
  if (rules === null) return {reason: 'the rules of main could not be read'}
  if (rules.mergeQueue) return {reason: "GitHub's merge queue bundles by itself"}
  if (rules.approvals > 0 || rules.codeOwners) return {reason: 'main wants each pull request reviewed'}
  const wanted =
    methodFor(config, train.now.context.terms) === 'merge'
      ? (['merge', 'rebase'] as const)
      : (['rebase', 'merge'] as const)
  const method = wanted.find(name => rules.methods.includes(name))
  return method ? {method} : {reason: 'the repository allows only squash, which would make one commit of all'}
}
