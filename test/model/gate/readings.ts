import {configSchema} from '../../../src/model/data/config.ts'
import type {Pull} from '../../../src/model/data/pull.ts'
import type {
  BranchRules,
  GateChange,
  GateCheck,
  GateExpectation,
  GateInput,
  GatePolicy,
  GateReading,
  GateReview,
} from '../../../src/model/landing/gate/reading.ts'

export const HEAD = 'a'.repeat(40)
export const OTHER = 'b'.repeat(40)
export const TIP = 'c'.repeat(40)
export const MINUTE = 60_000

/** A pull request against which nothing speaks. */
export function greenPull(change: Partial<Pull> = {}): Pull {
  return {
    number: 9,
    title: 'Fix the login',
    state: 'open',
    mergeCommit: null,
    head: {branch: 'agent001/7-fix', sha: HEAD},
    base: {branch: 'main', sha: TIP},
    mergeable: 'clean',
    draft: false,
    review: 'none',
    url: 'http://127.0.0.1/pull/9',
    createdAt: 0,
    updatedAt: 0,
    checks: null,
    ...change,
  }
}

export function check(name: string, state: GateCheck['state'] = 'passed', summary = ''): GateCheck {
  return {name, state, summary, url: null}
}

export function review(change: Partial<GateReview> = {}): GateReview {
  return {by: 'grace', association: 'MEMBER', mayPush: true, state: 'approved', commit: HEAD, body: '', ...change}
}

export function changed(path: string, change: Partial<GateChange> = {}): GateChange {
  return {path, from: null, kind: 'modified', added: 3, left: 40, removed: 1, ...change}
}

export function greenReading(change: Partial<GateReading> = {}): GateReading {
  return {
    pull: greenPull(),
    labels: [],
    mergeState: 'clean',
    checks: {sha: HEAD, checks: [check('test')], suites: [{app: 'github-actions', completed: true, runs: 1}]},
    reviews: [],
    reviewDecision: null,
    conversations: 0,
    issue: {state: 'open', reason: null, labels: ['agent001', 'agent:review'], column: 'Review'},
    rules: {requiredChecks: [], approvals: 0, codeOwners: false, conversations: false, mergeQueue: false},
    queue: null,
    autoMerge: false,
    isPrivate: false,
    defaultBranch: 'main',
    baseChecks: {shown: true, idleApps: [], failing: []},
    base: {tip: TIP, contained: true, hasWorkflows: false},
    conflicts: [],
    rewrite: null,
    comparedWith: 'main',
    changes: [changed('src/login.ts')],
    ...change,
  }
}

export const EXPECTED: GateExpectation = {
  head: HEAD,
  waitedMs: 0,
  mayBeOurBlock: false,
  requeue: false,
  halted: null,
  repairsFirst: null,
  mainWasRed: false,
}

export const POLICY: GatePolicy = {
  allowNoChecks: false,
  requireCi: false,
  ciTimeoutMs: 30 * MINUTE,
  requireReviews: 0,
  protectedPaths: configSchema.parse({}).integration.protected_paths,
  protectTests: true,
  humanLabel: 'human-only',
  blockedLabel: 'route:blocked',
}

/** What a row of the table changes. */
export type Change = {
  reading?: Partial<GateReading>
  pull?: Partial<Pull>
  expected?: Partial<GateExpectation>
  policy?: Partial<GatePolicy>
}

export function gateInput({reading, pull, expected, policy}: Change): GateInput {
  return {
    reading: greenReading({...reading, ...(pull ? {pull: greenPull(pull)} : {})}),
    expected: {...EXPECTED, ...expected},
    policy: {...POLICY, ...policy},
  }
}

export const NO_RULES: BranchRules = {
  requiredChecks: [],
  approvals: 0,
  codeOwners: false,
  conversations: false,
  mergeQueue: false,
}
export const rules = (change: Partial<BranchRules>): Change => ({reading: {rules: {...NO_RULES, ...change}}})
export const issue = (change: Partial<NonNullable<GateReading['issue']>>): Change => ({
  reading: {issue: {state: 'open', reason: null, labels: [], column: null, ...change}},
})
export const base = (change: Partial<NonNullable<GateReading['base']>>): GateReading['base'] => ({
  tip: TIP,
  contained: true,
  hasWorkflows: false,
  ...change,
})
export const checks = (...all: NonNullable<GateReading['checks']>['checks'][number][]): Partial<GateReading> => ({
  checks: {sha: HEAD, checks: all, suites: []},
})
export const suites = (...all: NonNullable<GateReading['checks']>['suites'][number][]): Partial<GateReading> => ({
  checks: {sha: HEAD, checks: [check('lint')], suites: all},
})
export const noChecks: Partial<GateReading> = {checks: {sha: HEAD, checks: [], suites: []}}
export const touching = (...changes: ReturnType<typeof changed>[]): Change => ({reading: {changes}})
