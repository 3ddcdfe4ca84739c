import {setImmediate} from 'node:timers/promises'
import {afterEach, beforeEach, expect, it} from 'vitest'
import {silentLog} from '../../src/base/log.ts'
import type {MailItem, PaneInfo} from '../../src/model/data/pane.ts'
import {connectHost, type HostLink, type HostLinkState} from '../../src/rpc/host-gateway.ts'
import {type HostConnection, HostStage, shellPane} from '../host/setup.ts'
import {eventually, ManualClock} from '../terminal/helpers.ts'

let stage: HostStage
let connection: HostConnection
let host: HostLink
let mail: MailItem[]
let panes: PaneInfo[]
let states: HostLinkState[]

beforeEach(async () => {
  stage = new HostStage()
  await stage.start()
  mail = []
  panes = []
  states = []
  host = await connectHost({
    open: async () => {
      if (!stage.process) await stage.start()
      connection = await stage.connect()
      return connection
    },
    log: silentLog,
  })
  host.onMail(item => mail.push(item))
  host.onPane(info => panes.push(info))
  host.onState(state => states.push(state))
})
afterEach(async () => {
  await host[Symbol.asyncDispose]()
  await stage[Symbol.asyncDispose]()
})

/** A pane that shows its mailbox; gives a function that posts to it. */
async function paneWithMail() {
  const info = await host.spawn(
    shellPane(stage, 'echo "<$CLAMBAKE_MAILBOX_URL $CLAMBAKE_MAILBOX_TOKEN>"; sleep 1000', {cols: 200}),
  )
  let found: RegExpExecArray | null = null
  await eventually('the address', async () => {
    found = /<(\S+) (\S+)>/.exec(await host.text(info.pane, 10))
    return found !== null
  })
  const [, url, token] = found!
  const post = (kind: string) =>
    fetch(`${url}/${kind}`, {method: 'POST', body: '{}', headers: {authorization: `Bearer ${token}`}})
  return {info, post}
}

it('is the host to those who only know the gateway', async () => {
  const {info} = await paneWithMail()
  expect(await host.panes()).toEqual([info])
  await host.write(info.pane, 'x')
  await host.stop(info.pane, {graceMs: 1000})
  expect(panes.at(-1)).toMatchObject({pane: info.pane, exit: {signal: 15}})
  await host.close(info.pane)
  expect(await host.panes()).toEqual([])
})

it('tells each post once and in order, also those that came while the connection was gone', async () => {
  const {post} = await paneWithMail()
  await post('one')
  await eventually('the first', () => mail.length === 1)
  await connection[Symbol.asyncDispose]()
  await post('two')
  await post('three')
  await eventually('the others', () => mail.length === 3)
  await post('four')
  await eventually('the last', () => mail.length === 4)
  expect(mail.map(item => item.kind)).toEqual(['one', 'two', 'three', 'four'])
  expect(await host.mail(0)).toEqual(mail)
  expect(await host.mail(mail[2]!.seq)).toEqual([mail[3]])
  expect(states).toEqual(['away', 'connected'])
})

it('tells the exits that it missed', async () => {
  const {info} = await paneWithMail()
  const other = await stage.connect()
  await connection[Symbol.asyncDispose]()
  await other.call('pane.stop', {pane: info.pane, graceMs: 1000})
  await eventually('the exit', () => panes.some(pane => pane.exit !== null))
})

it('survives the death of the host: its panes are told as ended and a new one takes the calls', async () => {
  const {info, post} = await paneWithMail()
  await post('one')
  await eventually('the mail', () => mail.length === 1)
  await stage.end('SIGKILL')
  await eventually('the loss', () => states.includes('away'))
  const next = await host.spawn(shellPane(stage, 'sleep 1000', {session: info.session}))
  expect(panes).toContainEqual(expect.objectContaining({pane: info.pane, exit: expect.objectContaining({signal: 9})}))
  expect(await host.panes()).toEqual([next])
  expect(states).toEqual(['away', 'connected'])
})

/** A connection without a socket, to a host of this instance that answers `mail.read` so. */
function fakeConnection(instance: string, readMail: (after: number) => MailItem[]) {
  const closed = Promise.withResolvers<void>()
  const listeners: ((item: MailItem) => void)[] = []
  const connection = {
    peer: {instance},
    closed: closed.promise,
    on(topic: string, listener: (item: MailItem) => void) {
      if (topic === 'mail') listeners.push(listener)
      return {[Symbol.dispose]() {}}
    },
    call: async (method: string, {after}: {after: number}) => (method === 'mail.read' ? readMail(after) : []),
    [Symbol.asyncDispose]: async () => closed.resolve(),
  }
  const push = (item: MailItem) => {
    for (const listener of listeners) listener(item)
  }
  return {connection: connection as unknown as HostConnection, end: closed.resolve, push}
}

const item = (seq: number, kind: string): MailItem => ({seq, kind, pane: 'p', at: 0, body: null, reply: false})

it('hears a new host whose clock is behind, and so numbers lower', async () => {
  const old = fakeConnection('a', () => [])
  const young = fakeConnection('b', after => [item(5, 'early')].filter(({seq}) => seq > after))
  const queue = [old, young]
  const link = await connectHost({open: async () => queue.shift()!.connection, log: silentLog})
  const heard: string[] = []
  await link.mail(0)
  link.onMail(({kind}) => heard.push(kind))
  old.push(item(1000, 'old'))
  old.end()
  await eventually('the mail of the new host', () => heard.includes('early'))
  young.push(item(6, 'next'))
  expect(heard).toEqual(['old', 'early', 'next'])
  await link[Symbol.asyncDispose]()
})

it('gives the next posts to a listener that failed at one', async () => {
  const {connection: fake, push} = fakeConnection('a', () => [])
  const link = await connectHost({open: async () => fake, log: silentLog})
  const heard: string[] = []
  link.onMail(({kind}) => {
    heard.push(kind)
    if (kind === 'bad') throw new Error('cannot be read')
  })
  for (const kind of ['bad', 'good']) push(item(heard.length + 1, kind))
  expect(heard).toEqual(['bad', 'good'])
  await link[Symbol.asyncDispose]()
})

it('waits longer and longer while mail cannot be caught up', async () => {
  const clock = new ManualClock()
  const unreadable = (after: number): MailItem[] => {
    if (after === 0) return []
    throw new Error('unreadable')
  }
  const opened: ReturnType<typeof fakeConnection>[] = []
  const link = await connectHost({
    async open() {
      opened.push(fakeConnection('a', unreadable))
      return opened.at(-1)!.connection
    },
    log: silentLog,
    clock,
  })
  await link.mail(0)
  opened[0]!.push(item(7, 'Stop'))
  opened[0]!.end()
  for (let n = 0; n < 60; n++) {
    await setImmediate()
    clock.advance(500)
  }
  // In 30 s: 7 attempts with pauses of 0.2, 0.4, … 5 s. Without pauses it would be one for each turn of the loop.
  expect(opened.length).toBeGreaterThan(5)
  expect(opened.length).toBeLessThanOrEqual(12)
  await link[Symbol.asyncDispose]()
})
