import {hostname} from 'node:os'
import {expect, it} from 'vitest'
import {systemClock} from '../../src/base/clock.ts'
import {silentLog} from '../../src/base/log.ts'
import {createListeners} from '../../src/daemon/listeners.ts'
import {watchHub} from '../../src/daemon/loops/hub.ts'
import {hubStateOf, staysFor, type Viewer} from '../../src/daemon/loops/hub-state.ts'
import type {Sessions} from '../../src/daemon/world.ts'
import {TroubleError} from '../../src/hub/trouble.ts'
import type {Peer} from '../../src/model/hub/instance.ts'
import type {Mail} from '../../src/model/hub/mail.ts'
import {testHubs} from '../hub/open.ts'

const MINUTE = 60_000
const NOW = 1_790_000_000_000
const ADA = 'ada@laptop'
const viewer: Viewer = {person: ADA, project: 'acme/shop', root: '/work/shop', hostName: 'laptop'}

function aPeer(change: Partial<Peer> & {id: string}): Peer {
  return {
    project: 'acme/web',
    directory: '/work/web',
    task: 'a task',
    model: 'claude',
    status: 'busy',
    heartbeatAt: NOW - MINUTE,
    registeredAt: NOW - 5 * MINUTE,
    host: 'laptop',
    process: null,
    session: null,
    ...change,
  }
}

function aMail(change: Partial<Mail> & {id: number}): Mail {
  return {
    kind: 'info',
    from: 'web-1',
    instance: 'web-1',
    project: 'acme/web',
    to: 'acme/shop',
    text: 'hello',
    at: NOW - MINUTE,
    expiresAt: NOW + 60 * MINUTE,
    resource: null,
    answers: null,
    dueAt: null,
    ended: null,
    ...change,
  }
}

const read = (message: number, instance: string) => ({
  ...{message, instance, handedAt: null, tries: 0, begunAt: null, readAt: NOW},
})

it('shows who is here, what is held, and what waits for the person', () => {
  const request = aMail({id: 2, kind: 'request', dueAt: NOW - 1})
  const seen = [
    {peer: aPeer({id: 'web-1'}), standing: 'active' as const},
    {peer: aPeer({id: 'agent002@/work/shop', project: 'acme/shop'}), standing: 'active' as const},
    {peer: aPeer({id: 'agent002@/work/other'}), standing: 'stale' as const},
    {peer: aPeer({id: 'old-1'}), standing: 'gone' as const},
  ]
  const state = hubStateOf(
    {
      seen,
      blockers: [aMail({id: 4, kind: 'blocker', resource: 'docker'})],
      inbox: [aMail({id: 1}), request, aMail({id: 3, from: ADA, instance: null}), aMail({id: 5})],
      recent: [],
      reservations: [
        {
          id: 1,
          pattern: 'src/cart/**',
          project: 'acme/shop',
          from: 'web-1',
          instance: 'web-1',
          why: '',
          at: 0,
          expiresAt: NOW + 5,
        },
      ],
      receipts: [read(1, ADA), read(5, 'web-2')],
    },
    viewer,
    NOW,
  )
  expect(state).toMatchObject({link: {is: 'here'}, unread: 2, overdue: 1, blockers: [{id: 4, resource: 'docker'}]})
  expect(state.peers).toMatchObject([
    {
      id: 'web-1',
      name: 'web-1',
      agent: null,
      supervised: false,
      holds: ['docker'],
      reserves: ['src/cart/**'],
      overdue: 1,
    },
    {id: 'agent002@/work/shop', name: 'a002', agent: 'agent002', supervised: true, holds: []},
    {id: 'agent002@/work/other', name: 'a002@other', agent: null, supervised: true, standing: 'stale'},
  ])
})

it('shows words of others bounded, safe and without secrets', () => {
  const task = `\u001b[31mred\n${'ghp_'}${'a'.repeat(36)} ${'x'.repeat(5000)}`
  const many = Array.from({length: 230}, (_, index) => ({
    peer: aPeer({id: `p-${index}`, task}),
    standing: 'active' as const,
  }))
  const state = hubStateOf(
    {seen: many, blockers: [], reservations: [], inbox: [], recent: [], receipts: []},
    viewer,
    NOW,
  )
  expect([state.peers.length, state.more]).toEqual([200, 30])
  const shown = state.peers[0]!.task
  expect(shown).toMatch(/^red ghp_\[redacted\] x+…$/)
  expect(shown.length).toBeLessThanOrEqual(200)
})

it('is the same state after another sign of life a second later', () => {
  const look = (heartbeatAt: number) => ({
    seen: [{peer: aPeer({id: 'web-1', heartbeatAt}), standing: 'active' as const}],
    ...{blockers: [], reservations: [], inbox: [], recent: [], receipts: []},
  })
  expect(hubStateOf(look(NOW - 1000), viewer, NOW)).toEqual(hubStateOf(look(NOW - 2000), viewer, NOW))
})

