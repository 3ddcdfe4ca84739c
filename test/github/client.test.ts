import {describe, expect, it} from 'vitest'
import {type Clock, poll, systemClock} from '../../src/base/clock.ts'
import {setUp} from './set-up.ts'

describe('conditional reads', () => {
  it('cost nothing while nothing changes, and see every change', async () => {
    await using set = await setUp()
    set.repository.openIssue({title: 'x', labels: ['one']})
    await set.github.repositoryLabels()
    const before = set.github.budget()
    const again = await set.github.repositoryLabels()
    expect(again).toEqual(['one'])
    expect(set.server.calls.at(-1)).toMatchObject({status: 304})
    expect(set.github.budget()).toEqual({...before, calls: before.calls + 1})
    set.repository.openIssue({title: 'x', labels: ['two']})
    expect(await set.github.repositoryLabels()).toHaveLength(2)
  })
})

describe('the budget', () => {
  it('is what the last answer said', async () => {
    await using set = await setUp({rateLimit: 100})
    expect(set.github.budget()).toEqual({limit: 0, remaining: 0, resetAt: 0, calls: 0, graphql: null})
    expect(await set.github.repository()).toMatchObject({defaultBranch: 'main', hasIssues: true})
    expect(set.github.budget()).toMatchObject({limit: 100, remaining: 99, calls: 1})
    expect(set.github.budget().resetAt).toBeGreaterThan(Date.now())
  })

  it('that is spent is an error with its time, and nothing more is sent until then', async () => {
    await using set = await setUp({rateLimit: 1})
    await set.github.repository()
    set.calls()
    const limited = {
      code: 'github-rate-limited',
      message: expect.stringMatching(/until 20\d\d-\d\d-\d\d \d\d:\d\d UTC$/),
    }
    await expect(set.github.repositoryLabels()).rejects.toMatchObject(limited)
    await expect(set.github.pullOfBranch('work')).rejects.toMatchObject(limited)
    expect(set.calls()).toHaveLength(1)
  })
})

describe('a page with status 200', () => {
  it('is another server in GitHub’s place, which passes by itself', async () => {
    await using set = await setUp()
    let asked = 0
    const fetch: typeof globalThis.fetch = async () => {
      asked++
      return new Response('<html>Welcome to our hotel</html>', {headers: {'content-type': 'text/html; charset=utf-8'}})
    }
    const unreached = {code: 'github-unreachable', message: expect.stringContaining('a web page answers in its place')}
    const github = set.gateway({fetch})
    await expect(github.repositoryLabels()).rejects.toMatchObject(unreached)
    await expect(github.snapshot()).rejects.toMatchObject(unreached)
    expect(asked).toBeGreaterThan(1)
  })
})

describe('a limit for a moment', () => {
  it.each([403, 429])('%i is waited for as long as Retry-After says, by everybody', async status => {
    await using set = await setUp()
    const github = set.gateway({secondMs: 1000})
    set.server.fault({kind: 'status', status, retryAfter: 1, match: {path: /labels$/}})
    const startedAt = performance.now()
    const first = github.repositoryLabels()
    await poll(() => set.server.calls.at(-1)?.status === status || undefined, {everyMs: 5, timeoutMs: 5000})
    const second = github.pullOfBranch('work')
    expect(await first).toEqual([])
    expect(await second).toBeNull()
    expect(performance.now() - startedAt).toBeGreaterThan(950)
    expect(set.calls().sort()).toEqual(['GET /labels', 'GET /labels', 'GET /pulls'])
  })

  it('that is long is the caller’s to wait for', async () => {
    await using set = await setUp()
    set.server.fault({kind: 'status', status: 429, retryAfter: 600, match: {path: /labels$/}})
    await expect(set.github.repositoryLabels()).rejects.toMatchObject({code: 'github-rate-limited'})
    expect(set.calls()).toHaveLength(1)
  })

  it('is over when its time has come', async () => {
    await using set = await setUp()
    let ahead = 0
    const clock: Clock = {...systemClock, now: () => Date.now() + ahead}
    const github = set.gateway({clock})
    set.server.fault({kind: 'status', status: 429, retryAfter: 600})
    await expect(github.repositoryLabels()).rejects.toMatchObject({code: 'github-rate-limited'})
    ahead = 601_000
    expect(await github.repositoryLabels()).toEqual([])
  })
})

