import {expect, it} from 'vitest'
import type {RepositoryOptions} from '../../fixtures/github/create.ts'
import type {FakeRepository} from '../../fixtures/github/repository.ts'
import {systemClock} from '../../src/base/clock.ts'
import {silentLog} from '../../src/base/log.ts'
import {createSetup} from '../../src/github/setup.ts'
import {BOARD_COLUMNS} from '../../src/model/data/show.ts'
import {type SetUp, setUp} from './set-up.ts'

const LABEL = {name: 'route:ready', color: '00ff00', description: 'Ready'}
const TITLE = 'Clambake: octocat/sample'

function setupOf({server, repository}: SetUp, token = server.token) {
  return createSetup({
    baseUrl: server.apiUrl,
    owner: repository.owner,
    repo: repository.name,
    token: async () => token,
    clock: systemClock,
    log: silentLog,
    secondMs: 10,
  })
}

it('labels are made, get their look, and go', async () => {
  await using set = await setUp({labels: ['Route:Ready']})
  const setup = setupOf(set)
  await setup.ensureLabel(LABEL)
  await setup.ensureLabel(LABEL)
  expect(await setup.labels()).toEqual([{...LABEL, name: 'Route:Ready'}])
  expect(await setup.isWorn(LABEL.name)).toBe(false)
  const issue = set.repository.openIssue({title: 'One', labels: [LABEL.name]})
  set.repository.closeIssue(issue.number)
  expect(await setup.isWorn(LABEL.name)).toBe(true)
  await setup.ensureNoLabel(LABEL.name)
  await setup.ensureNoLabel(LABEL.name)
  expect(await setup.labels()).toEqual([])
  expect(set.server.unserved).toEqual([])
})

it('the board is made once, with its columns alone, and shown in the repository', async () => {
  await using set = await setUp()
  const setup = setupOf(set)
  const wanted = {id: null, title: TITLE}
  expect(await setup.board(wanted)).toBeNull()
  const board = await setup.ensureBoard({title: TITLE, columns: BOARD_COLUMNS})
  expect(board).toMatchObject({columns: BOARD_COLUMNS, items: 0, linked: true})
  expect(await setup.ensureBoard({title: TITLE, columns: BOARD_COLUMNS})).toEqual(board)
  expect(await setup.board(wanted)).toEqual(board)
  expect(await setup.board({id: board.id, title: ''})).toEqual(board)
  await setup.ensureNoBoard(board.id)
  await setup.ensureNoBoard(board.id)
  await expect(setup.board({id: board.id, title: ''})).rejects.toMatchObject({
    code: 'github-not-found',
    next: expect.stringContaining('github.project_id'),
  })
  expect(set.server.unserved).toEqual([])
})

it('a board of people gets what it lacks and keeps what it has', async () => {
  await using set = await setUp()
  const setup = setupOf(set)
  const {nodeId} = set.repository.addProject('Plans')
  await setup.completeBoard(nodeId, {columns: ['Review', 'Done'], link: false})
  await setup.completeBoard(nodeId, {columns: ['Review', 'Done'], link: true})
  expect((await setup.board({id: nodeId, title: ''}))?.columns).toEqual(['Todo', 'In Progress', 'Done', 'Review'])
})

it('main is protected once, compared as it is, and freed again', async () => {
  await using set = await setUp()
  const setup = setupOf(set)
  expect(await setup.protection('main')).toBeNull()
  const state = await setup.ensureProtection('main', ['verify (24)'])
  expect(JSON.parse(state!)).toMatchObject({required_status_checks: {strict: false, contexts: ['verify (24)']}})
  expect(await setup.ensureProtection('main', [])).toBe(state)
  expect(await setup.protection('main')).toBe(state)
  expect(set.calls().filter(call => call.startsWith('PUT'))).toHaveLength(1)
  await setup.ensureNoProtection('main')
  await setup.ensureNoProtection('main')
  expect(await setup.protection('main')).toBeNull()
  const open = JSON.parse((await setup.ensureProtection('main', []))!)
  expect(open.required_status_checks ?? null).toBeNull()
  await setup.ensureNoProtection('main')
  await expect(setup.protection('nothing')).rejects.toMatchObject({code: 'no-such-branch'})
  expect(set.server.unserved).toEqual([])
})