it('knows when time alone changes it: an end, a silence, a process that may have ended', () => {
  const nothing = {seen: [], blockers: [], reservations: [], inbox: [], recent: [], receipts: []}
  expect(staysFor(nothing, 'laptop', NOW)).toBe(Infinity)
  expect(staysFor({...nothing, blockers: [aMail({id: 1, expiresAt: NOW + 500})]}, 'laptop', NOW)).toBe(501)
  expect(staysFor({...nothing, inbox: [aMail({id: 1, dueAt: NOW + 900})]}, 'laptop', NOW)).toBe(901)
  const quiet = {peer: aPeer({id: 'a', heartbeatAt: NOW - 29 * MINUTE}), standing: 'active' as const}
  expect(staysFor({...nothing, seen: [quiet]}, 'laptop', NOW)).toBe(MINUTE + 1)
  const local = {peer: aPeer({id: 'a', heartbeatAt: NOW, process: {pid: 7, start: '1'}}), standing: 'active' as const}
  expect(staysFor({...nothing, seen: [local]}, 'laptop', NOW)).toBe(30_001)
  expect(staysFor({...nothing, seen: [local]}, 'elsewhere', NOW)).toBe(30 * MINUTE + 1)
})

it('tells soon what another program wrote, and nothing when nothing changed', {timeout: 60_000}, async () => {
  await using hubs = testHubs()
  const changes = createListeners<[]>()
  const own = await hubs.open({onChange: changes.call})
  const other = await hubs.open({repository: 'acme/web'})
  const sessions: Sessions = {...own.sessions, watch: own.watch, named: own.named, onChange: changes.add}
  let told = 0
  using feed = watchHub({
    ...{sessions, viewer: {...viewer, hostName: hostname()}, clock: systemClock, log: silentLog},
    onChange: () => told++,
  })
  await expect.poll(() => feed.state().link, {timeout: 20_000}).toEqual({is: 'here'})
  const before = told
  await other.sessions.join(aPeer({id: 'web-1', heartbeatAt: Date.now(), host: hostname()}))
  await expect.poll(() => feed.state().peers.map(({id}) => id), {timeout: 10_000}).toEqual(['web-1'])
  const sender = {name: 'web-1', instance: 'web-1', project: 'acme/web'}
  const draft = {to: '@all', kind: 'blocker' as const, text: 'wait', resource: 'docker', lifeMs: null, answers: null}
  const sentAt = Date.now()
  const {id} = await other.sessions.send(sender, draft)
  await expect.poll(() => feed.state(), {interval: 10, timeout: 10_000}).toMatchObject({blockers: [{id}], unread: 1})
  const late = Date.now() - sentAt
  await own.sessions.read(ADA, [id])
  await expect.poll(() => feed.state().unread, {timeout: 10_000}).toBe(0)
  const settled = told
  expect(settled - before).toBeLessThanOrEqual(4)
  await other.sessions.beat('web-1')
  await own.sessions.read(ADA, [id])
  await new Promise(resolve => setTimeout(resolve, 700))
  expect(told - settled).toBeLessThanOrEqual(1) // the sign of life may be in the next ten seconds
  expect(late).toBeLessThan(5000)
})

it('says that the hub is away, keeps what it knew over one failure, and comes back', async () => {
  const told: string[] = []
  let failing = true
  const wake = createListeners<[]>()
  const nothing = async () => []
  const refuse = async () => {
    if (failing) throw new TroubleError('locked', 'another process holds it')
    return []
  }
  const sessions = {
    watch: async () => {},
    onChange: wake.add,
    seen: refuse,
    reservations: {list: nothing},
    blockers: nothing,
    mail: nothing,
  }
  using feed = watchHub({
    sessions: {...sessions, receipts: nothing} as unknown as Sessions,
    ...{viewer, clock: systemClock, log: silentLog},
    onChange: () => told.push(feed.state().link.is),
  })
  await expect
    .poll(() => feed.state().link, {timeout: 10_000})
    .toMatchObject({is: 'away', reason: 'another process holds it'})
  failing = false
  await expect.poll(() => feed.state().link, {timeout: 10_000}).toEqual({is: 'here'})
  failing = true
  wake.call()
  await new Promise(resolve => setTimeout(resolve, 300))
  expect(feed.state().link).toEqual({is: 'here'})
  await expect.poll(() => feed.state().link.is, {timeout: 10_000}).toBe('away')
  expect(told).toEqual(['away', 'here', 'away'])
})

it('is off where no hub is opened', () => {
  using feed = watchHub({sessions: null, viewer, clock: systemClock, log: silentLog, onChange: () => {}})
  expect(feed.state().link).toEqual({is: 'off'})
})
