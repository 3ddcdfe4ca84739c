import {expect, it} from 'vitest'
import {memoryGit} from '../daemon/memory-git.ts'
import {setUp} from './set-up.ts'

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

it('asks what checks the base where the head says too little', async () => {
  await using set = await withPull()
  const {repository, sha, read} = set
  expect((await read()).baseChecks).toEqual({shown: false, idleApps: []})
  const main = repository.branch('main')!
  repository.addCheck({sha: main, name: 'unit', conclusion: 'success'})
  repository.addSuite({sha: main, app: 'codecov'})
  expect((await read()).baseChecks).toEqual({shown: true, idleApps: ['codecov']})
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
    {by: 'grace', association: 'COLLABORATOR', state: 'changes', commit: sha, body: 'Wrong rows.\na.txt:1: Here.'},
    {by: 'stranger', association: 'NONE', state: 'changes', commit: sha, body: 'No.'},
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
  repository.deleteIssue(issue)
  expect((await read()).issue).toBeNull()
})

it('asks a server without GraphQL by REST', async () => {
  await using set = await withPull()
  const fault = {kind: 'status', status: 404, match: {method: 'POST', path: /graphql$/}, times: 10} as const
  set.server.fault(fault)
  set.repository.review(set.pull, {by: set.repository.owner, state: 'APPROVED'})
  const reading = await set.read()
  expect(reading).toMatchObject({mergeState: 'clean', reviews: [{state: 'approved'}], defaultBranch: 'main'})
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
