import {expect, it} from 'vitest'
import {memoryGit} from '../daemon/memory-git.ts'
import {setUp, withoutGraphql} from './set-up.ts'

/** A repository with one open pull request for an issue. */
async function withPull(options: Parameters<typeof setUp>[0] = {}) {
  const set = await setUp(options)
  const {repository, github} = set
  const issue = repository.openIssue({title: 'Work'}).number
  const sha = await repository.pushCommit({branch: 'work', files: {'a.txt': 'a\n'}})
  const {number: pull} = await repository.openPull({head: 'work', author: 'bot'})
  return {...set, sha, issue, pull, read: () => github.gate({pull, issue})}
}

it('reads every page: the failure among hundreds of statuses and runs is not beyond the first', async () => {
  await using set = await withPull()
  const {repository, sha, read} = set
  repository.setStatus(sha, {state: 'failure', context: 'the first'})
  for (let at = 0; at < 120; at++) repository.setStatus(sha, {state: 'success', context: `status ${at}`})
  for (let at = 0; at < 120; at++) repository.addCheck({sha, name: `run ${at}`, conclusion: 'success'})
  const {checks} = await read()
  expect(checks?.checks).toHaveLength(241)
  expect(checks?.checks.filter(({state}) => state === 'failed').map(({name}) => name)).toEqual(['the first'])
})

it('takes the newest status of each context', async () => {
  await using set = await withPull()
  set.repository.setStatus(set.sha, {state: 'failure', context: 'ci'})
  set.repository.setStatus(set.sha, {state: 'success', context: 'ci'})
  expect((await set.read()).checks?.checks).toMatchObject([{name: 'ci', state: 'passed'}])
})

it('tells a run that ended without a verdict from one that failed', async () => {
  await using set = await withPull()
  set.repository.addCheck({sha: set.sha, name: 'unit', conclusion: 'timed_out'})
  set.repository.addCheck({sha: set.sha, name: 'deploy', conclusion: 'cancelled'})
  set.repository.addCheck({sha: set.sha, name: 'docs', conclusion: 'skipped'})
  expect((await set.read()).checks?.checks).toMatchObject([
    {name: 'unit', state: 'failed'},
    {name: 'deploy', state: 'stopped'},
    {name: 'docs', state: 'passed'},
  ])
})

it('tells what a suite ended with that has no run to tell it', async () => {
  await using set = await withPull()
  const {repository, sha, read} = set
  repository.addCheck({sha, name: 'lint', conclusion: 'success', app: 'linter'})
  repository.addSuite({sha, app: 'github-actions', ended: 'startup_failure'})
  repository.addSuite({sha, app: 'other', ended: 'action_required'})
  repository.addSuite({sha, app: 'broken', ended: 'failure'})
  const checks = (await read()).checks?.checks
  expect(checks).toMatchObject([
    {name: 'lint', state: 'passed'},
    {name: 'github-actions', state: 'stopped', summary: 'startup failure'},
    {name: 'other', state: 'stopped', summary: 'action required'},
    {name: 'broken', state: 'failed'},
  ])
})

it('tells which checks passed without a look at the work, whatever they say of themselves', async () => {
  await using set = await withPull()
  const {repository, sha, read} = set
  const output = {title: 'Nothing to do', summary: ''}
  repository.addCheck({sha, name: 'docs', conclusion: 'neutral', output})
  repository.addCheck({sha, name: 'test', conclusion: 'success', output})
  expect((await read()).checks?.checks.map(({isQuiet}) => isQuiet)).toEqual([true, undefined])
})

it('asks what checks the base where the head says too little', async () => {
  await using set = await withPull()
  const {repository, sha, read} = set
  expect((await read()).baseChecks).toEqual({shown: false, idleApps: [], failing: []})
  const main = repository.branch('main')!
  repository.addCheck({sha: main, name: 'unit', conclusion: 'success'})
  repository.addSuite({sha: main, app: 'codecov'})
  expect((await read()).baseChecks).toEqual({shown: true, idleApps: ['codecov'], failing: []})
  repository.addCheck({sha, name: 'unit', conclusion: 'success'})
  expect((await read()).baseChecks).toBeNull()
})

