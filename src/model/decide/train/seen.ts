import type {Draft} from '../../core/draft.ts'
import type {FactOf} from '../../core/facts.ts'
import type {BundleMember, OpenTrial} from '../../data/landing/bundle.ts'
import type {CheckFailure} from '../../data/pull.ts'
import {gatePolicy} from '../../landing/gate/policy.ts'
import {haltOf, haltText, rewriteCause} from '../../landing/halt.ts'
import {forgePause} from '../../landing/train/pause.ts'
import {judgeRound, type TrialResult} from '../../landing/train/split.ts'
import {judgeTrial, type TrialAnswer} from '../../landing/train/trial.ts'
import {noteCause} from '../halt.ts'
import {answersOf} from './members.ts'
import {lookMs, moveTrain, pauseTrain, record} from './move.ts'
import {dissolve, rebuild, removeMember} from './remove-members.ts'
import {searchAmong} from './search.ts'

type Seen = FactOf<'bundleSeen'>
type Judged = {trial: OpenTrial; answer: TrialAnswer}

/** Takes a look at the trials and members of the train, and decides what becomes of it. */
export function takeSeen(draft: Draft, seen: Seen): void {
  const {value, context} = draft.state.train.now
  for (const {reading} of seen.trials) if (reading.rewrite) noteCause(draft, rewriteCause(reading.rewrite))
  if (context.branch !== seen.branch || (value !== 'testing' && value !== 'landing')) return
  const judged = judgedOf(draft, seen)
  // What is on main already cannot be taken back; the merge is only to be noted.
  const merged = judged.find(({answer}) => answer.is === 'merged')
  if (merged) return land(draft, merged.trial)
  const {stay, removed, waits} = answersOf(draft, context.members, seen.members)
  if (removed.size > 0) {
    for (const [ticket, how] of removed) removeMember(draft, ticket, how)
    return rebuild(draft, stay)
  }
  if (endedByForge(draft, judged) || endedByPeople(draft, judged)) return
  if (judged.some(({answer}) => answer.is === 'moved')) return rebuild(draft, context.members)
  const [wait] = waits
  const round = judgeRound(judged.map(resultOf), {members: context.members.length, knownRed: context.knownRed})
  if (!round.known || wait) return look(draft, wait ? `#${wait.ticket}: ${wait.reason}` : pendingText(judged))
  decideRound(draft, judged, round)
}

function judgedOf(draft: Draft, {trials}: Seen): Judged[] {
  const {state, at} = draft
  const {context} = state.train.now
  const halt = haltOf(state.halt)
  return context.trials.flatMap(trial => {
    // A look that was slow may be of what the train tested before.
    const found = trials.find(({trial: seen}) => seen.pull === trial.pull && seen.commit === trial.commit)
    if (!found) return [{trial, answer: {is: 'pending', reason: 'it could not be read'}}]
    const answer = judgeTrial({
      reading: found.reading,
      head: trial.commit,
      tip: found.tip,
      waitedMs: at - context.awaitedSince,
      halted: halt === null ? null : haltText(halt),
      policy: gatePolicy(state.config, context.terms),
    })
    return [
      {trial, answer: answer.is === 'red' ? {...answer, failures: withLogs(answer.failures, found.logs)} : answer},
    ]
  })
}

/** Each failed check with the end of what it printed. */
function withLogs(failures: readonly CheckFailure[], logs: Readonly<Record<string, string>>): CheckFailure[] {
  return failures.map(failure => {
    const log = logs[failure.name]
    return log === undefined ? failure : {...failure, summary: `${failure.summary}\n${log}`}
  })
}

function resultOf({trial: {size}, answer}: Judged): TrialResult {
  return {size, result: answer.is === 'green' ? 'green' : answer.is === 'red' ? 'red' : 'pending'}
}

/** Red that main has too, and checks without a verdict, blame nobody: the train is paused. */
function endedByForge(draft: Draft, judged: readonly Judged[]): boolean {
  const {main, train} = draft.state
  for (const {answer} of judged) {
    if (answer.is !== 'main' && answer.is !== 'forge') continue
    const {reason} = answer
    dissolve(draft, {how: 'back', reason})
    if (answer.is === 'main') {
      pauseTrain(draft, {kind: 'main', reason, since: draft.at, until: null, main})
    } else {
      pauseTrain(draft, forgePause({reason, at: draft.at, main, before: train.forgePauses}))
      draft.state = {...draft.state, train: {...draft.state.train, forgePauses: train.forgePauses + 1}}
    }
    return true
  }
  return false
}

