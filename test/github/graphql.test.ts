import {expect, it} from 'vitest'
import * as z from 'zod'
import {systemClock} from '../../src/base/clock.ts'
import {silentLog} from '../../src/base/log.ts'
import {createClient} from '../../src/github/client/client.ts'
import {type SetUp, setUp} from './set-up.ts'

const NAME = 'query name($owner: String!, $repo: String!) { repository(owner: $owner, name: $repo) { nameWithOwner } }'
const named = z.object({repository: z.object({nameWithOwner: z.string()})})

function clientOf({server, repository}: SetUp, repo = repository.name) {
  return createClient({
    baseUrl: server.apiUrl,
    owner: repository.owner,
    repo,
    token: async () => server.token,
    clock: systemClock,
    log: silentLog,
    secondMs: 10,
  })
}

it('a query is filled with owner and repository, and its answer read by its shape', async () => {
  await using set = await setUp()
  const client = clientOf(set)
  expect(await client.graphql(NAME, {}, named)).toEqual({repository: {nameWithOwner: client.slug}})
  await expect(client.graphql(NAME, {}, z.object({repository: z.number()}))).rejects.toMatchObject({
    code: 'github-unexpected-answer',
    message: expect.stringContaining('read name'),
  })
})

it('errors in an answer with status 200 are errors', async () => {
  await using set = await setUp()
  await expect(clientOf(set, 'nothing').graphql(NAME, {}, named)).rejects.toMatchObject({code: 'github-not-found'})
  await expect(clientOf(set).graphql('query typo { repositry }', {}, named)).rejects.toMatchObject({
    code: 'github-refused',
    message: expect.stringContaining('read typo'),
  })
})

it('points that are spent are a limit', async () => {
  await using set = await setUp()
  const limit = z.object({rateLimit: z.object({remaining: z.number()})})
  const client = clientOf(set)
  const ask = () => client.graphql('query left { rateLimit { remaining } }', {}, limit)
  await ask()
  set.server.fault({kind: 'status', status: 403, retryAfter: 600, match: {path: /graphql$/}})
  await expect(ask()).rejects.toMatchObject({code: 'github-rate-limited'})
})
