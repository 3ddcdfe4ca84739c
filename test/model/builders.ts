import {type Config, configSchema} from '../../src/model/data/config.ts'
import type {Issue} from '../../src/model/data/issue.ts'
import type {Pull} from '../../src/model/data/pull.ts'
import type {Orphan} from '../../src/model/data/recovery/orphan.ts'
import type {GateCheck, GateReading} from '../../src/model/landing/gate/reading.ts'

export function anIssue(number: number, change: Partial<Issue> = {}): Issue {
  return {
    number,
    title: `Issue ${number}`,
    body: '',
    state: 'open',
    labels: ['route:ready'],
    author: 'ada',
    association: 'OWNER',
    assignees: [],
    url: `http://forge/${number}`,
    createdAt: number,
    updatedAt: number,
    ...change,
  }
}

export function aPull(number: number, change: Partial<Pull> = {}): Pull {
  return {
    number,
    title: `Pull ${number}`,
    state: 'open',
    mergeCommit: null,
    head: {branch: `agent001/${number}-x`, sha: 'a'.repeat(40)},
    base: {branch: 'main', sha: 'b'.repeat(40)},
    mergeable: 'clean',
    draft: false,
    review: 'unknown',
    url: `http://forge/pull/${number}`,
    createdAt: 0,
    updatedAt: 0,
    checks: {sha: 'a'.repeat(40), state: 'passed', total: 1, done: 1},
    ...change,
  }
}

export function aConfig(change: Record<string, unknown> = {}): Config {
  return configSchema.parse(change)
}

/** What GitHub and git say of a pull request against which nothing speaks, but for what is given. */
export function aReading(pull: Pull, change: Partial<GateReading> = {}): GateReading {
  const {sha} = pull.head
  return {
    pull,
    labels: [],
    mergeState: 'clean',
    checks: {sha, checks: [{name: 'unit', state: 'passed', summary: '', url: null}], suites: []},
    reviews: [],
    reviewDecision: null,
    conversations: 0,
    issue: {state: 'open', reason: null, labels: [], column: null},
    rules: {requiredChecks: [], approvals: 0, codeOwners: false, conversations: false, mergeQueue: false},
    queue: null,
    autoMerge: false,
    isPrivate: false,
    defaultBranch: 'main',
    baseChecks: {shown: true, idleApps: [], failing: []},
    comparedWith: 'main',
    base: {tip: 'f'.repeat(40), contained: true, hasWorkflows: false},
    changes: [],
    conflicts: [],
    rewrite: null,
    ...change,
  }
}

/** One check of this state on the head of a pull request. */
export function aCheck({head}: Pull, state: GateCheck['state']): Pick<GateReading, 'checks'> {
  return {checks: {sha: head.sha, checks: [{name: 'unit', state, summary: 'red', url: null}], suites: []}}
}

/** A branch with two commits that merges cleanly; `change` says how another orphan differs. */
export function anOrphan(change: Partial<Orphan> = {}): Orphan {
  return {
    kind: 'branch',
    name: 'agent002/9-x',
    issue: 9,
    head: '5'.repeat(40),
    branch: 'agent002/9-x',
    place: 'here',
    commits: 2,
    lines: 9,
    files: 1,
    tests: 0,
    dirty: 0,
    landed: null,
    conflicts: [],
    lastActivity: 3,
    unsure: null,
    pull: null,
    proposal: 'open-pull',
    why: 'merges cleanly, without tests',
    isLeft: false,
    ...change,
  }
}