describe('trouble', () => {
  it('that passes is got over by reading again', async () => {
    await using set = await setUp()
    set.server.fault({kind: 'status', status: 503, times: 2})
    expect(await set.github.repositoryLabels()).toEqual([])
    expect(set.calls()).toHaveLength(3)
  })

  it('that lasts names the status', async () => {
    await using set = await setUp()
    set.server.fault({kind: 'status', status: 503, times: 3})
    await expect(set.github.repositoryLabels()).rejects.toMatchObject({
      code: 'github-unavailable',
      message: expect.stringContaining('503'),
      kept: expect.any(String),
      next: expect.any(String),
    })
  })

  it('is reported when the server is gone, and over when it is back', async () => {
    await using set = await setUp()
    await set.server.goAway()
    await expect(set.github.repositoryLabels()).rejects.toMatchObject({
      code: 'github-unreachable',
      message: expect.stringContaining(set.server.apiUrl),
      next: expect.any(String),
    })
    await set.server.comeBack()
    expect(await set.github.repositoryLabels()).toEqual([])
  })

  it('of slowness ends', async () => {
    await using set = await setUp()
    set.server.fault({kind: 'slow', ms: 1500, times: 3})
    await expect(set.gateway({timeoutMs: 100}).repositoryLabels()).rejects.toMatchObject({code: 'github-unreachable'})
  })

  it('with the token is a matter of configuration, and never shows it', async () => {
    await using set = await setUp()
    const github = set.gateway({token: async () => 'ghp_wrong'})
    const error = await github.repository().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({code: 'github-bad-token', exitCode: 2, next: expect.stringContaining('gh auth login')})
    expect(JSON.stringify(error)).not.toContain('ghp_wrong')
    expect(set.calls()).toHaveLength(1)
  })

  it('of a missing permission names it', async () => {
    await using set = await setUp()
    const {number} = set.repository.openIssue({title: 'x'})
    set.server.fault({
      kind: 'status',
      status: 403,
      message: 'Resource not accessible by personal access token',
      headers: {'x-accepted-github-permissions': 'issues=write'},
      match: {method: 'POST'},
    })
    await expect(set.github.ensureComment(number, 'k', 'x')).rejects.toMatchObject({
      code: 'github-forbidden',
      message: expect.stringContaining('not accessible'),
      next: expect.stringContaining('issues=write'),
    })
    expect(set.calls().filter(call => call.startsWith('POST'))).toHaveLength(1)
  })

  it.each([
    [
      'Resource protected by organization SAML enforcement. You must grant your OAuth token access to this organization.',
      {'x-github-sso': 'required; url=https://github.com/orgs/acme/sso?authorization_request=A1'},
      'https://github.com/orgs/acme/sso?authorization_request=A1',
    ],
    [
      'Although you appear to have the correct authorization credentials, the `acme` organization has an IP allow list enabled.',
      {},
      "address to the organization's IP allow list",
    ],
    ['Repository was archived so is read-only.', {}, 'unarchive it'],
    ['`acme` forbids access via a personal access token (classic).', {}, 'kind of token'],
  ])('that no permission of the token ends names what does: %s', async (message, headers, way) => {
    await using set = await setUp()
    const {number} = set.repository.openIssue({title: 'x'})
    set.server.fault({kind: 'status', status: 403, message, headers, match: {method: 'POST'}})
    await expect(set.github.ensureComment(number, 'k', 'x')).rejects.toMatchObject({
      ...{code: 'github-forbidden', next: expect.stringContaining(way)},
    })
    await set.github.snapshot()
    set.server.fault({kind: 'graphql-error', type: 'FORBIDDEN', message, match: {path: /graphql$/}, times: 3})
    const error = await set.github.snapshot().catch((thrown: unknown) => thrown)
    const told = way.startsWith('https') ? 'Configure SSO' : way
    expect(error).toMatchObject({code: 'github-forbidden', next: expect.stringContaining(told)})
  })

  it('of a repository that is not there says so', async () => {
    await using set = await setUp()
    await expect(set.gateway({repo: 'nope'}).repository()).rejects.toMatchObject({
      code: 'repository-not-found',
      exitCode: 2,
      message: expect.stringContaining('nope'),
    })
  })

  it('of another kind of server is not taken for an answer', async () => {
    await using set = await setUp()
    const fetch = async () => Response.json({hello: 'world'})
    await expect(set.gateway({fetch}).repository()).rejects.toMatchObject({code: 'github-unexpected-answer'})
  })
})
