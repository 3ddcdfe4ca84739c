import type {GateLine, GateRule} from './answer.ts'
import type {GateInput} from './reading.ts'
import {countedReviews} from './reviews.ts'

/** Whether GitHub itself waits for what the line waits for; a line that says yes is not asked. */
const WAITS: Partial<Record<GateRule, (line: GateLine, input: GateInput) => boolean>> = {
  checks: ({says}, input) => says === 'wait' && requiredOnly(input),
  reviews: (_, {reading, policy}) =>
    reading.reviewDecision === 'required' &&
    policy.requireReviews <= (reading.rules?.approvals ?? 0) &&
    countedReviews(reading.reviews ?? [], reading).every(({state}) => state === 'approved'),
  conversations: (_, {reading: {rules, conversations}}) => rules?.conversations === true && conversations !== null,
  // That GitHub blocks it is the reason to hand it over.
  GitHub: () => true,
}

/**
 * Whether a pull request may be left to GitHub's auto-merge: the gate says yes to everything but checks and reviews that
 * main's own rules demand, so that GitHub merges it no earlier than the gate would. Asked at every look: once it is no,
 * the pull request is taken back. What is not known is no. Pure.
 */
export function mayHandOver(input: GateInput, lines: readonly GateLine[]): boolean {
  const {reading} = input
  if (reading.mergeState !== 'blocked' || reading.rules === null || reading.rules.mergeQueue) return false
  const open = lines.filter(({says}) => says !== 'yes')
  const isWaiting = open.some(({rule}) => rule === 'checks' || rule === 'reviews' || rule === 'conversations')
  return isWaiting && open.every(line => WAITS[line.rule]?.(line, input) ?? false)
}

/** Whether every check that has not passed is one that main requires: for any other GitHub would not wait. */
function requiredOnly({reading: {checks, rules}, expected}: GateInput): boolean {
  if (checks === null || rules === null || checks.sha !== expected.head) return false
  const {requiredChecks: required} = rules
  const open = checks.checks.filter(({state}) => state !== 'passed')
  const isKnown = open.every(({name}) => required.includes(name))
  // A suite that is not complete may hold jobs that have not begun; they count as those that main requires only if one
  // of these is still open.
  const isMissing = required.some(name => !checks.checks.some(check => check.name === name))
  const hasOpen = open.length > 0 || isMissing
  return isKnown && hasOpen
}
