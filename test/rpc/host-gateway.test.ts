import {afterEach, beforeEach, expect, it} from 'vitest'
import {silentLog} from '../../src/base/log.ts'
import type {MailItem, PaneInfo} from '../../src/model/data/pane.ts'
import {connectHost, type HostLink, type HostLinkState} from '../../src/rpc/host-gateway.ts'
import {type HostConnection, HostStage, shellPane} from '../host/setup.ts'
import {eventually} from '../terminal/helpers.ts'

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