it('brings reviews with their words, whose they are, and conversations that are open', async () => {
  await using set = await withPull({collaborators: ['grace'], protectedBranches: [{name: 'main', reviews: 1}]})
  const {repository, pull, sha, read} = set
  repository.review(pull, {by: 'grace', state: 'CHANGES_REQUESTED', body: 'Wrong rows.'})
  repository.review(pull, {by: 'stranger', state: 'CHANGES_REQUESTED', body: 'No.'})
  const thread = repository.openThread(pull, {by: 'grace', body: 'Here.', path: 'a.txt', line: 1})
  const reading = await read()
  expect(reading.reviews).toEqual([
    {
      by: 'grace',
      association: 'COLLABORATOR',
      mayPush: true,
      state: 'changes',
      commit: sha,
      body: 'Wrong rows.\na.txt:1: Here.',
    },
    {by: 'stranger', association: 'NONE', mayPush: false, state: 'changes', commit: sha, body: 'No.'},
  ])
  expect(reading).toMatchObject({reviewDecision: 'changes', conversations: 1, rules: {approvals: 1}})
  repository.resolveThread(pull, thread)
  repository.review(pull, {by: 'grace', state: 'APPROVED'})
  expect(await read()).toMatchObject({
    reviewDecision: 'approved',
    conversations: 0,
    reviews: [{by: 'grace', state: 'approved'}, {by: 'stranger'}],
  })
})

it('tells what was decided about the issue, and names the branch that counts', async () => {
  await using set = await withPull({defaultBranch: 'develop'})
  const {repository, issue, read} = set
  expect(await read()).toMatchObject({issue: {state: 'open'}, defaultBranch: 'develop', pull: {state: 'open'}})
  repository.closeIssue(issue, 'not_planned')
  expect((await read()).issue).toMatchObject({state: 'closed', reason: 'not_planned'})
  const other = await set.server.createRepository({name: 'elsewhere'})
  for (let taken = 1; taken < issue; taken++) other.openIssue({title: 'Other'})
  repository.reopenIssue(issue)
  expect(repository.transferIssue(issue, other), 'has the same number there').toBe(issue)
  expect((await read()).issue).toBeNull()
})

it('tells the labels of the pull request itself', async () => {
  await using set = await withPull()
  expect((await set.read()).labels).toEqual([])
  set.repository.addLabels(set.pull, 'human-only')
  expect((await set.read()).labels).toEqual(['human-only'])
})

it('asks a server without GraphQL by REST', async () => {
  await using set = await withPull()
  set.repository.addLabels(set.pull, 'human-only')
  const fault = {kind: 'status', status: 404, match: {method: 'POST', path: /graphql$/}, times: 10} as const
  set.server.fault(fault)
  set.repository.review(set.pull, {by: set.repository.owner, state: 'APPROVED'})
  const reading = await set.read()
  expect(reading).toMatchObject({
    ...{mergeState: 'clean', reviews: [{state: 'approved'}], defaultBranch: 'main', labels: ['human-only']},
  })
})

it('tells the place in the merge queue, why the queue gave the head up, and forgets that with the next push', async () => {
  await using set = await withPull({protectedBranches: [{name: 'main', mergeQueue: true}]})
  const {repository, github, pull, sha, read} = set
  const lock = (await memoryGit().acquireLanding('tester'))!
  expect(await read()).toMatchObject({queue: null, rules: {mergeQueue: true}})
  set.server.fault({kind: 'drop-reply', match: {method: 'POST', path: /graphql/}, times: 1})
  expect(await github.enqueue({pull, sha, lock})).toEqual({state: 'queued'})
  expect(await github.enqueue({pull, sha, lock}), 'once more').toEqual({state: 'queued'})
  expect(await read()).toMatchObject({queue: {in: true, place: 1}})
  repository.dequeue(pull, 'failed_checks')
  expect(await read()).toMatchObject({queue: {in: false, reason: 'failed_checks'}})
  const head = await repository.pushCommit({branch: 'work', files: {'b.txt': 'b\n'}})
  expect(await read()).toMatchObject({queue: null})
  expect(await github.enqueue({pull, sha, lock})).toMatchObject({
    state: 'refused',
    reason: expect.stringContaining('head'),
  })
  expect(await github.enqueue({pull, sha: head, lock})).toEqual({state: 'queued'})
})

