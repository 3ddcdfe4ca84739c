import type {CheckFailure} from '../../data/pull.ts'
import {judgeMerge} from '../gate/gate.ts'
import type {GateExpectation, GatePolicy, GateReading} from '../gate/reading.ts'
import {countedReviews} from '../gate/reviews.ts'

/**
 * What the gate's answer means for a bundle. `main`: main has the same red. `forge`: checks ended without a verdict on
 * the work. `moved`: main moved, so it is built again. `review`: a reviewer asked for changes. `person`: only a person
 * can let it land. `closed`: a person closed it.
 */
export type TrialAnswer =
  | {is: 'green' | 'merged'}
  | {is: 'pending' | 'moved' | 'forge' | 'main' | 'person' | 'closed' | 'halted'; reason: string}
  | {is: 'red'; reason: string; failures: readonly CheckFailure[]}
  | {is: 'review'; reason: string; said: readonly {from: string; text: string}[]}

/**
 * Asks the gate for a trial's pull request. Its members' issues are judged by themselves, so the pull request has none.
 */
export function judgeTrial(options: {
  reading: GateReading
  head: string
  waitedMs: number
  halted: string | null
  policy: GatePolicy
}): TrialAnswer {
  const {head, waitedMs, halted, policy} = options
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
  const main = lines.find(({mainIsRed}) => mainIsRed)
  if (main && (verdict === 'wait' || verdict === 'hold')) return {is: 'main', reason: main.text}
  switch (verdict) {
    case 'merged':
      return {is: 'merged'}
    case 'merge':
      return {is: 'green'}
    case 'stop':
      return {is: 'closed', reason: why}
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
      const said = objectionsTo(reading, head)
      if (said.length > 0) return {is: 'review', reason: why, said}
      const stopped = reading.checks?.checks.some(({state}) => state === 'stopped') ?? false
      return {is: stopped ? 'forge' : 'person', reason: why}
    }
  }
}

/** What reviewers said who asked for changes on this head. */
function objectionsTo(reading: GateReading, head: string): {from: string; text: string}[] {
  return countedReviews(reading.reviews ?? [], reading)
    .filter(({state, commit}) => state === 'changes' && commit === head)
    .map(({by, body}) => ({from: by, text: body}))
}
