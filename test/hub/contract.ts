import fc from 'fast-check'
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest'
import {createFakeClock, type FakeClock} from '../../fixtures/clock/clock.ts'
import {silentLog} from '../../src/base/log.ts'
import {type Hub, type HubOptions, openHub} from '../../src/hub/hub.ts'
import type {HubPlace} from '../../src/hub/place.ts'
import type {NewEvent} from '../../src/model/data/event.ts'
import type {Draft, Sender} from '../../src/model/hub/draft.ts'
import {overlaps} from '../../src/model/hub/holds/overlap.ts'
import {resourceOf} from '../../src/model/hub/holds/reservation.ts'
import {claimsContract} from './claims-contract.ts'
import {clockContract} from './clock-contract.ts'
import {WORKER} from './open.ts'
import {draft, sender, session} from './samples.ts'
import type {Stores} from './stores.ts'

const HOUR = 60 * 60_000
const ADA: Sender = {name: 'ada@laptop', instance: null, project: null}

const started = (ticket: number) => ({type: 'task_started', message: `began #${ticket}`, ticket}) as const

/** What the hub promises on every store. */
export function hubContract(makeStores: () => Promise<Stores>, {seenWithinMs}: {seenWithinMs: number}): void {
  let stores: Stores
  let place: HubPlace
  let clock: FakeClock
  let hubs: AsyncDisposableStack
  let [one, other]: Hub[] = []
  beforeAll(async () => {
    hubs = new AsyncDisposableStack()
    stores = hubs.use(await makeStores())
    place = stores.place()
    clock = createFakeClock({now: 1_700_000_000_000})
    one = await open()
    other = await open()
    await Promise.all([one.recent(1), other.recent(1)])
  })
  afterEach(() => stores.clear(place))
  afterAll(() => hubs[Symbol.asyncDispose]())

  async function open(options: Partial<HubOptions> = {}): Promise<Hub> {
    const hub = await openHub({place, repository: 'acme/widgets', clock, log: silentLog, worker: WORKER, ...options})
    return hubs.use(hub)
  }

  it('keeps events in their order, for the next program too, by repository, ticket, agent and name', async () => {
    const [hub, gadgets] = [await open(), await open({repository: 'acme/gadgets'})]
    const full: NewEvent = {
      ...started(9),
      agent: 'agent002',
      severity: 'warning',
      metadata: {tries: [1, {deep: null}], text: 'it\'s ☕ \\ "quoted"'},
      traceId: 'f'.repeat(32),
    }
    for (let ticket = 1; ticket <= 700; ticket++) hub.append(started(ticket))
    hub.append(full)
    hub.append({type: 'custom', name: 'usage_counted', message: 'm', agent: 'agent002'})
    gadgets.append(started(1))
    await Promise.all([hub.flush(), gadgets.flush()])
    await hub[Symbol.asyncDispose]()
    const next = one!
    const events = await next.events({limit: 1000})
    expect(events.map(({ticket}) => ticket)).toEqual([...Array.from({length: 700}, (_, n) => n + 1), 9, undefined])
    expect(events.at(-2)).toMatchObject({...full, at: clock.now(), repository: 'acme/widgets'})
    expect(await next.events({ticket: 9, agent: 'agent002', limit: 10})).toHaveLength(1)
    expect(await next.history({name: 'usage_counted', limit: 10})).toHaveLength(1)
    const [first] = events
    expect((await next.events({after: first!.seq, limit: 2})).map(({ticket}) => ticket)).toEqual([2, 3])
    expect(await gadgets.events({limit: 10})).toHaveLength(1)
  })

  it('keeps events and messages that hold a NUL, and what follows them', async () => {
    const hub = await open()
    hub.append({...started(1), message: 'before\0after'})
    hub.append(started(2))
    await hub.flush()
    expect((await other!.recent(2)).map(({message}) => message)).toEqual(['before\ufffdafter', 'began #2'])
    const {id} = await hub.sessions.send(ADA, draft('@all', {text: 'a\0b'}))
    expect(await other!.sessions.mail({ids: [id], limit: 1})).toMatchObject([{text: 'a\ufffdb'}])
  })

  it('keeps a message to an agent once under its key, and when it was delivered', async () => {
    const hub = one!
    const message = {from: 'ada', to: 'agent001', ticket: 7, text: 'use the new parser', deliveredAt: null}
    const kept = await hub.send({...message, key: 'review:1'})
    expect(kept.expiresAt).toBe(null)
    expect(await hub.send({...message, key: 'review:1', text: 'again'})).toEqual(kept)
    const {id} = await hub.send(message)
    await hub.messageDelivered(id)
    await clock.advance(1000)
    await hub.messageDelivered(id)
    await hub.messageExpired(id)
    const delivered = {...message, id, at: kept.at, deliveredAt: kept.at, expiresAt: kept.at + 24 * HOUR}
    expect(await hub.messages({limit: 10})).toEqual([delivered, kept])
    expect(await hub.messages({kept: true, limit: 10})).toEqual([kept])
  })

  it('lets a message that its agent did not read expire, once', async () => {
    const hub = one!
    const message = {from: 'ada', to: 'agent001', ticket: 7, text: 'use the new parser', deliveredAt: null}
    const {id} = await hub.send(message)
    const kept = await hub.send({...message, key: 'review:2'})
    const expiresAt = clock.now()
    for (const each of [id, kept.id, id]) {
      await hub.messageExpired(each)
      await clock.advance(1000)
    }
    const now = await hub.messages({limit: 2})
    expect(now).toMatchObject([
      {id: kept.id, expiresAt: kept.at},
      {id, deliveredAt: null, expiresAt},
    ])
    expect(await hub.send({...message, key: 'review:2'})).toEqual(now[0])
    // One whose day is over, as it was told of.
    const old = await hub.send(message)
    await clock.advance(24 * HOUR)
    await hub.messageExpired(old.id)
    expect((await hub.messages({limit: 1}))[0]).toMatchObject({id: old.id, expiresAt: old.at})
  })

  describe('sessions', () => {
    it('register, beat and leave; without a beat they are stale after half an hour and gone after two', async () => {
      const {sessions} = one!
      await sessions.join(session('widgets-1'))
      const registeredAt = clock.now()
      await clock.advance(30 * 60_000)
      const standings = async () => (await sessions.seen()).map(({peer, standing}) => [peer.id, standing])
      expect(await standings()).toEqual([['widgets-1', 'active']])
      await clock.advance(1)
      expect(await standings()).toEqual([['widgets-1', 'stale']])
      expect(await sessions.beat('widgets-1', {task: 'the parser', status: 'busy'})).toBe(true)
      const heartbeatAt = clock.now()
      expect(await sessions.seen()).toEqual([
        {
          standing: 'active',
          peer: {...session('widgets-1'), task: 'the parser', status: 'busy', heartbeatAt, registeredAt},
        },
      ])
      await clock.advance(2 * HOUR + 1)
      expect(await standings()).toEqual([['widgets-1', 'gone']])
      await sessions.leave('widgets-1')
      expect(await sessions.seen()).toEqual([])
      expect(await sessions.beat('widgets-1')).toBe(false)
    })

    it('are gone at once when their process has ended', async () => {
      const {sessions} = one!
      await sessions.join({...session('widgets-1'), process: {pid: process.pid, start: 'another'}})
      await sessions.join({...session('far-1'), host: 'elsewhere', process: {pid: process.pid, start: 'another'}})
      expect((await sessions.seen()).map(({peer, standing}) => [peer.id, standing])).toEqual([
        ['far-1', 'active'],
        ['widgets-1', 'gone'],
      ])
    })

    it('hold no secret', async () => {
      const {sessions} = one!
      await sessions.join({...session('w-1'), task: 'use ghp_0123456789abcdefghijklmnopqrstuvwxyz'})
      expect((await sessions.seen())[0]?.peer.task).toBe('use ghp_[redacted]')
    })
  })

  describe('mail', () => {
    const ids = (mail: readonly {id: number}[]) => mail.map(({id}) => id)

    it('to all, a project and a session is given once to each, and not to its sender', async () => {
      const {sessions} = one!
      const [first, two, far] = [session('w-1'), session('w-2'), session('g-1', 'acme/gadgets')]
      for (const peer of [first, two, far]) await sessions.join(peer)
      const all = await sessions.send(sender('w-1'), draft('@all'))
      const project = await sessions.send(sender('w-1'), draft('acme/widgets'))
      const single = await sessions.send(ADA, draft('g-1'))
      expect(await sessions.handOver(first)).toEqual({given: [], waiting: 0})
      expect(ids((await sessions.handOver(two)).given)).toEqual(ids([all, project]))
      expect(ids((await sessions.handOver(far)).given)).toEqual(ids([all, single]))
      await sessions.begun('w-2', ids([all, project]))
      await clock.advance(HOUR)
      expect((await sessions.handOver(two)).given).toEqual([])
      expect(await sessions.progress([all, project])).toEqual(
        new Map([
          [all.id, {recipients: 2, handed: 2, begun: 1}],
          [project.id, {recipients: 1, handed: 1, begun: 1}],
        ]),
      )
    })

    it('that no turn began with is given again after a minute, and what was read is not', async () => {
      const {sessions} = one!
      const peer = session('w-1')
      await sessions.join(peer)
      const [lost, read] = [await sessions.send(ADA, draft('w-1')), await sessions.send(ADA, draft('@all'))]
      expect(ids((await sessions.handOver(peer)).given)).toEqual(ids([lost, read]))
      expect((await sessions.handOver(peer)).given).toEqual([])
      await sessions.read('w-1', [read.id])
      await clock.advance(60_001)
      expect(ids((await sessions.handOver(peer)).given)).toEqual([lost.id])
    })

    it('that did not reach its session is due again at once, which counts for nothing', async () => {
      const {sessions} = one!
      const peer = session('w-1')
      await sessions.join(peer)
      const sent = await sessions.send(ADA, draft('w-1'))
      for (let n = 0; n < 5; n++) {
        expect(ids((await sessions.handOver(peer)).given)).toEqual([sent.id])
        await sessions.takeBack('w-1', [sent.id])
        expect((await sessions.progress([sent])).get(sent.id)).toEqual({recipients: 1, handed: 0, begun: 0})
      }
      await sessions.handOver(peer)
      await sessions.begun('w-1', [sent.id])
      await sessions.takeBack('w-1', [sent.id])
      expect((await sessions.handOver(peer)).given).toEqual([])
    })

    it('is given to one of many that ask for the same session at once', async () => {
      await one!.sessions.join(session('w-1'))
      for (let n = 0; n < 5; n++) await one!.sessions.send(ADA, draft('w-1'))
      const given = await Promise.all(
        Array.from({length: 8}, (_, n) => (n % 2 ? one! : other!).sessions.handOver(session('w-1'))),
      )
      expect(given.flatMap(each => ids(each.given))).toHaveLength(5)
    })

    it('keeps to its budget, and what did not fit comes next', async () => {
      const {sessions} = one!
      const peer = session('w-1')
      await sessions.join(peer)
      const sent = []
      for (let n = 0; n < 5; n++) sent.push(await sessions.send(ADA, draft('w-1', {text: '☕'.repeat(1300)})))
      const first = await sessions.handOver(peer)
      expect({given: ids(first.given), waiting: first.waiting}).toEqual({given: ids(sent.slice(0, 2)), waiting: 3})
      expect(ids((await sessions.handOver(peer)).given)).toEqual(ids(sent.slice(2, 4)))
    })

    it('that is expired is not given', async () => {
      const {sessions} = one!
      await sessions.join(session('w-1'))
      await sessions.send(ADA, draft('w-1', {lifeMs: 1000}))
      await clock.advance(1000)
      expect((await sessions.handOver(session('w-1'))).given).toEqual([])
    })

    it('is refused when it cannot be given as it is, and nothing is stored', async () => {
      const {sessions} = one!
      await sessions.join(session('w-1'))
      const refused: [Partial<Draft>, RegExp][] = [
        [{text: 'é'.repeat(2049)}, /4098 bytes/],
        [{text: ' '}, /says nothing/],
        [{text: 'use ghp_0123456789abcdefghijklmnopqrstuvwxyz'}, /secret/],
        [{to: 'w-9'}, /no session and no project/],
        [{kind: 'blocker'}, /names what it holds/],
        [{kind: 'blocker', resource: 'ghp_0123456789abcdefghijklmnopqrstuvwxyz'}, /secret$/],
        [{kind: 'blocker', resource: 'dokcer'}, /"dokcer" is not understood/],
        [{resource: 'docker'}, /only a blocker/],
        [{lifeMs: 25 * HOUR}, /a day at most/],
        [{answers: 999_999}, /no message 999999/],
      ]
      for (const [more, why] of refused) {
        await expect(sessions.send(ADA, draft('w-1', more))).rejects.toMatchObject({
          code: 'mail-refused',
          message: expect.stringMatching(why),
        })
      }
      expect(await sessions.mail({limit: 10})).toEqual([])
    })

    it('of an older program to the agent of a ticket is none', async () => {
      const hub = one!
      await hub.sessions.join(session('w-1'))
      await hub.send({from: 'ada', to: '@all', ticket: 7, text: 'x', deliveredAt: null})
      expect((await hub.sessions.handOver(session('w-1'))).given).toEqual([])
    })
  })

  describe('a blocker', () => {
    const blocker = (more: Partial<Draft> = {}) => draft('@all', {kind: 'blocker', resource: 'docker', ...more})

    it('holds until its done, which others may not send', async () => {
      const {sessions} = one!
      for (const id of ['w-1', 'w-2']) await sessions.join(session(id))
      const held = await sessions.send(sender('w-1'), blocker())
      expect(await sessions.blockers()).toEqual([held])
      const done = draft('@all', {kind: 'done', answers: held.id})
      await expect(sessions.send(sender('w-2'), done)).rejects.toMatchObject({code: 'mail-refused'})
      await sessions.send(sender('w-1'), done)
      expect(await sessions.blockers()).toEqual([])
      const [ended] = await sessions.mail({ids: [held.id], limit: 1})
      expect(ended?.ended).toEqual({at: clock.now(), by: 'w-1'})
    })

    it('ends at its expiry', async () => {
      const {sessions} = one!
      await sessions.send(ADA, blocker({lifeMs: HOUR}))
      await clock.advance(HOUR - 1)
      expect(await sessions.blockers()).toHaveLength(1)
      await clock.advance(1)
      expect(await sessions.blockers()).toEqual([])
    })

    it.each([
      ['leaves', async (hub: Hub) => hub.sessions.leave('w-1')],
      ['is not heard of for two hours', async () => clock.advance(2 * HOUR + 1)],
      [
        'has no process any more',
        async (hub: Hub) => hub.sessions.join({...session('w-1'), process: {pid: process.pid, start: 'another'}}),
      ],
    ])('ends when its session %s', async (_how, end) => {
      const hub = one!
      await hub.sessions.join(session('w-1'))
      await hub.sessions.send(sender('w-1'), blocker())
      await end(hub)
      expect(await hub.sessions.blockers()).toEqual([])
      // The resource is free for the next.
      await hub.sessions.send(ADA, blocker())
    })

    it('of what another holds under another name is refused', async () => {
      const {sessions} = one!
      for (const id of ['w-1', 'w-2']) await sessions.join(session(id))
      await sessions.send(sender('w-1'), blocker())
      await expect(sessions.send(sender('w-2'), blocker({resource: 'Docker Compose'}))).rejects.toMatchObject({
        code: 'resource-held',
      })
      const held = await sessions.send(sender('w-1'), blocker({resource: 'Docker Compose'}))
      expect(held.resource).toBe('compose')
    })

    it('of two for the same at once is one', async () => {
      const names = Array.from({length: 6}, (_, n) => `w-${n}`)
      for (const id of names) await one!.sessions.join(session(id))
      const sent = await Promise.allSettled(
        names.map((id, n) => (n % 2 ? one! : other!).sessions.send(sender(id), blocker())),
      )
      expect(sent.filter(({status}) => status === 'fulfilled')).toHaveLength(1)
      expect(sent.filter(({status}) => status === 'rejected')).toEqual(
        Array.from({length: 5}, () =>
          expect.objectContaining({reason: expect.objectContaining({code: 'resource-held'})}),
        ),
      )
      expect(await one!.sessions.blockers()).toHaveLength(1)
    })
  })

  claimsContract(() => one!.sessions)

  clockContract(
    () => one!.sessions,
    () => clock,
  )

  describe('a reservation', () => {
    const cart = (more: object = {}) => ({patterns: ['src/cart/**'], why: 'moves it', lifeMs: HOUR, ...more})
    const patterns = async (hub: Hub) => (await hub.sessions.reservations.list()).map(({pattern}) => pattern)

    it('is kept until it is released, and asked for again it is kept for longer', async () => {
      const {reservations} = one!.sessions
      await one!.sessions.join(session('w-1'))
      const [first] = await reservations.reserve(sender('w-1'), cart({patterns: ['./src/cart/**', 'package.json']}))
      expect(first).toMatchObject({pattern: 'src/cart/**', project: 'acme/widgets', instance: 'w-1', why: 'moves it'})
      const [longer] = await reservations.reserve(sender('w-1'), cart({lifeMs: 2 * HOUR}))
      expect(longer).toMatchObject({id: first?.id, expiresAt: clock.now() + 2 * HOUR})
      expect(await patterns(other!)).toEqual(['src/cart/**', 'package.json'])
      expect(await reservations.release(sender('w-2'), null)).toEqual([])
      expect((await reservations.release(sender('w-1'), ['src/cart/**'])).map(({id}) => id)).toEqual([first?.id])
      expect(await patterns(one!)).toEqual(['package.json'])
      await reservations.release(sender('w-1'), null)
      expect(await patterns(one!)).toEqual([])
    })

    it.each([
      ['its time', async () => clock.advance(HOUR)],
      ['the end of its session', async (hub: Hub) => hub.sessions.leave('w-1')],
      [
        'the end of its process',
        async (hub: Hub) => hub.sessions.join({...session('w-1'), process: {pid: process.pid, start: 'another'}}),
      ],
    ])('ends with %s, and then another may have it', async (_how, end) => {
      const hub = one!
      for (const id of ['w-1', 'w-2']) await hub.sessions.join(session(id))
      await hub.sessions.reservations.reserve(sender('w-1'), cart())
      await expect(hub.sessions.reservations.reserve(sender('w-2'), cart())).rejects.toMatchObject({
        code: 'resource-held',
        message: 'src/cart/** is reserved by w-1: moves it',
      })
      await end(hub)
      expect(await patterns(hub)).toEqual([])
      await hub.sessions.reservations.reserve(sender('w-2'), cart())
    })

    it('of what touches it is refused whole, in its project alone', async () => {
      const {sessions} = one!
      for (const id of ['w-1', 'w-2']) await sessions.join(session(id))
      await sessions.join(session('g-1', 'acme/gadgets'))
      await sessions.reservations.reserve(sender('w-1'), cart())
      const all = cart({patterns: ['docs/**', 'src/**/*.ts']})
      await expect(sessions.reservations.reserve(sender('w-2'), all)).rejects.toMatchObject({code: 'resource-held'})
      await sessions.reservations.reserve(sender('g-1', 'acme/gadgets'), all)
      expect(await patterns(one!)).toEqual(['src/cart/**', 'docs/**', 'src/**/*.ts'])
    })

    it('of what another blocks is refused', async () => {
      const {sessions} = one!
      for (const id of ['w-1', 'w-2']) await sessions.join(session(id))
      await sessions.send(sender('w-1'), draft('@all', {kind: 'blocker', resource: 'src/**'}))
      await expect(sessions.reservations.reserve(sender('w-2'), cart())).rejects.toMatchObject({code: 'resource-held'})
      await sessions.reservations.reserve(sender('w-1'), cart())
    })

    it.each([
      [{patterns: ['dokcer']}, /"dokcer" is not understood/],
      [{patterns: ['ghp_0123456789abcdefghijklmnopqrstuvwxyz']}, /secret$/],
      [{patterns: []}, /0 patterns/],
      [{lifeMs: 25 * HOUR}, /a day at most/],
      [{why: 'x'.repeat(501)}, /500 bytes/],
      [{why: 'use ghp_0123456789abcdefghijklmnopqrstuvwxyz'}, /secret/],
    ])('that cannot be kept is refused: %j', async (more, why) => {
      await expect(one!.sessions.reservations.reserve(ADA, cart(more))).rejects.toMatchObject({
        code: 'reservation-refused',
        message: expect.stringMatching(why),
      })
      expect(await patterns(one!)).toEqual([])
    })

    it('is never shared, however many ask for what touches, at once', async () => {
      const names = Array.from({length: 5}, (_, n) => `w-${n}`)
      for (const id of names) await one!.sessions.join(session(id))
      const asked = fc.array(
        fc.constantFrom('src/**', 'src/cart/**', 'src/cart/a.ts', 'docs/**', '*.md', 'docs/*.md'),
        {minLength: 5, maxLength: 5},
      )
      await fc.assert(
        fc.asyncProperty(asked, async wanted => {
          const answers = await Promise.allSettled(
            names.map((id, n) =>
              (n % 2 ? one! : other!).sessions.reservations.reserve(sender(id), cart({patterns: [wanted[n]!]})),
            ),
          )
          const kept = await one!.sessions.reservations.list()
          for (const id of names) await one!.sessions.reservations.release(sender(id), null)
          expect(answers.filter(({status}) => status === 'fulfilled')).toHaveLength(kept.length)
          const touch = (a: string, b: string) => overlaps(resourceOf(a), resourceOf(b))
          for (const [n, a] of kept.entries()) {
            for (const b of kept.slice(n + 1)) expect(touch(a.pattern, b.pattern)).toBe(false)
          }
          // Who was refused could not have had it: each that was asked for touches what is kept.
          for (const pattern of wanted) expect(kept.some(one => touch(one.pattern, pattern))).toBe(true)
        }),
        {numRuns: 8},
      )
    })
  })

  it('logs what sessions do, by project, session and time', async () => {
    const {sessions} = one!
    const at: number[] = []
    for (const [instance, project] of [
      ['w-1', 'acme/widgets'],
      ['g-1', 'acme/gadgets'],
      ['w-1', 'acme/widgets'],
    ] as const) {
      await sessions.log({instance, project, action: 'docker_operation', detail: 'restarted the database'})
      at.push(clock.now())
      await clock.advance(1000)
    }
    const times = async (filter: object) => (await sessions.logged({limit: 10, ...filter})).map(entry => entry.at)
    expect(await times({})).toEqual([at[2], at[1], at[0]])
    expect(await times({project: 'acme/gadgets'})).toEqual([at[1]])
    expect(await times({instance: 'w-1', since: at[1]})).toEqual([at[2]])
    expect(await times({until: at[1]})).toEqual([at[0]])
  })

  it('tells the other programs soon that something came', async () => {
    let told = 0
    const [here, there] = [one!, await open({onChange: () => told++})]
    await there.sessions.seen()
    await there.watch()
    await here.sessions.seen()
    // Until the watch is known to work: a listener may still be connecting.
    await expect
      .poll(async () => {
        await here.sessions.join(session('w-1'))
        return told
      })
      .toBeGreaterThan(0)
    const waits: number[] = []
    for (let n = 0; n < 5; n++) {
      // Nothing of the last may be on its way.
      await new Promise(resolve => setTimeout(resolve, seenWithinMs))
      const before = told
      const at = performance.now()
      await here.sessions.send(ADA, draft('@all'))
      await expect.poll(() => told, {interval: 5, timeout: 10_000}).toBeGreaterThan(before)
      waits.push(performance.now() - at)
    }
    // The middle of five: this machine may be busy with something else once.
    expect(waits.toSorted((a, b) => a - b)[2]).toBeLessThan(seenWithinMs)
  })
}
