import {createEmulator} from 'emulate'
import {describe, expect, it} from 'vitest'
import * as z from 'zod'
import {systemClock} from '../../src/base/clock.ts'
import {silentLog} from '../../src/base/log.ts'
import {createClient} from '../../src/github/client/client.ts'
import {githubContract} from './github.ts'
import {LEAVE, liveAddress, openLivePlace} from './live-place.ts'
import type {Place} from './place.ts'

const anything = z.unknown()
const named = z.array(z.object({name: z.string()}))
const titled = z.array(z.object({title: z.string(), state: z.string()}))

/*
 * `emulate` is a GitHub that others wrote. What it lacks, or does otherwise than GitHub's own description says, is left
 * out with that as the reason: in none of it our gateway or our fake was found wrong.
 */
githubContract({
  name: 'emulate 0.12.2, which is not ours',
  lacks: {
    graphql: 'it has no GraphQL',
    'conditional reads': 'it gives no ETag',
    tokens: 'it takes every token for its first user',
    statuses: 'it has no commit statuses',
    'pull requests as issues': 'it gives no pull request where issues are read',
    'one pull request for a branch': 'it opens a second one, where GitHub answers 422',
    'refusal of unknown branches': 'it makes the branch, where GitHub answers 422',
    'refusal of a moved head': 'it answers 422, and GitHub 409',
    conflicts: 'it merges no files',
    'heads that follow pushes': 'its pull requests stay at the commit that they were opened with',
  },
  async open() {
    await using stack = new AsyncDisposableStack()
    const emulator = stack.use(await startEmulator())
    const place = stack.use(await emulator.openPlace())
    const owned = stack.move()
    return {...place, [Symbol.asyncDispose]: () => owned.disposeAsync()}
  },
})

describe('a run in a repository that is not of our making', () => {
  it('leaves one alone that gave no leave', async () => {
    await using emulator = await startEmulator()
    await emulator.takeLeave()
    const before = await emulator.left()
    await expect(emulator.openPlace()).rejects.toThrow(
      /octocat\/sample has no file \.clambake-live-ok: it was left alone/,
    )
    expect(await emulator.left()).toEqual(before)
  })

  it('takes back all that it made, and touches nothing else', async () => {
    await using emulator = await startEmulator()
    const {client, at} = emulator
    await client.request(`POST ${at}/labels`, {name: 'clambake-live-1-theirs'}, anything)
    await client.request(`POST ${at}/issues`, {title: 'clambake-live-1-theirs'}, anything)
    const before = await emulator.left()
    {
      await using place = await emulator.openPlace()
      const issue = await place.people.openIssue({title: `${place.prefix}-issue`, labels: [`${place.prefix}-a/b`]})
      const github = place.gateway()
      await github.ensureLabels(issue, {add: [`${place.prefix}-made`], remove: []})
      const branch = `${place.prefix}-work`
      await place.people.commit({branch, file: 'a.txt', text: 'a\n'})
      await github.ensurePull({branch, base: place.base, title: `${place.prefix}-pull`, body: ''})
      const made = await emulator.left()
      expect(made.map(({length}, list) => length - before[list]!.length)).toEqual([2, 2, 1, 1])
      // Gone before its turn.
      await place.people.editIssue(issue, {state: 'closed'})
      await client.request(`DELETE ${at}/git/refs/heads/{branch}`, {branch}, anything)
    }
    expect(await emulator.left()).toEqual(before)
  })

  it('wants a repository and a token', () => {
    const set = {CLAMBAKE_LIVE_REPO: 'octocat/sample', CLAMBAKE_LIVE_TOKEN: 'secret'}
    expect(liveAddress(set)).toEqual({
      ...{baseUrl: 'https://api.github.com', owner: 'octocat', repo: 'sample'},
      token: 'secret',
    })
    for (const wrong of [{CLAMBAKE_LIVE_REPO: 'sample'}, {CLAMBAKE_LIVE_REPO: 'a/b/c'}, {CLAMBAKE_LIVE_TOKEN: ''}]) {
      expect(liveAddress({...set, ...wrong})).toEqual({
        missing: expect.stringContaining('CLAMBAKE_LIVE_REPO=owner/name'),
      })
    }
  })
})

/** One repository with leave to try things, its owner, and `ann`, who may write. */
async function startEmulator() {
  const people = ['octocat', 'ann']
  const emulator = await createEmulator({
    service: 'github',
    port: 0,
    seed: {
      tokens: Object.fromEntries(people.map(login => [`token-of-${login}`, {login, scopes: ['repo']}])),
      github: {users: people.map(login => ({login})), repos: [{owner: 'octocat', name: 'sample'}]},
    },
  })
  const where = {baseUrl: emulator.url, owner: 'octocat', repo: 'sample'}
  const as = (login: string) =>
    createClient({...where, token: async () => `token-of-${login}`, clock: systemClock, log: silentLog})
  const client = as('octocat')
  const at = '/repos/{owner}/{repo}'
  const put = {path: LEAVE, message: 'Give leave', content: 'eA=='}
  const {content} = await client.request(
    ...([`PUT ${at}/contents/{path}`, put, z.object({content: z.object({sha: z.string()})})] as const),
  )
  await client.request(`PUT ${at}/collaborators/ann`, {permission: 'push'}, anything)

  async function openPlace(): Promise<Place> {
    const place = await openLivePlace({...where, token: 'token-of-octocat'}, () => ({
      async review(number, event) {
        await as('ann').request(`POST ${at}/pulls/{number}/reviews`, {number, event, body: 'Seen'}, anything)
      },
    }))
    const filled = fillGaps(place.fetch)
    return {...place, fetch: filled, gateway: more => place.gateway({fetch: filled, ...more})}
  }

  return {
    client,
    at,
    openPlace,
    /** Takes the file away that allows it. */
    async takeLeave() {
      const gone = {path: LEAVE, message: 'Take leave', sha: content.sha}
      await client.request(`DELETE ${at}/contents/{path}`, gone, anything)
    },
    /** What anybody can see there: branches, labels, open issues and open pull requests. */
    async left() {
      const list = async (what: string, shape: typeof named | typeof titled) =>
        (await client.request(`GET ${at}/${what}`, {per_page: 100}, shape)).map(each => JSON.stringify(each)).sort()
      return [
        await list('branches', named),
        await list('labels', named),
        await list('issues', titled),
        await list('pulls', titled),
      ] as const
    },
    [Symbol.asyncDispose]: () => emulator.close(),
  }
}

/**
 * Answers two requests that the emulator has no route for, for statuses and requested reviewers, with empty lists. The
 * emulator serves check runs and reviews itself.
 */
function fillGaps(send: typeof fetch): typeof fetch {
  return async (input, init) => {
    const url = String(input)
    if (/\/commits\/\w+\/statuses\b/.test(url)) return Response.json([])
    if (url.endsWith('/requested_reviewers')) return Response.json({users: [], teams: []})
    return send(input, init)
  }
}
