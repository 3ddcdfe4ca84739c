import {describe, expect, it} from 'vitest'
import {registerSecret} from '../../src/base/redact.ts'
import {LOCK, type SetUp, setUp, withoutGraphql} from './set-up.ts'

const TEXTS = {base: 'main', title: 'Work', body: 'Closes #1'}

async function openWork(set: SetUp, branch = 'work') {
  const sha = await set.repository.pushCommit({branch, files: {[`${branch}.txt`]: 'done'}})
  const pull = await set.github.ensurePull({branch, ...TEXTS})
  set.calls()
  return {sha, number: pull.number}
}

describe('ensurePull', () => {
  it('opens, finds, and brings the body up to date', async () => {
    await using set = await setUp()
    const {number, sha} = await openWork(set)
    expect(set.repository.pull(number)).toMatchObject({title: 'Work', body: 'Closes #1', head: {branch: 'work', sha}})
    const again = await set.github.ensurePull({branch: 'work', ...TEXTS, title: 'Another title'})
    expect(again).toMatchObject({number, state: 'open', head: {sha}, checks: null})
    expect(set.calls()).toEqual(['GET /pulls'])
    await set.github.ensurePull({branch: 'work', ...TEXTS, body: 'Closes #1\n\nNew'})
    expect(set.repository.pull(number)).toMatchObject({title: 'Work', body: 'Closes #1\n\nNew'})
    const isOurs = (title: string) => title === 'Work'
    await set.github.ensurePull({branch: 'work', ...TEXTS, title: 'Less work', isOurs})
    expect(set.repository.pull(number)).toMatchObject({title: 'Less work', body: 'Closes #1'})
    await set.github.ensurePull({branch: 'work', ...TEXTS, isOurs})
    expect(set.repository.pull(number).title, 'a title of other words is a person’s').toBe('Less work')
    expect(set.repository.pulls()).toHaveLength(1)
    expect(set.server.unserved).toEqual([])
  })

  it('never opens a second one: the answer was lost', async () => {
    await using set = await setUp()
    await set.repository.pushCommit({branch: 'work', files: {a: 'b'}})
    set.server.fault({kind: 'drop-reply', match: {method: 'POST', path: /pulls$/}})
    const pull = await set.github.ensurePull({branch: 'work', ...TEXTS})
    expect(set.repository.pulls().map(({number}) => number)).toEqual([pull.number])
    expect(set.server.unmetFaults()).toEqual([])
  })

  it('never opens a second one: the list was old', async () => {
    await using set = await setUp()
    await set.repository.pushCommit({branch: 'work', files: {a: 'b'}})
    expect(await set.github.pullOfBranch('work')).toBeNull()
    const {number} = await set.repository.openPull({head: 'work', title: 'By hand'})
    set.server.fault({kind: 'stale', match: {method: 'GET', path: /pulls$/}, times: 2})
    // It looks again for some seconds; short ones would end within one request on a busy machine.
    const pull = await set.gateway({secondMs: 500}).ensurePull({branch: 'work', ...TEXTS})
    expect(pull).toMatchObject({number, title: 'By hand'})
    expect(set.repository.pulls()).toHaveLength(1)
  })

  it('finds the one that it opened before the repository was transferred to another owner', async () => {
    await using set = await setUp()
    const {github, repository, server} = set
    await repository.pushCommit({branch: 'work', files: {a: 'b'}})
    const pull = {branch: 'work', base: 'main', title: 'Work', body: 'as it was'}
    const {number} = await github.ensurePull(pull)
    server.moveRepository(repository, {owner: 'umbrella', name: repository.name})
    expect(await github.ensurePull({...pull, body: 'as it is'})).toMatchObject({number, head: {branch: 'work'}})
    expect(server.repository('umbrella', repository.name).pull(number).body).toBe('as it is')
  })

  it('opens a new one after the last was closed', async () => {
    await using set = await setUp()
    const {number} = await openWork(set)
    set.repository.closePull(number)
    expect((await set.github.pullOfBranch('work'))?.state).toBe('closed')
    const pull = await set.github.ensurePull({branch: 'work', ...TEXTS})
    expect(pull.number).not.toBe(number)
    expect((await set.github.pullOfBranch('work'))?.number).toBe(pull.number)
  })

  it('has as much of its body as GitHub takes, and is the same at the next look', async () => {
    await using set = await setUp()
    await set.repository.pushCommit({branch: 'work', files: {a: 'b'}})
    const body = `Closes #1\n${'x'.repeat(70_000)}`
    const {number} = await set.github.ensurePull({branch: 'work', ...TEXTS, body})
    const written = set.repository.pull(number).body
    expect(written).toHaveLength(65_536)
    expect(written).toMatch(/^Closes #1\nx+\n\n\(cut here: GitHub takes no more\)$/)
    set.calls()
    await set.github.ensurePull({branch: 'work', ...TEXTS, body})
    expect(set.calls().filter(call => !call.startsWith('GET'))).toEqual([])
  })

  it('of a fork is none of a branch here, whatever its branch is called', async () => {
    await using set = await setUp()
    const {repository, github} = set
    const commit = await repository.pushCommit({branch: 'elsewhere', files: {a: 'b'}})
    const {number} = await repository.openPull({head: 'work', fork: {owner: 'mallory', commit}, author: 'mallory'})
    expect(await github.pullOfBranch('work')).toBeNull()
    expect(await github.pullsOfBranches(['work'])).toEqual(new Map([['work', null]]))
    const head = {branch: 'mallory:work', sha: commit}
    expect((await github.snapshot()).pulls).toMatchObject([{number, head}])
    expect(await github.pull(number)).toMatchObject({head})
    expect((await github.gate({pull: number, issue: number})).pull).toMatchObject({head})
    const own = await openWork(set)
    expect((await github.pullOfBranch('work'))?.number).toBe(own.number)
    for (let n = 0; n < 10; n++) {
      await repository.openPull({head: 'work', fork: {owner: `mallory-${n}`, commit}, author: 'mallory'})
    }
    expect((await github.pullsOfBranches(['work'])).get('work')?.number, 'many forks hide none').toBe(own.number)
    repository.closePull(number)
    expect(await github.closedPulls()).toMatchObject([{number, head}])
  })

  it('is written without secrets, and is the same at the next look', async () => {
    await using set = await setUp()
    await openWork(set)
    using _known = registerSecret('correct horse')
    const texts = {...TEXTS, body: 'The word is correct horse.'}
    await set.github.ensurePull({branch: 'work', ...texts})
    const [pull] = set.repository.pulls()
    expect(pull?.body).toBe('The word is [redacted].')
    const calls = set.calls().length
    await set.github.ensurePull({branch: 'work', ...texts})
    expect(
      set
        .calls()
        .slice(calls)
        .filter(call => !call.startsWith('GET')),
    ).toEqual([])
    await set.github.ensureComment(pull!.number, 'x', 'correct horse')
    expect(JSON.stringify(await set.github.discussion(pull!.number))).not.toContain('correct horse')
  })

  it('says why GitHub refuses', async () => {
    await using set = await setUp()
    await expect(set.github.ensurePull({branch: 'nowhere', ...TEXTS})).rejects.toMatchObject({
      code: 'github-refused',
      message: expect.stringContaining('PullRequest head: invalid'),
    })
  })
})

describe('pull', () => {
  it('tells whether it merges cleanly', async () => {
    await using set = await setUp({files: {a: '1\n'}})
    const clean = await openWork(set)
    await set.repository.pushCommit({branch: 'clash', files: {a: '2\n'}})
    const clash = await set.github.ensurePull({branch: 'clash', ...TEXTS})
    await set.repository.pushCommit({branch: 'main', files: {a: '3\n'}})
    expect((await set.github.pull(clean.number)).mergeable).toBe('clean')
    expect((await set.github.pull(clash.number)).mergeable).toBe('conflict')
    const {pulls} = await set.gateway({fetch: withoutGraphql()}).snapshot()
    expect(pulls.map(pull => pull.mergeable)).toEqual(['unknown', 'unknown'])
  })
})

describe('merge', () => {
  const merging = (pull: number, sha: string) =>
    ({pull, sha, method: 'squash', title: 'Work (#1)', text: 'Work on it.', lock: LOCK}) as const

  it('lands the tested commit', async () => {
    await using set = await setUp()
    const {number, sha} = await openWork(set)
    const outcome = await set.github.merge(merging(number, sha))
    expect(outcome).toEqual({state: 'merged', commit: set.repository.branch('main')})
    // Nothing is filled in by GitHub itself: the commits' own words may close and mention.
    expect((await set.repository.log('main'))[0]?.message.trim()).toBe('Work (#1)\n\nWork on it.')
    expect(await set.github.pull(number)).toMatchObject({state: 'merged', mergeCommit: set.repository.branch('main')})
    expect(set.server.unserved).toEqual([])
  })

  it('is found when the answer was lost, and was sent once', async () => {
    await using set = await setUp()
    const {number, sha} = await openWork(set)
    set.server.fault({kind: 'drop-reply', match: {method: 'PUT'}})
    const outcome = await set.github.merge(merging(number, sha))
    expect(outcome).toEqual({state: 'merged', commit: set.repository.branch('main')})
    expect(set.calls().filter(call => call.startsWith('PUT'))).toHaveLength(1)
  })

  it('of a pull that is merged already is the same merge', async () => {
    await using set = await setUp()
    const {number, sha} = await openWork(set)
    const first = await set.github.merge(merging(number, sha))
    expect(await set.github.merge(merging(number, sha))).toEqual(first)
  })

  it('refuses another head than the tested one', async () => {
    await using set = await setUp()
    const {number, sha} = await openWork(set)
    const run = async () => void (await set.repository.pushCommit({branch: 'work', files: {b: 'new'}}))
    set.server.fault({kind: 'meanwhile', match: {method: 'PUT'}, run})
    expect(await set.github.merge(merging(number, sha))).toEqual({state: 'head-moved'})
    expect(set.calls().filter(call => call.startsWith('PUT'))).toHaveLength(1)
  })

  it('that was another commit is not taken for ours', async () => {
    await using set = await setUp()
    const {number, sha} = await openWork(set)
    const other = await set.repository.pushCommit({branch: 'work', files: {c: 'newer'}})
    expect((await set.github.merge(merging(number, other))).state).toBe('merged')
    expect((await set.github.merge(merging(number, sha))).state).not.toBe('merged')
  })

  it.each([
    ['a conflict', 'Pull Request is not mergeable', {files: {a: '1\n'}}],
    ['a forbidden method', 'Squash merges are not allowed on this repository.', {mergeMethods: ['rebase'] as const}],
  ])('is refused with a reason: %s', async (_, reason, options) => {
    await using set = await setUp(options)
    await set.repository.pushCommit({branch: 'work', files: {a: '2\n'}})
    const {number, head} = await set.github.ensurePull({branch: 'work', ...TEXTS})
    await set.repository.pushCommit({branch: 'main', files: {a: '3\n'}})
    expect(await set.github.merge(merging(number, head.sha))).toEqual({state: 'refused', reason})
  })

  it.each([
    [502, 'github-unavailable'],
    [429, 'github-rate-limited'],
  ])('is never sent twice: %i', async (status, code) => {
    await using set = await setUp()
    const {number, sha} = await openWork(set)
    set.server.fault({kind: 'status', status, match: {method: 'PUT'}, ...(status === 429 ? {retryAfter: 1} : {})})
    await expect(set.github.merge(merging(number, sha))).rejects.toMatchObject({code})
    expect(set.calls().filter(call => call.startsWith('PUT'))).toHaveLength(1)
    expect(set.repository.pull(number).merged).toBe(false)
  })
})

describe('checks', () => {
  it('are runs and statuses of that very commit, one by one', async () => {
    await using set = await setUp()
    const {repository, github} = set
    const {sha} = await openWork(set)
    expect(await github.checkRows(sha)).toEqual([])
    for (const conclusion of [null, 'success', 'failure', 'timed_out', 'cancelled', 'skipped', 'neutral'] as const)
      repository.addCheck({sha, name: conclusion ?? 'running', conclusion})
    repository.setStatus(sha, {state: 'failure', context: 'lint', description: 'spaces'})
    repository.setStatus(sha, {state: 'error', context: 'deploy'})
    const rows = (await github.checkRows(sha)).map(({name, state, summary}) => `${name} ${state} ${summary}`)
    expect(rows.sort()).toEqual([
      'cancelled stopped cancelled',
      'deploy stopped error',
      'failure failed failure',
      'lint failed spaces',
      'neutral neutral neutral',
      'running pending in progress',
      'skipped neutral skipped',
      'success passed success',
      'timed_out failed timed out',
    ])
    const next = await repository.pushCommit({branch: 'work', files: {z: 'z'}})
    expect(await github.checkRows(next)).toEqual([])
    expect(set.server.unserved).toEqual([])
  })
})
