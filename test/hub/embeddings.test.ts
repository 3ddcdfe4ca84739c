import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest'
import {type EmbeddingEndpoint, type Mood, startEmbeddings} from '../../fixtures/embeddings/server.ts'
import {systemClock} from '../../src/base/clock.ts'
import {openDirectHub} from '../../src/hub/direct.ts'
import type {HubPlace} from '../../src/hub/place.ts'
import {configSchema} from '../../src/model/data/config.ts'
import {AUTHOR, memoryDraft} from './memory-contract.ts'
import {fileStores, POSTGRES, postgresStores, query, type Stores, WITHOUT_POSTGRES} from './stores.ts'

const PROJECT = 'acme/widgets'

describe('memory by its meaning, in a file', () => embeddingTests(fileStores, async () => true))

if (POSTGRES === null) it.skip(`memory by its meaning ${WITHOUT_POSTGRES}`, () => {})
else {
  describe('memory by its meaning, on Postgres', () =>
    embeddingTests(postgresStores, async place => {
      if (place.kind !== 'postgres') return false
      const rows = await query(place.url, "select 1 from pg_available_extensions where name = 'vector'")
      return rows.length > 0
    }))
}

/** `canCompare`: whether the store has what compares vectors; without it, that is said. */
function embeddingTests(makeStores: () => Promise<Stores>, canCompare: (place: HubPlace) => Promise<boolean>): void {
  let stores: Stores
  let place: HubPlace
  let endpoint: EmbeddingEndpoint
  let able: boolean
  beforeAll(async () => {
    stores = await makeStores()
    endpoint = await startEmbeddings()
  })
  beforeEach(async () => {
    place = stores.place()
    able = await canCompare(place)
    endpoint.mood = 'good'
    endpoint.asked.length = 0
  })
  afterAll(async () => {
    await endpoint[Symbol.asyncDispose]()
    await stores[Symbol.asyncDispose]()
  })

  const open = (withEndpoint = true) =>
    openDirectHub({
      place,
      clock: systemClock,
      embeddings: withEndpoint ? {url: endpoint.url, model: 'small', key: 'the key of tests'} : null,
    })

  async function fill(hub: ReturnType<typeof open>): Promise<void> {
    for (const text of ['Amounts are in cents', 'Postgres listens on 5433', 'The theme is red']) {
      await hub.memory.remember(memoryDraft(text), AUTHOR)
    }
  }

  it('is found though no word is the same, with what was stored before too, and its words count as well', async () => {
    {
      await using before = open(false)
      await fill(before)
    }
    expect(endpoint.asked).toEqual([])
    await using hub = open()
    // The first search gives the texts their vectors.
    const first = await hub.memory.recall({query: 'expensive', project: PROJECT, limit: 1})
    const found = await hub.memory.recall({query: 'expensive', project: PROJECT, limit: 1})
    expect(endpoint.asked[0]).toEqual({texts: ['expensive'], authorization: 'Bearer the key of tests'})
    if (!able) {
      expect([first, found]).toEqual(
        Array(2).fill({memories: [], fullText: true, byMeaning: expect.stringContaining('pgvector')}),
      )
      return
    }
    expect(found).toMatchObject({memories: [{title: 'Amounts are in cents'}], byMeaning: true})
    await hub.memory.remember(memoryDraft('Which paint the walls have'), AUTHOR)
    const {memories} = await hub.memory.recall({query: 'paint', project: PROJECT, limit: 2})
    expect(memories.map(({title}) => title)).toEqual(['Which paint the walls have', 'The theme is red'])
    // A text that was changed is found by what it means now.
    await hub.memory.update(memories[1]!.ref, {text: 'It costs much money', title: 'Money'}, 'w-1')
    await hub.memory.recall({query: 'price', project: PROJECT, limit: 2})
    const {memories: later} = await hub.memory.recall({query: 'price', project: PROJECT, limit: 2})
    expect(later.map(({title}) => title)).toEqual(expect.arrayContaining(['Money', 'Amounts are in cents']))
  })

  it.each<[Mood, RegExp]>([
    ['silent', /in time/],
    ['broken', /500/],
    ['nonsense', /not an embedding/],
    ['uneven', /do not belong/],
    ['moved', /redirect/i],
  ])(
    'is found by its words where the endpoint is %s, and that is said; no search waits for it twice',
    async (mood, why) => {
      await using hub = open()
      await fill(hub)
      endpoint.mood = mood
      const before = endpoint.asked.length
      const {memories, byMeaning} = await hub.memory.recall({query: 'postgres', project: PROJECT, limit: 5})
      expect(memories.map(({title}) => title)).toEqual(['Postgres listens on 5433'])
      expect(byMeaning).toMatch(why)
      await hub.memory.recall({query: 'postgres', project: PROJECT, limit: 5})
      expect(endpoint.asked.length).toBe(before + 1)
    },
  )

  it('is not compared with vectors of another size', async () => {
    await using hub = open()
    await fill(hub)
    endpoint.mood = 'larger'
    const {memories} = await hub.memory.recall({query: 'theme', project: PROJECT, limit: 5})
    expect(memories.map(({title}) => title)).toEqual(['The theme is red'])
  })

  it('is stored where the endpoint is down', async () => {
    endpoint.mood = 'broken'
    await using hub = open()
    await fill(hub)
    const {memories} = await hub.memory.recall({query: '', project: PROJECT, limit: 5})
    expect(memories).toHaveLength(3)
  })
}

it.each([
  ['http://localhost:11434/v1', true],
  ['http://127.0.0.1:8080', true],
  ['http://[::1]:8080', true],
  ['https://api.example.com/v1', true],
  ['http://api.example.com/v1', false],
  ['http://localhost.example.com/v1', false],
  ['http://127.0.0.1.example.com', false],
  ['https://user:password@api.example.com', false],
  ['file:///etc/passwd', false],
])('an endpoint at %s: %s', (url, taken) => {
  expect(configSchema.safeParse({hub: {embeddings_url: url, embeddings_model: 'a-model'}}).success).toBe(taken)
})
