import {shortSha} from '../../../base/words.ts'
import {hasName} from '../../data/names.ts'
import type {CheckFailure} from '../../data/pull.ts'
import {judgeMerge} from '../gate/gate.ts'
import type {GateExpectation, GatePolicy, GateReading, GateReview} from '../gate/reading.ts'
import {countedReviews} from '../gate/reviews.ts'

/**
 * What the gate's answer means for a bundle. `main`: main has the same red. `forge`: checks ended without a verdict on
 * the work. `moved`: main moved, so it is built again. `review`: a reviewer asked for changes. `person`: only a person
 * can let it land. `byHand`: a person decided against it on the pull request itself, and says what becomes of its tickets.
 */
export type TrialAnswer =
  | {is: 'green' | 'merged'}
  | {is: 'pending' | 'moved' | 'forge' | 'main' | 'person' | 'byHand' | 'halted'; reason: string}
  | {is: 'red'; reason: string; failures: readonly CheckFailure[]}
  /** `isOld`: what was asked for was asked of an earlier commit. */
  | {is: 'review'; reason: string; isOld: boolean; said: readonly {from: string; text: string}[]}

/**
 * Asks the gate for a trial's pull request. Its members' issues are judged by themselves, so the pull request has none.
 */
export function judgeTrial(options: {
  reading: GateReading
  head: string
  /** Commit of its branch on the remote; null: no such branch. */
  tip: string | null
  waitedMs: number
  halted: string | null
  policy: GatePolicy
}): TrialAnswer {
  const {head, tip, waitedMs, halted, policy} = options
  const expected: GateExpectation = {
    head,
    waitedMs,
    mayBeOurBlock: false,
    requeue: false,
    halted,
    repairsFirst: null,
    mainWasRed: false,
  }
  const issue = {state: 'open' as const, reason: null, labels: [], column: null}
  const reading = {...options.reading, issue}
  const {verdict, reason, repair, lines} = judgeMerge({reading, expected, policy})
  const why = reason ?? ''
  const byHand = verdict === 'merged' ? null : doneByHand(reading, {head, tip, policy})
  if (byHand !== null) return {is: 'byHand', reason: byHand}
  // Its own queue tests it with main, and takes one pull request after the other.
  if (reading.rules?.mergeQueue && verdict !== 'merged') {
    return {is: 'person', reason: `${reading.defaultBranch} has a merge queue by now, which bundles by itself`}
  }
  const main = lines.find(({mainIsRed}) => mainIsRed)
  if (main && (verdict === 'wait' || verdict === 'hold')) return {is: 'main', reason: main.text}
  switch (verdict) {
    case 'merged':
      return {is: 'merged'}
    case 'merge':
      return {is: 'green'}
    case 'stop':
      return {is: 'byHand', reason: why}
    case 'update':
      return {is: 'moved', reason: why}
    case 'wait':
      return {is: 'pending', reason: why}
    case 'repair':
      if (repair?.kind === 'checks') return {is: 'red', reason: why, failures: repair.failures}
      return {is: 'moved', reason: why}
    case 'hold': {
      if (halted !== null || lines.some(({rule, says}) => rule === 'halt' && says === 'person')) {
        return {is: 'halted', reason: why}
      }
      const objections = objectionsTo(reading)
      if (objections.length > 0) {
        const onHead = objections.filter(({commit}) => commit === head)
        const said = onHead.map(({by, body}) => ({from: by, text: body}))
        return {is: 'review', reason: why, isOld: onHead.length === 0, said}
      }
      const stopped = reading.checks?.checks.some(({state}) => state === 'stopped') ?? false
      return {is: stopped ? 'forge' : 'person', reason: why}
    }
  }
}

/**
 * What a person did to the pull request or its branch, as words after its number; null: nothing. What GitHub says of the
 * branch may be old, the remote's word is not.
 */
function doneByHand(
  {pull, labels, defaultBranch}: GateReading,
  at: {head: string; tip: string | null; policy: Pick<GatePolicy, 'humanLabel'>},
): string | null {
  if (pull.state === 'closed') return 'was closed by hand'
  if (pull.state === 'merged') return `was merged into ${pull.base.branch}, not into ${defaultBranch}`
  if (pull.draft) return 'was made a draft by hand'
  if (hasName(labels ?? [], at.policy.humanLabel)) return `was labelled ${at.policy.humanLabel} by hand`
  if (pull.base.branch !== defaultBranch) return `was given the base ${pull.base.branch} by hand`
  if (at.tip !== null && at.tip !== at.head) return `holds ${shortSha(at.tip)}, which the daemon did not push`
  return null
}

/** The reviews that ask for changes, by people whose word counts. */
function objectionsTo(reading: GateReading): GateReview[] {
  return countedReviews(reading.reviews ?? [], reading).filter(({state}) => state === 'changes')
}
