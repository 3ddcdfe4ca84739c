import {ClambakeError} from '../../src/base/errors.ts'
import {missingIssues} from '../../src/github/missing-issues.ts'
import type {Issue} from '../../src/model/data/issue.ts'
import type {Checks, Pull} from '../../src/model/data/pull.ts'
import type {SeenOnGithub} from '../../src/model/data/show.ts'
import type {BundleRules} from '../../src/model/gateways/bundle.ts'
import type {GithubGateway} from '../../src/model/gateways/github.ts'
import type {GateIssue} from '../../src/model/landing/gate/reading.ts'
import type {MergeMethod} from '../../src/model/landing/merge-method.ts'
import {aCheck, anIssue, aPull, aReading} from '../model/builders.ts'
import {landBundle} from './memory-bundles.ts'
import {type MemoryGit, shaOf} from './memory-git.ts'

/** A repository on GitHub as plain maps; its merges show on the main of the git beside it. */
export type MemoryGithub = GithubGateway & {
  readonly issues: Map<number, Issue>
  readonly pulls: Map<number, Pull>
  /** `#issue key` of every comment, in order. */
  readonly comments: string[]
  /** CI results by commit; `passed` unless a test sets another. */
  readonly verdicts: Map<string, Checks['state']>
  /** Says first how the checks of a commit end; undefined: `verdicts` says it. */
  judge: (sha: string) => Checks['state'] | 'stopped' | undefined
  /** What the default branch admits, as a bundle asks for it. */
  rules: BundleRules
  /** The last lines of a failed check, by its commit, or by its name for every commit. */
  readonly logs: Map<string, string>
  /** Columns of the cards, by issue; null: the board is gone. */
  board: Map<number, string> | null
  /** Pull requests that were left to auto-merge. */
  readonly autoMerges: Set<number>
  openIssue(number: number, change?: Partial<Issue>): void
  closePull(number: number): void
  mergeByHand(number: number): void
}