it('tells whether a check that failed on the head fails on the base too', async () => {
  await using set = await withPull()
  const {repository, sha, read} = set
  const main = repository.branch('main')!
  repository.addCheck({sha: main, name: 'unit', conclusion: 'success'})
  repository.setStatus(main, {state: 'failure', context: 'lint'})
  repository.addCheck({sha, name: 'unit', conclusion: 'failure'})
  expect((await read()).baseChecks).toEqual({shown: true, idleApps: [], failing: ['lint']})
})

it('tells how pull requests come into the branch that counts, by settings, protection and rulesets', async () => {
  await using set = await setUp({mergeMethods: ['merge', 'rebase']})
  const {github, repository, server} = set
  const free = {methods: ['merge', 'rebase'], approvals: 0, codeOwners: false, mergeQueue: false, autoMerge: false}
  expect(await github.bundleRules()).toEqual(free)
  await repository.pushCommit({branch: 'develop', files: {'a.txt': 'a\n'}})
  const develop = set.gateway({defaultBranch: 'develop'})
  const ruleset = (rules: readonly object[]) =>
    fetch(`${server.apiUrl}/repos/${repository.fullName}/rulesets`, {
      method: 'POST',
      headers: {authorization: `Bearer ${server.token}`},
      body: JSON.stringify({
        name: 'rules',
        enforcement: 'active',
        conditions: {ref_name: {include: ['refs/heads/main']}},
        rules,
      }),
    })
  const parameters = {
    required_approving_review_count: 2,
    dismiss_stale_reviews_on_push: false,
    require_code_owner_review: true,
    allowed_merge_methods: ['squash', 'rebase'],
  }
  expect((await ruleset([{type: 'pull_request', parameters}])).status).toBe(201)
  expect(await github.bundleRules()).toEqual({...free, methods: ['rebase'], approvals: 2, codeOwners: true})
  expect(await develop.bundleRules()).toEqual(free)
  await ruleset([{type: 'required_linear_history'}])
  expect(await github.bundleRules()).toMatchObject({methods: ['rebase']})
})

it('tells that a branch is linear or has a merge queue, and nothing where it may not look', async () => {
  await using set = await setUp({protectedBranches: [{name: 'main', linear: true, mergeQueue: true, reviews: 1}]})
  const {github} = set
  expect(await github.bundleRules()).toEqual({
    methods: ['squash', 'rebase'],
    approvals: 1,
    codeOwners: false,
    mergeQueue: true,
    autoMerge: false,
  })
  expect(await set.gateway({defaultBranch: 'gone'}).bundleRules()).toBeNull()
  expect(await set.gateway({fetch: withoutGraphql()}).bundleRules()).toBeNull()
  const message = 'Resource not accessible by personal access token'
  set.server.fault({kind: 'status', status: 403, message, match: {method: 'GET', path: /rules/}, times: 1})
  expect(await github.bundleRules()).toBeNull()
})

