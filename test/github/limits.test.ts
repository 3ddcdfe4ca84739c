import {readdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {createFakeClock} from '../../fixtures/clock/clock.ts'
import type {FaultKind} from '../../fixtures/github/faults.ts'
import {GITHUBS_LIMITS} from '../../fixtures/github/secondary-limits.ts'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {systemClock} from '../../src/base/clock.ts'
import {silentLog} from '../../src/base/log.ts'
import {GITHUBS_CONTENT} from '../../src/github/client/content-limit.ts'
import {sharedLimitFile} from '../../src/github/client/shared-limit.ts'
import {createTransport} from '../../src/github/client/transport.ts'
import {setUp} from './set-up.ts'

const HERE = {apiUrl: 'https://api.github.com', repository: 'acme/widgets', log: silentLog}

describe('a limit that GitHub sets for one process', () => {
  it('is kept by all processes of the repository', async () => {
    await using set = await setUp()
    await using folder = temporaryFolder()
    const process = () => sharedLimitFile({...HERE, state: folder.path, clock: systemClock})
    const [one, other] = [set.gateway({shared: process()}), set.gateway({shared: process()})]
    await other.repositoryLabels()
    set.server.fault({kind: 'status', status: 403, retryAfter: 600, match: {path: /pulls$/}})
    await expect(one.pullOfBranch('work')).rejects.toMatchObject({code: 'github-rate-limited'})
    set.calls()
    await expect(other.repositoryLabels()).rejects.toMatchObject({code: 'github-rate-limited'})
    await expect(other.snapshot()).rejects.toMatchObject({code: 'github-rate-limited'})
    expect(set.calls()).toEqual([])
  })

  it('is over when its time has come, and one from a clock that jumped since is none', async () => {
    await using folder = temporaryFolder()
    const clock = createFakeClock()
    const [one, other] = [1, 2].map(() => sharedLimitFile({...HERE, state: folder.path, clock}))
    expect(other!.read()).toBeNull()
    one!.write(clock.now() + 60_000)
    expect(other!.read()).toBe(clock.now() + 60_000)
    clock.jump(-2 * 60 * 60_000)
    expect(other!.read()).toBeNull()
  })

  it('does not hold for a day in its own process after the clock was set back', async () => {
    const clock = createFakeClock()
    const refused = new Response('{}', {status: 403, headers: {'retry-after': '600'}})
    const transport = createTransport({clock, fetch: async () => refused})
    await transport.fetch('https://api.test/x', {method: 'POST'})
    expect(transport.limitedUntil('core')).toBe(clock.now() + 600_000)
    clock.jump(-24 * 60 * 60_000)
    expect(transport.limitedUntil('core')).toBeNull()
  })

  it('does not hold for another repository, nor when its file is torn; a read-only run shares none', async () => {
    await using folder = temporaryFolder()
    const clock = createFakeClock()
    const file = (repository: string, readOnly = false) =>
      sharedLimitFile({...HERE, repository, state: folder.path, clock, readOnly})
    file('acme/widgets', true).write(clock.now() + 1000)
    expect(file('acme/widgets').read()).toBeNull()
    file('Acme/Widgets').write(clock.now() + 1000)
    expect(file('acme/widgets').read()).toBe(clock.now() + 1000)
    expect(file('acme/gears').read()).toBeNull()
    const limits = join(folder.path, 'limits')
    for (const name of readdirSync(limits)) writeFileSync(join(limits, name), '{"limitedUn')
    expect(file('acme/widgets').read()).toBeNull()
  })

  it('that cannot be written is not shared, and nothing else fails', async () => {
    await using folder = temporaryFolder()
    writeFileSync(join(folder.path, 'limits'), 'in the way')
    const limit = sharedLimitFile({...HERE, state: folder.path, clock: createFakeClock()})
    limit.write(1)
    expect(limit.read()).toBeNull()
  })
})

it.each([-60, 60])(
  'an hour that is spent ends when GitHub says so, though our clock is %i minutes off',
  async minutes => {
    await using set = await setUp({rateLimit: 1})
    let ahead = minutes * 60_000
    const clock = {...systemClock, now: () => Date.now() + ahead}
    const github = set.gateway({clock})
    await github.repositoryLabels()
    await expect(github.pullOfBranch('work')).rejects.toMatchObject({code: 'github-rate-limited'})
    // GitHub's own hour, from when it began: no request before, and the next one after it.
    const waits = github.budget().resetAt - clock.now()
    expect(waits).toBeGreaterThan(59 * 60_000)
    expect(waits).toBeLessThanOrEqual(60 * 60_000 + 2000)
    ahead += 59 * 60_000
    set.calls()
    await expect(github.pullOfBranch('work')).rejects.toMatchObject({code: 'github-rate-limited'})
    expect(set.calls()).toEqual([])
    ahead += 2 * 60_000
    await expect(github.pullOfBranch('work')).rejects.toMatchObject({code: 'github-rate-limited'})
    expect(set.calls()).toEqual(['GET /pulls'])
  },
)

describe('a limit of which GitHub does not say how long it lasts', () => {
  const SECONDARY = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.'
  const SPENT = 'API rate limit already exceeded for user ID 1001.'
  const past = () => String(Math.floor(Date.now() / 1000) - 10)
  /** Seconds that it lasts; an hour of points ends when GitHub says so. */
  const [MINUTE, HOUR] = [60, 60 * 60]
  it.each<[string, FaultKind, number?]>([
    ['403 in words alone', {kind: 'status', status: 403}],
    ['429 in other words', {kind: 'status', status: 429, message: 'Too many requests'}],
    [
      'the words of older servers',
      {kind: 'status', status: 403, message: 'You have triggered an abuse detection mechanism.'},
    ],
    [
      'an hour that is said to be over',
      {
        ...{kind: 'status', status: 403, message: 'API rate limit exceeded for user ID 1001.'},
        headers: {'x-ratelimit-remaining': '0', 'x-ratelimit-reset': past()},
      },
    ],
    ['a query that is answered 200 in words alone', {kind: 'graphql-error', message: SECONDARY}],
    [
      'a query whose points are spent, by one type',
      {kind: 'graphql-error', type: 'RATE_LIMITED', message: SPENT},
      HOUR,
    ],
    ['a query whose points are spent, by the other', {kind: 'graphql-error', type: 'RATE_LIMIT', message: SPENT}, HOUR],
  ])('holds all requests of its kind for a minute at least: %s', async (_, fault, lasts = MINUTE) => {
    await using set = await setUp()
    let ahead = 0
    const github = set.gateway({clock: {...systemClock, now: () => Date.now() + ahead}})
    const isQuery = fault.kind === 'graphql-error'
    const ask = () => (isQuery ? github.snapshot() : github.repositoryLabels())
    await ask()
    using _limit = set.server.fault({...fault, match: {path: isQuery ? /graphql$/ : /labels$/}, times: 20})
    await expect(ask()).rejects.toMatchObject({code: 'github-rate-limited'})
    set.calls()
    ahead = (lasts - 30) * 1000
    await expect(ask()).rejects.toMatchObject({code: 'github-rate-limited', message: expect.stringMatching(/until 20/)})
    expect(set.calls()).toEqual([])
    ahead = (lasts + 2) * 1000
    await expect(ask()).rejects.toMatchObject({code: 'github-rate-limited'})
    expect(set.calls()).not.toEqual([])
  })

  it('is waited for as long as a query is told with status 200', async () => {
    await using set = await setUp()
    const headers = {'retry-after': '600'}
    set.server.fault({kind: 'graphql-error', message: SECONDARY, headers, match: {path: /graphql$/}})
    await expect(set.github.snapshot()).rejects.toMatchObject({code: 'github-rate-limited'})
    await expect(set.github.repositoryLabels()).rejects.toMatchObject({code: 'github-rate-limited'})
  })

  it('is none where a permission is missing', async () => {
    await using set = await setUp()
    const message = 'Resource not accessible by personal access token'
    set.server.fault({kind: 'status', status: 403, message, match: {path: /labels$/}})
    await expect(set.github.repositoryLabels()).rejects.toMatchObject({code: 'github-forbidden'})
    expect(await set.github.repositoryLabels()).toEqual([])
  })
})

describe('writes', () => {
  it('are what GitHub lets one account make', () => {
    expect(GITHUBS_CONTENT).toEqual({
      perMinute: GITHUBS_LIMITS.contentPerMinute,
      perHour: GITHUBS_LIMITS.contentPerHour,
    })
  })

  it('wait for their turn in a minute, and reads pass them by', async () => {
    await using set = await setUp()
    set.repository.openIssue({title: 'x'})
    // Minutes of 120 ms.
    const github = set.gateway({spacing: true, secondMs: 2, contentLimit: {perMinute: 2, perHour: 100}})
    const startedAt = performance.now()
    const done: string[] = []
    const write = async (key: string) => {
      await github.ensureComment(1, key, 'x')
      done.push(key)
    }
    const writes = Promise.all(['a', 'b', 'c', 'd', 'e'].map(write))
    await github.pullOfBranch('work')
    done.push('read')
    await writes
    expect(set.repository.issue(1).comments).toHaveLength(5)
    // Three minutes for five: the last one comes in the third.
    expect(performance.now() - startedAt).toBeGreaterThan(240)
    expect(done.indexOf('read')).toBeLessThan(3)
  })

  it('are not held up for a server on this machine', async () => {
    await using set = await setUp()
    set.repository.openIssue({title: 'x'})
    const github = set.gateway({secondMs: 1000, contentLimit: {perMinute: 1, perHour: 1}})
    for (const key of ['a', 'b', 'c']) await github.ensureComment(1, key, 'x')
    expect(set.repository.issue(1).comments).toHaveLength(3)
  })
})

describe('points', () => {
  it('are counted beside requests, and one kind that is spent stops nothing of the other', async () => {
    await using set = await setUp({graphqlRateLimit: 6})
    await set.github.snapshot()
    // One for the fields, two for issues, two for pull requests.
    expect(set.github.budget()).toMatchObject({limit: 0, graphql: {limit: 6, remaining: 1}})
    set.repository.openIssue({title: 'x'})
    await expect(set.github.snapshot()).rejects.toMatchObject({code: 'github-rate-limited'})
    set.calls()
    await expect(set.github.snapshot()).rejects.toMatchObject({
      code: 'github-rate-limited',
      message: expect.stringMatching(/until 20\d\d-/),
    })
    expect(set.calls()).toEqual([])
    expect(await set.github.repositoryLabels()).toEqual([])
  })
})