export function memoryGithub(git: MemoryGit): MemoryGithub {
  const issues = new Map<number, Issue>()
  const pulls = new Map<number, Pull>()
  const comments: string[] = []
  const verdicts: MemoryGithub['verdicts'] = new Map()
  const board: MemoryGithub['board'] = new Map()
  let calls = 0

  const current = (pull: Pull): Pull => {
    const sha = pull.state === 'open' ? (git.branches.get(pull.head.branch) ?? pull.head.sha) : pull.head.sha
    return {
      ...pull,
      head: {...pull.head, sha},
      mergeable: git.conflictsOf(sha).length > 0 ? 'conflict' : 'clean',
      checks: null,
    }
  }
  const found = (number: number): Pull => {
    const pull = pulls.get(number)
    if (!pull) throw new ClambakeError({code: 'github-not-found', message: `no pull request #${number}`})
    return current(pull)
  }
  const inState = (number: number, state: 'open' | 'closed'): Pull => {
    const pull = found(number)
    if (pull.state !== 'merged') pulls.set(number, {...pull, state})
    return found(number)
  }
  /** Writing to a missing issue is refused; a pull request takes comments and labels, too. */
  const writable = (number: number): void => {
    if (issues.has(number) || pulls.has(number)) return
    throw new ClambakeError({code: 'github-not-found', message: `GitHub knows nothing at issues/${number}`})
  }
  const gateIssue = (number: number): GateIssue => {
    const known = issues.get(number)
    if (!known) return null
    return {state: known.state, reason: null, labels: known.labels, column: github.board?.get(number) ?? null}
  }
  const merge = (number: number, method: MergeMethod = 'merge'): string => {
    const pull = found(number)
    const {sha} = pull.head
    landBundle(git.remote, sha, method)
    if (method !== 'rebase' || !git.remote.bundles.has(sha)) git.main.push(shaOf(`merge of #${number}`))
    const commit = git.main.at(-1)!
    git.landed.add(sha)
    pulls.set(number, {...pull, state: 'merged', mergeCommit: commit})
    return commit
  }

  const github: MemoryGithub = {
    issues,
    pulls,
    comments,
    verdicts,
    judge: () => undefined,
    repository: async () => ({
      fullName: 'acme/widgets',
      defaultBranch: 'main',
      url: '',
      hasIssues: true,
      isPrivate: true,
      forkOf: null,
      canPush: true,
    }),
    viewer: async () => 'ada',
    snapshot: async () => ({
      issues: [...issues.values()].filter(issue => issue.state === 'open'),
      pulls: [...pulls.values()].filter(pull => pull.state === 'open').map(current),
    }),
    issue: async number => issues.get(number) ?? null,
    ...missingIssues(number => github.issue(number)),
    async discussion(number) {
      const found = issues.get(number)
      if (found) return {...found, comments: [], earlier: 0}
      const pull = pulls.get(number)
      return pull ? {...pull, author: '', labels: [], assignees: [], body: '', comments: [], earlier: 0} : null
    },
    pull: async number => found(number),
    async pullOfBranch(branch) {
      const own = [...pulls.values()].filter(pull => pull.head.branch === branch).reverse()
      const pull = own.find(({state}) => state === 'open') ?? own[0]
      return pull ? current(pull) : null
    },
    closedPulls: async () => [...pulls.values()].filter(({state}) => state !== 'open').map(current),
    ensurePullClosed: async number => inState(number, 'closed'),
    ensurePullOpen: async number => inState(number, 'open'),
    async gate({pull: number, issue}) {
      const pull = found(number)
      const {sha} = pull.head
      const verdict = github.judge(sha) ?? verdicts.get(sha) ?? verdicts.get('*') ?? 'passed'
      const isBaseRed = verdicts.get(git.main.at(-1)!) === 'failed'
      return {
        ...aReading(pull, verdict === 'none' ? {checks: {sha, checks: [], suites: []}} : aCheck(pull, verdict)),
        baseChecks: {shown: verdict !== 'none', idleApps: [], failing: isBaseRed ? ['unit'] : []},
        issue: gateIssue(issue),
        autoMerge: github.autoMerges.has(number),
      }
    },
    autoMerges: new Set(),
    rules: {
      methods: ['merge', 'squash', 'rebase'],
      approvals: 0,
      codeOwners: false,
      mergeQueue: false,
      autoMerge: false,
    },
    logs: new Map(),
    bundleRules: async () => github.rules,
    gateIssues: async numbers => new Map(numbers.map(number => [number, gateIssue(number)])),
    async pullsOfBranches(branches) {
      const asked = branches.map(async branch => {
        const pull = await github.pullOfBranch(branch)
        return [branch, pull && {...pull, head: pull.head.sha}] as const
      })
      return new Map(await Promise.all(asked))
    },
    checkLog: async ({sha, name}) => github.logs.get(sha) ?? github.logs.get(name) ?? null,
    checkRows: async () => [],
    review: async () => 'none',
    requestReviews: async () => ({asked: [], refused: []}),
    words: async () => [],
    publishReview: async ({verdict}) => ({url: 'http://forge/review', inBody: 0, verdict}),
    async ensureLabels(number, {add, remove}) {
      writable(number)
      const issue = issues.get(number)
      // These tests never read a pull request's labels.
      if (!issue) return
      const labels = [...new Set([...issue.labels, ...add])].filter(label => !remove.includes(label))
      issues.set(number, {...issue, labels})
    },
    board,
    async showing(numbers) {
      const seen = (number: number): SeenOnGithub | null => {
        const issue = issues.get(number)
        if (!issue) return null
        return {labels: issue.labels, assignees: issue.assignees, column: github.board?.get(number) ?? null}
      }
      return new Map(numbers.map(number => [number, seen(number)]))
    },
    async ensureColumn(number, column, from = null) {
      writable(number)
      if (github.board === null)
        throw new ClambakeError({code: 'board-gone', message: 'the board is gone', next: 'init'})
      const now = github.board.get(number)
      if (from === null || now === undefined || from.includes(now)) github.board.set(number, column)
    },
    async ensureAssignee(number, {assign, unassign}) {
      writable(number)
      const issue = issues.get(number)!
      const others = issue.assignees.filter(login => login !== unassign && login !== assign)
      issues.set(number, {...issue, assignees: assign === null ? others : [...others, assign]})
      return true
    },
    async ensureComment(issue, key) {
      writable(issue)
      if (!comments.includes(`#${issue} ${key}`)) comments.push(`#${issue} ${key}`)
      return true
    },
    async ensurePull({branch, base, title}) {
      const open = [...pulls.values()].find(pull => pull.head.branch === branch && pull.state === 'open')
      if (open) return current(open)
      const number = 100 + pulls.size + 1
      const pull = aPull(number, {title, head: {branch, sha: git.branches.get(branch)!}, base: {branch: base, sha: ''}})
      pulls.set(number, pull)
      return current(pull)
    },
    async ensureDraft(asked) {
      const {number} = await github.ensurePull(asked)
      pulls.set(number, {...pulls.get(number)!, draft: true})
      return found(number)
    },
    async setAutoMerge({pull: number, on}) {
      const {state} = found(number)
      if (state !== 'open') return {state: state === 'merged' ? 'merged' : 'off'}
      if (on === null) github.autoMerges.delete(number)
      else github.autoMerges.add(number)
      return {state: on === null ? 'off' : 'on'}
    },
    async enqueue() {
      return {state: 'refused', reason: 'there is no merge queue'}
    },
    async merge({pull: number, sha, method}) {
      const pull = found(number)
      if (pull.head.sha !== sha) return {state: 'head-moved'}
      if (pull.state !== 'open') return {state: 'refused', reason: 'it is not open'}
      return {state: 'merged', commit: merge(number, method)}
    },
    async ensureClosed(number) {
      writable(number)
      const issue = issues.get(number)!
      issues.set(number, {...issue, state: 'closed'})
      return issue.labels
    },
    budget: () => ({limit: 5000, remaining: 5000 - ++calls, resetAt: 0, calls, graphql: null}),
    openIssue: (number, change) => void issues.set(number, anIssue(number, change)),
    closePull: number => void pulls.set(number, {...found(number), state: 'closed'}),
    mergeByHand: number => void merge(number),
  }
  return github
}