it('reads the issues of a bundle in one query, and each by itself where that fails', async () => {
  await using set = await setUp({labels: ['bug']})
  const {repository, github} = set
  const board = repository.addProject('Board')
  const open = repository.openIssue({title: 'Open', labels: ['bug']}).number
  const closed = repository.openIssue({title: 'Closed'}).number
  repository.closeIssue(closed, 'not_planned')
  board.add(open)
  board.set(open, 'Status', 'In Progress')
  const gateway = set.gateway({snapshot: {board: board.nodeId}})
  const expected = new Map([
    [open, {state: 'open', reason: null, labels: ['bug'], column: 'In Progress'}],
    [closed, {state: 'closed', reason: 'not_planned', labels: [], column: null}],
  ])
  set.calls()
  expect(await gateway.gateIssues([open, closed])).toEqual(expected)
  expect(set.calls()).toEqual(['POST /graphql'])
  const gone = repository.openIssue({title: 'Gone'}).number
  repository.deleteIssue(gone)
  expect(await gateway.gateIssues([open, closed, gone])).toEqual(new Map([...expected, [gone, null]]))
  set.server.fault({kind: 'status', status: 403, match: {method: 'GET', path: new RegExp(`issues/${open}$`)}, times: 1})
  expect((await gateway.gateIssues([open, gone])).get(open)).toBeUndefined()
  expect(await github.gateIssues([])).toEqual(new Map())
})

it('reads the pull requests of the branches of a bundle in one query, and each by itself where that fails', async () => {
  await using set = await setUp()
  const {repository} = set
  const gateway = set.gateway()
  for (const branch of ['one', 'two', 'three']) await repository.pushCommit({branch, files: {[`${branch}.txt`]: 'x'}})
  repository.closePull((await repository.openPull({head: 'one'})).number)
  const one = await repository.openPull({head: 'one', draft: true})
  const two = await repository.openPull({head: 'two'})
  repository.closePull(two.number)
  const expected = new Map([
    ['one', {number: one.number, state: 'open', draft: true, head: one.head.sha}],
    ['two', {number: two.number, state: 'closed', draft: false, head: two.head.sha}],
    ['three', null],
  ])
  set.calls()
  expect(await gateway.pullsOfBranches(['one', 'two', 'three'])).toEqual(expected)
  expect(set.calls()).toEqual(['POST /graphql'])
  set.server.fault({kind: 'status', status: 404, match: {method: 'POST', path: /graphql/}, times: 1})
  expect(await gateway.pullsOfBranches(['one', 'two', 'three'])).toEqual(expected)
  expect(await gateway.pullsOfBranches([])).toEqual(new Map())
})

it('brings the last lines of a failed job up to its error, and what other checks say of themselves', async () => {
  const noise = Array.from({length: 3000}, (_, at) => `line ${at} ${'x'.repeat(60)}`)
  const secret = `ghp_${'a'.repeat(36)}`
  const text = [...noise, `\x1b[31mred\x1b[0m with ${secret}`, '##[error]Process completed with exit code 1.'].join(
    '\n',
  )
  await using set = await setUp({
    ci: () => ({checks: [{name: 'unit', conclusion: 'failure', output: {title: 'Tests', summary: 'failed', text}}]}),
    ciDelayMs: 0,
  })
  const {repository, github} = set
  const sha = await repository.pushCommit({branch: 'work', files: {'a.txt': 'a\n'}})
  await expect.poll(() => github.checkLog({sha, name: 'unit'})).not.toBeNull()
  const log = (await github.checkLog({sha, name: 'unit'}))!
  expect(log.split('\n').slice(-3)).toEqual([
    noise.at(-1),
    'red with ghp_[redacted]',
    '##[error]Process completed with exit code 1.',
  ])
  expect(log.length).toBeLessThanOrEqual(4000)
  expect(log.split('\n').length).toBeLessThanOrEqual(60)
  set.server.fault({kind: 'status', status: 404, match: {method: 'GET', path: /logs$/}, times: 1})
  expect(await github.checkLog({sha, name: 'unit'})).toContain('red with ghp_[redacted]')
  const output = {title: 'Lint', summary: 'two problems', text: 'a.ts:1'}
  repository.addCheck({sha, name: 'lint', conclusion: 'failure', output, app: 'linter'})
  expect(await github.checkLog({sha, name: 'lint'})).toBe('Lint\ntwo problems\na.ts:1')
  expect(await github.checkLog({sha, name: 'none'})).toBeNull()
})
