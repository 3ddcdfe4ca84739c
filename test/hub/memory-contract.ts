import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest'
import {createFakeClock, type FakeClock} from '../../fixtures/clock/clock.ts'
import {silentLog} from '../../src/base/log.ts'
import {type Hub, openHub} from '../../src/hub/hub.ts'
import type {Memories, Recall} from '../../src/hub/memories.ts'
import type {HubPlace} from '../../src/hub/place.ts'
import type {Author, Memory, MemoryDraft} from '../../src/model/hub/memory/memory.ts'
import {WORKER} from './open.ts'
import type {Stores} from './stores.ts'

export const AUTHOR: Author = {by: 'w-1', instance: 'w-1', session: 'c0ffee', ticket: 7, commit: 'abc1234'}

export const memoryDraft = (text: string, more: Partial<MemoryDraft> = {}): MemoryDraft => ({
  project: 'acme/widgets',
  type: 'gotcha',
  title: text.split('\n', 1)[0] ?? '',
  text,
  tags: [],
  files: [],
  ...more,
})

/** What memory promises on every store. */
export function memoryContract(makeStores: () => Promise<Stores>): void {
  let stores: Stores
  let place: HubPlace
  let clock: FakeClock
  let hubs: AsyncDisposableStack
  let [one, other]: Memories[] = []
  beforeAll(async () => {
    hubs = new AsyncDisposableStack()
    stores = hubs.use(await makeStores())
    place = stores.place()
    clock = createFakeClock({now: 1_700_000_000_000})
    const open = async (): Promise<Hub> =>
      hubs.use(await openHub({place, repository: 'acme/widgets', clock, log: silentLog, worker: WORKER}))
    const opened = [await open(), await open()]
    await Promise.all(opened.map(hub => hub.recent(1)))
    one = opened[0]!.sessions.memory
    other = opened[1]!.sessions.memory
  })
  afterEach(() => stores.clear(place))
  afterAll(() => hubs[Symbol.asyncDispose]())

  async function stored(text: string, more: Partial<MemoryDraft> = {}): Promise<Memory> {
    const kept = await one!.remember(memoryDraft(text, more), AUTHOR)
    if (!('stored' in kept)) throw new Error(`${text} was not stored`)
    await clock.advance(1000)
    return kept.stored
  }

  async function titles(query: string, more: Partial<Recall> = {}): Promise<string[]> {
    const {memories} = await other!.recall({query, project: 'acme/widgets', limit: 10, ...more})
    return memories.map(({title}) => title)
  }

  it('keeps what a session learned, with where it comes from, for every other program', async () => {
    const at = clock.now()
    const memory = await stored('The cart rounds prices down.\nSee the tests.', {
      tags: ['Money', 'money'],
      files: ['./src/cart/', 'src/total.ts'],
    })
    expect(memory).toEqual({
      ...AUTHOR,
      ref: expect.stringMatching(/^\d+$/),
      project: 'acme/widgets',
      type: 'gotcha',
      title: 'The cart rounds prices down.',
      text: 'The cart rounds prices down.\nSee the tests.',
      status: 'active',
      tags: ['money'],
      files: ['src/cart', 'src/total.ts'],
      createdAt: at,
      updatedAt: at,
      supersededBy: null,
    })
    expect(await other!.get([memory.ref])).toEqual([memory])
    const {ref} = await stored('Ask before a force push', {project: null, type: 'convention'})
    expect(ref).toMatch(/^g\d+$/)
    expect((await other!.get([ref, '999999', memory.ref])).map(found => found.ref)).toEqual([ref, memory.ref])
  })

  describe('finds', () => {
    it('by words in any form, the title before the text, this project and all projects', async () => {
      await stored('Rounding of prices', {type: 'decision'})
      await stored('The basket', {text: 'It rounds the price of every item.', type: 'pattern'})
      await stored('Deployments', {text: 'They run at noon.', type: 'feature'})
      await stored('Prices', {project: null, type: 'lesson', text: 'Rounded prices are checked twice.'})
      await stored('Rounding of prices elsewhere', {project: 'acme/gadgets'})
      expect(await titles('rounded price')).toEqual(
        expect.arrayContaining(['Rounding of prices', 'The basket', 'Prices']),
      )
      expect(await titles('rounded price')).toHaveLength(3)
      expect((await titles('rounding'))[0]).toBe('Rounding of prices')
      expect(await titles('rounded price', {scopes: ['project']})).toHaveLength(2)
      expect(await titles('rounded price', {project: null})).toEqual(['Prices'])
      expect(await titles('rounded -basket')).toEqual(expect.not.arrayContaining(['The basket']))
      expect(await titles('"price of every item"')).toEqual(['The basket'])
      expect(await titles('noon or twice')).toEqual(expect.arrayContaining(['Deployments', 'Prices']))
    })

    it('what has all words first, then what has some', async () => {
      await stored('The parser of dates')
      await stored('The parser of numbers and their signs')
      expect(await titles('parser signs')).toEqual(['The parser of numbers and their signs', 'The parser of dates'])
    })

    it('parts of paths and names, and words of languages without spaces', async () => {
      await stored('Totals', {text: 'parse_total() in the file', files: ['src/cart/total-price.ts']})
      await stored('価格を切り捨てる')
      for (const query of ['cart', 'total-price.ts', 'src/cart', 'parse_total']) {
        expect(await titles(query), query).toEqual(['Totals'])
      }
      expect(await titles('切り捨て')).toEqual(['価格を切り捨てる'])
    })

    it('nothing by a search without words, and takes every search for text', async () => {
      await stored('Fifty % off: "half" \\ price_a (x AND y) NOT z*')
      for (const query of [
        '"',
        "'; drop table x; --",
        'a AND (b',
        'title:half',
        '^half',
        '-x',
        '%',
        'NEAR(half, 2)',
        '\0',
      ]) {
        await expect(titles(query), query).resolves.toBeInstanceOf(Array)
      }
      expect(await titles('^half')).toHaveLength(1)
    })

    it('by type, tag and file, alone and together, the newest first', async () => {
      await stored('one', {type: 'fix', tags: ['ci'], files: ['src/cart/**']})
      await stored('two', {type: 'fix', tags: ['ci', 'slow'], files: ['src/cart/total.ts']})
      await stored('three', {type: 'issue', files: ['src', 'docs/*.md']})
      await stored('four', {type: 'issue', files: ['src/cartoon.ts']})
      expect(await titles('')).toEqual(['four', 'three', 'two', 'one'])
      expect(await titles('', {types: ['fix']})).toEqual(['two', 'one'])
      expect(await titles('', {tags: ['CI']})).toEqual(['two', 'one'])
      expect(await titles('', {tags: ['ci', 'slow']})).toEqual(['two'])
      expect(await titles('', {files: ['src/cart/total.ts']})).toEqual(['three', 'two', 'one'])
      expect(await titles('', {files: ['src/cart']})).toEqual(['three', 'two', 'one'])
      expect(await titles('', {files: ['docs/keys.md']})).toEqual(['three'])
      expect(await titles('', {files: ['src/c*']})).toEqual(expect.arrayContaining(['four', 'two', 'one']))
      expect(await titles('', {files: ['package.json']})).toEqual([])
      expect(await titles('two', {types: ['issue']})).toEqual([])
      expect(await titles('', {limit: 1})).toEqual(['four'])
    })
  })

  it('changes what is named of a memory, and finds it by its new words only', async () => {
    const {ref, ...before} = await stored('The port is 8080', {tags: ['ports'], files: ['compose.yml']})
    const after = await one!.update(ref, {text: 'It listens on a socket', tags: ['sockets']}, 'w-2')
    expect(after).toEqual({...before, ref, text: 'It listens on a socket', tags: ['sockets'], updatedAt: clock.now()})
    expect(await titles('8080')).toEqual(['The port is 8080']) // The title has it still.
    await one!.update(ref, {title: 'Where it listens'}, 'w-2')
    expect(await titles('8080')).toEqual([])
    expect(await titles('socket')).toEqual(['Where it listens'])
    expect(await titles('', {tags: ['ports']})).toEqual([])
    expect(await titles('', {tags: ['sockets'], files: ['compose.yml']})).toEqual(['Where it listens'])
    await one!.update(ref, {status: 'deprecated'}, 'w-2')
    expect(await titles('socket')).toEqual([])
    expect(await titles('socket', {statuses: ['deprecated']})).toEqual(['Where it listens'])
    await expect(one!.update('999999', {status: 'active'}, 'w-2')).rejects.toMatchObject({code: 'no-memory'})
  })

  it('puts a memory in the place of another', async () => {
    const old = await stored('Prices are rounded down to cents', {type: 'decision'})
    const kept = await one!.remember(
      memoryDraft('Prices are rounded down to tenths of cents', {type: 'decision'}),
      AUTHOR,
      {supersedes: old.ref},
    )
    const next = 'stored' in kept ? kept.stored : null
    expect(await one!.get([old.ref])).toEqual([
      {...old, status: 'superseded', supersededBy: next?.ref, updatedAt: clock.now()},
    ])
    expect(await titles('rounded')).toEqual([next?.title])
    await one!.update(old.ref, {status: 'active'}, 'w-1')
    expect(await one!.get([old.ref])).toMatchObject([{status: 'active', supersededBy: null}])
    await expect(one!.remember(memoryDraft('another'), AUTHOR, {supersedes: '999999'})).rejects.toMatchObject({
      code: 'no-memory',
    })
    expect(await titles('another')).toEqual([])
  })

  describe('duplicates', () => {
    const TEXT = 'The database of the tests listens on port 5433, since 5432 is taken on the build machines.'

    it('are shown and not stored, unless that is wanted or they are of another project', async () => {
      const first = await stored(TEXT)
      const near = memoryDraft(TEXT.replace('listens on', 'is at'))
      expect(await other!.remember(near, AUTHOR)).toEqual({similar: [first]})
      expect(await titles('database')).toHaveLength(1)
      expect(await other!.remember({...near, project: 'acme/gadgets'}, AUTHOR)).toHaveProperty('stored')
      expect(await other!.remember(near, AUTHOR, {anyway: true})).toHaveProperty('stored')
      expect(await titles('database')).toHaveLength(2)
    })

    it('of the same words are stored once, whatever is asked', async () => {
      const first = await stored(TEXT)
      expect(await other!.remember(memoryDraft(` ${TEXT}\n`), AUTHOR, {anyway: true})).toEqual({same: first})
      await one!.update(first.ref, {status: 'superseded'}, 'w-1')
      expect(await other!.remember(memoryDraft(TEXT), AUTHOR)).toHaveProperty('stored')
    })

    it('of two programs at once are one', async () => {
      const kept = await Promise.all(
        Array.from({length: 6}, (_, n) => (n % 2 ? one! : other!).remember(memoryDraft(`${TEXT} ${n}`), AUTHOR)),
      )
      expect(kept.filter(result => 'stored' in result)).toHaveLength(1)
      expect(kept.filter(result => 'similar' in result)).toHaveLength(5)
    })
  })

  it('refuses secrets, what is too long, and a type of the other kind', async () => {
    const token = `ghp_${'a1B2'.repeat(9)}`
    const refused: [MemoryDraft, RegExp][] = [
      [memoryDraft(`the token is ${token}`), /secret/],
      [memoryDraft('fine', {tags: [token]}), /secret/],
      [memoryDraft('x'.repeat(8193), {title: 'long'}), /8193 bytes/],
      [memoryDraft('x', {title: 'y'.repeat(201)}), /title/],
      [memoryDraft(' '), /says nothing/],
      [memoryDraft('x', {project: null}), /one project/],
      [memoryDraft('x', {type: 'lesson'}), /all projects/],
      [memoryDraft('the password is hunter2', {project: null, type: 'credential'}), /kept/],
    ]
    for (const [draft, message] of refused) {
      await expect(one!.remember(draft, AUTHOR)).rejects.toMatchObject({
        code: 'memory-refused',
        message: expect.stringMatching(message),
      })
    }
    const {ref} = await stored('Deploy key: in the vault "ops", entry deploy', {project: null, type: 'credential'})
    await expect(one!.update(ref, {text: `it is ${token}`}, 'w-1')).rejects.toMatchObject({code: 'memory-refused'})
    expect(await titles('', {project: null})).toHaveLength(1)
  })

  it('gives a session what concerns its task, best first, within a budget', async () => {
    await stored('Use tabs', {project: null, type: 'convention', text: 'Indent by tabs everywhere.'})
    await stored('Old news', {type: 'update', text: 'The office has moved.'})
    await stored('Totals', {type: 'fix', text: 'A total of a cart without items is zero.'})
    await stored('Checkout', {type: 'decision', text: 'Nothing is kept.', files: ['src/checkout/**']})
    await stored('Slow tests', {type: 'pattern', text: 'Mark them.', tags: ['tests']})
    await stored('Elsewhere', {project: 'acme/gadgets', text: 'The total of a cart is wrong.'})
    const done = await stored('Cart total was wrong', {type: 'issue'})
    await one!.update(done.ref, {status: 'resolved'}, 'w-1')
    const task = {
      project: 'acme/widgets',
      text: 'The cart shows a wrong total at the checkout',
      files: ['src/checkout/pay.ts'],
      labels: ['Tests'],
    }
    const {given, left} = await other!.relevantTo(task)
    expect(given.map(({title}) => title)).toEqual(['Checkout', 'Totals', 'Slow tests', 'Use tabs'])
    expect(left).toBe(0)
    const small = await other!.relevantTo(task, 300)
    expect(small.given.length + small.left).toBe(4)
    expect(small.given[0]?.title).toBe('Checkout')
    expect(small.left).toBeGreaterThan(0)
  })

  it('gives all, in their order', async () => {
    for (const text of ['apples', 'bridges', 'clouds']) await stored(text)
    await stored('elsewhere', {project: 'acme/gadgets'})
    const all = async (project: string | null) => {
      const found: string[] = []
      for await (const {title} of other!.all('project', project)) found.push(title)
      return found
    }
    expect(await all('acme/widgets')).toEqual(['apples', 'bridges', 'clouds'])
    expect(await all(null)).toHaveLength(4)
  })
}