/** What people did to a trial's pull request. */
function endedByPeople(draft: Draft, judged: readonly Judged[]): boolean {
  for (const {trial, answer} of judged) {
    switch (answer.is) {
      case 'halted':
        dissolve(draft, {how: 'back', reason: answer.reason})
        return true
      case 'byHand':
        dissolve(draft, {how: 'stop', reason: `#${trial.pull}, the bundle's, ${answer.reason}`})
        return true
      case 'person':
        dissolve(draft, {how: 'alone', reason: `#${trial.pull}, the bundle's: ${answer.reason}`})
        return true
      case 'review':
        reviewed(draft, trial, answer)
        return true
    }
  }
  return false
}

/**
 * Takes tickets off that a reviewer wants changed. The words themselves go to the agents whose files they name, which
 * takes these off (`src/daemon/loops/bundle-words.ts`); they have until the next look. What is not passed on by then, a
 * program's review say, goes to the tickets that it names by number; if it names none, each lands alone, so that it can.
 */
function reviewed(draft: Draft, trial: OpenTrial, {said, isOld, reason}: Extract<TrialAnswer, {is: 'review'}>): void {
  const {members, reason: before} = draft.state.train.now.context
  // Whom it was about has left. The verdict stays with the pull request, so the others need another one.
  if (isOld) return dissolve(draft, {how: 'back', reason: `#${trial.pull}, the bundle's: ${reason}`})
  const passing = `${reason}; it is passed on to the agents`
  if (before !== passing) return look(draft, passing)
  const isNamed = ({ticket}: BundleMember) => said.some(({text}) => new RegExp(`#${ticket}\\b`).test(text))
  const named = members.filter(isNamed)
  if (named.length === 0) {
    return dissolve(draft, {how: 'alone', reason: `#${trial.pull}, the bundle's: ${reason}, and it names no ticket`})
  }
  for (const {ticket} of named) {
    removeMember(draft, ticket, {
      how: 'repair',
      repair: {kind: 'review', said: said.map(words => ({id: null, ...words}))},
      culprit: false,
    })
  }
  // The verdict stays with the pull request, so the others need another one.
  for (const member of members) {
    if (!isNamed(member))
      removeMember(draft, member.ticket, {how: 'back', reason: `#${trial.pull}, the bundle's: ${reason}`})
  }
  moveTrain(draft, {type: 'end'})
}

function decideRound(
  draft: Draft,
  judged: readonly Judged[],
  {land: green, suspects}: {land: number; suspects: number},
): void {
  const {members, failures: before} = draft.state.train.now.context
  const red = judged
    .filter(({trial, answer}) => answer.is === 'red' && trial.size > green)
    .sort((a, b) => a.trial.size - b.trial.size)
    .at(0)
  const failures = red?.answer.is === 'red' ? red.answer.failures : before
  if (green === members.length) noteFlakes(draft, judged)
  const trial = judged.find(({trial: {size}}) => size === green)?.trial
  if (trial) land(draft, trial, {suspects, failures})
  else searchAmong(draft, members, {suspects, failures})
}

/** A check that was red and is green on the same work is remembered as flaky. */
function noteFlakes(draft: Draft, judged: readonly Judged[]): void {
  const {train} = draft.state
  const red = judged.flatMap(({answer}) => (answer.is === 'red' ? answer.failures : []))
  const names = [...new Set([...train.now.context.failures, ...red].map(({name}) => name))]
  if (names.length === 0) return
  const flakes = {...train.flakes}
  for (const name of names) flakes[name] = (flakes[name] ?? 0) + 1
  draft.state = {...draft.state, train: {...train, flakes}}
  record(draft, {severity: 'warning', message: `flaky: ${names.join(', ')} was red, and is green on the same work`})
}

function land(
  draft: Draft,
  trial: OpenTrial,
  left: {suspects: number; failures: readonly CheckFailure[]} = {suspects: 0, failures: []},
): void {
  if (draft.state.train.now.value === 'testing') return moveTrain(draft, {type: 'land', trial, ...left})
  // Read once more right before the merge, nothing prevents it: it is tried again.
  look(draft, 'it is about to be merged')
}

function look(draft: Draft, reason: string): void {
  moveTrain(draft, {type: 'seen', reason, lookMs: lookMs(draft.state)})
}

function pendingText(judged: readonly Judged[]): string {
  const [first] = judged.flatMap(({answer}) => (answer.is === 'pending' ? [answer.reason] : []))
  return first ?? 'its checks run'
}
