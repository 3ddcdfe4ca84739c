import {answerOf, GATE_RULES, type GateAnswer, type GateLine, type GateRule} from './answer.ts'
import {checksRule} from './checks.ts'
import {protectedPathsRule} from './protected-paths.ts'
import {
  baseRule,
  conflictsRule,
  draftRule,
  forgeRule,
  haltRule,
  headRule,
  issueRule,
  stateRule,
  upToDateRule,
} from './pull.ts'
import type {GateInput} from './reading.ts'
import {conversationsRule, reviewsRule} from './reviews.ts'

const RULES: Record<GateRule, (input: GateInput) => Omit<GateLine, 'rule'>> = {
  state: stateRule,
  halt: haltRule,
  issue: ({reading: {issue}, expected: {mayBeOurBlock}, policy}) => issueRule({issue, mayBeOurBlock, policy}),
  base: baseRule,
  head: headRule,
  draft: draftRule,
  conflicts: conflictsRule,
  checks: checksRule,
  reviews: reviewsRule,
  conversations: conversationsRule,
  'protected paths': protectedPathsRule,
  GitHub: forgeRule,
  'up to date': upToDateRule,
}

/**
 * Says whether a pull request may merge, and if not, why and who has to act. The only place that decides it: asked at
 * every look, and once more on a fresh reading right before the merge. Pure.
 */
export function judgeMerge(input: GateInput): GateAnswer {
  const lines = GATE_RULES.map(rule => ({rule, ...RULES[rule](input)}))
  return answerOf(lines, {ms: input.expected.waitedMs, limitMs: input.policy.ciTimeoutMs})
}
