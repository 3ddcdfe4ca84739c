import {expect, it} from 'vitest'
import {startEmbeddings} from '../../../fixtures/embeddings/server.ts'
import {systemClock} from '../../../src/base/clock.ts'
import {checkEmbeddings} from '../../../src/cli/doctor/embeddings.ts'
import {configSchema} from '../../../src/model/data/config.ts'

const check = (hub: object, env = {}) =>
  checkEmbeddings({hub: configSchema.parse({hub}).hub, env, clock: systemClock, timeoutMs: 200})

it('tries the endpoint for vectors where one is configured, and says why it does not work', async () => {
  await using endpoint = await startEmbeddings()
  expect(await check({})).toEqual([])
  const hub = {embeddings_url: endpoint.url, embeddings_model: 'small', embeddings_key_env: 'THE_KEY'}
  expect(await check(hub, {THE_KEY: 'key-1'})).toMatchObject([
    {state: 'good', detail: expect.stringMatching(/small, \d/)},
  ])
  endpoint.mood = 'broken'
  expect(await check(hub)).toMatchObject([
    {state: 'hint', detail: expect.stringContaining('it answers 500'), mend: 'set THE_KEY, which holds its key'},
  ])
  endpoint.mood = 'silent'
  expect(await check(hub, {THE_KEY: 'key-1'})).toMatchObject([
    {state: 'hint', detail: expect.stringContaining('it does not answer in time')},
  ])
})