it.each<[string, RepositoryOptions, (set: SetUp) => unknown, boolean]>([
  ['nothing', {}, () => {}, false],
  ['a workflow', {ci: () => ({checks: []})}, () => {}, true],
  ['a check', {}, ({repository}) => repository.addCheck({sha: tip(repository), name: 'x', conclusion: null}), true],
  ['a status', {}, ({repository}) => repository.setStatus(tip(repository), {context: 'x', state: 'error'}), true],
  ['a suite without any run', {}, ({repository}) => repository.addSuite({sha: tip(repository), app: 'x'}), false],
  ['a protection without checks', {protectedBranches: ['main']}, () => {}, false],
  ['a protection with checks', {protectedBranches: [{name: 'main', checks: ['unit']}]}, () => {}, true],
  ['a ruleset with checks', {}, addRuleset, true],
])('a branch is checked or not, with %s', async (_, options, change, isChecked) => {
  await using set = await setUp(options)
  await change(set)
  expect(await setupOf(set).hasChecks('main')).toBe(isChecked)
  expect(set.server.unserved).toEqual([])
})

it('whether a branch is checked is not known where it cannot be read', async () => {
  await using set = await setUp()
  set.server.fault({kind: 'status', status: 403, message: 'Resource not accessible', match: {path: /workflows/}})
  await expect(setupOf(set).hasChecks('main')).rejects.toMatchObject({code: 'github-forbidden'})
})

function tip(repository: FakeRepository): string {
  return repository.branch('main')!
}

async function addRuleset({server, repository}: SetUp): Promise<void> {
  const checks = {required_status_checks: [{context: 'unit'}], strict_required_status_checks_policy: false}
  const answer = await fetch(`${server.apiUrl}/repos/${repository.fullName}/rulesets`, {
    method: 'POST',
    headers: {authorization: `Bearer ${server.token}`},
    body: JSON.stringify({
      name: 'checks',
      enforcement: 'active',
      target: 'branch',
      conditions: {ref_name: {include: ['refs/heads/main'], exclude: []}},
      rules: [{type: 'required_status_checks', parameters: checks}],
    }),
  })
  expect(answer.status).toBe(201)
}

it.each([
  [403, 'Upgrade to GitHub Pro or make this repository public to enable this feature.', 'protection-needs-plan'],
  [403, 'Resource not accessible by personal access token', 'protection-needs-admin'],
  [429, 'Too many', 'github-rate-limited'],
])('a refusal with %i says what is missing: %s', async (status, message, code) => {
  await using set = await setUp()
  const setup = setupOf(set)
  using _ = set.server.fault({kind: 'status', status, message, match: {method: 'GET', path: /protection/}, times: 9})
  await expect(setup.protection('main')).rejects.toMatchObject({code, next: expect.any(String)})
})

it('a 404 when a branch is to be protected means that the token needs admin rights', async () => {
  await using set = await setUp()
  const setup = setupOf(set)
  set.server.fault({kind: 'status', status: 404, message: 'Not Found', match: {method: 'PUT', path: /protection/}})
  await expect(setup.ensureProtection('main', [])).rejects.toMatchObject({code: 'protection-needs-admin'})
})

it('a branch that others protected is left as it is', async () => {
  await using set = await setUp({protectedBranches: ['main']})
  const setup = setupOf(set)
  const state = await setup.protection('main')
  expect(state).not.toBeNull()
  expect(await setup.ensureProtection('main', [])).toBe(state)
  expect(set.calls().some(call => call.startsWith('PUT'))).toBe(false)
})
