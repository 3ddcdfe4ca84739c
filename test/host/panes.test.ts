import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import type {ViewFrame} from '../../src/protocol/host-api.ts'
import {findSession} from '../../src/terminal/processes.ts'
import {ClientGrid, eventually} from '../terminal/helpers.ts'
import {type HostConnection, HostStage, shellPane} from './setup.ts'

let stage: HostStage
let host: HostConnection

beforeEach(async () => {
  stage = new HostStage()
  await stage.start()
  host = await stage.connect()
})
afterEach(async () => await stage[Symbol.asyncDispose]())

const text = async (pane: string) => await host.call('pane.text', {pane, lines: 100})

describe('a pane', () => {
  it('has the environment it was given and the terminal, nothing of the host', async () => {
    const spec = shellPane(stage, 'env; sleep 100')
    const info = await host.call('pane.spawn', spec)
    expect(info).toMatchObject({pane: spec.pane, title: 'agent001', meta: {ticket: '7'}, cols: 80, exit: null})
    await eventually('the environment', async () => (await text(spec.pane)).includes('CLAMBAKE_SESSION'))
    const lines = (await text(spec.pane)).split('\n')
    const names = lines.map(line => line.split('=')[0]!).filter(name => !['_', 'PWD', 'OLDPWD', 'SHLVL'].includes(name))
    expect(names.sort()).toEqual([
      'CLAMBAKE_MAILBOX_TOKEN',
      'CLAMBAKE_MAILBOX_URL',
      'CLAMBAKE_SESSION',
      'COLORTERM',
      'HOME',
      'PATH',
      'TERM',
    ])
    expect(lines).toContain(`CLAMBAKE_SESSION=${spec.session}`)
  })

  it('outlives its clients and keeps its screen after its end until it is closed', async () => {
    const spec = shellPane(stage, 'echo begun; read -r line; echo "heard $line"; exit 4')
    await host.call('pane.spawn', spec)
    await host[Symbol.asyncDispose]()
    host = await stage.connect()
    expect(await host.call('pane.list', {})).toMatchObject([{pane: spec.pane, exit: null}])
    const exits: unknown[] = []
    host.on('pane', info => exits.push(info.exit))
    await host.call('pane.write', {pane: spec.pane, data: 'you\r'})
    await eventually('the exit', () => exits.some(Boolean))
    expect(exits.at(-1)).toMatchObject({code: 4, signal: null})
    expect(await text(spec.pane)).toContain('heard you')
    await host.call('pane.write', {pane: spec.pane, data: 'nobody hears'})
    await host.call('pane.close', {pane: spec.pane})
    expect(await host.call('pane.list', {})).toEqual([])
    await expect(text(spec.pane)).rejects.toMatchObject({code: 'no-such-pane'})
  })

  it('keeps what is noted of it', async () => {
    const spec = shellPane(stage, 'sleep 100')
    await host.call('pane.spawn', spec)
    await host.call('pane.note', {pane: spec.pane, meta: {prompted: '1'}})
    await host[Symbol.asyncDispose]()
    host = await stage.connect()
    expect((await host.call('pane.list', {}))[0]!.meta).toEqual({...spec.meta, prompted: '1'})
  })

  it('that calls for a person is told of by mail, also to a daemon that was away', async () => {
    const spec = shellPane(stage, String.raw`printf '\033]9;Turn complete\007\007\033]9;4;1;50\007'; sleep 100`)
    await host.call('pane.spawn', spec)
    const mail = async () => await host.call('mail.read', {after: 0})
    await eventually('the mail', async () => (await mail()).length > 0)
    expect(await mail()).toMatchObject([
      {pane: spec.pane, kind: 'Attention', body: {by: 'osc9', text: 'Turn complete'}, reply: false},
    ])
  })

  it('tells by how much its program has written whether anything moves', async () => {
    const spec = shellPane(stage, 'printf 12345; read -r line; printf "%s" "$line"; sleep 100')
    await host.call('pane.spawn', spec)
    const written = async () => (await host.call('pane.output', {})).find(({pane}) => pane === spec.pane)?.chars
    await eventually('what it wrote', async () => (await written()) === 5)
    await host.call('pane.write', {pane: spec.pane, data: 'abc\n'})
    await eventually('echo and answer', async () => ((await written()) ?? 0) >= 5 + 2 * 'abc'.length)
  })

  it('ends with all that it started, also what left the terminal', async () => {
    const spec = shellPane(stage, `trap '' TERM; (setsid nohup sleep 1000 >/dev/null 2>&1 &); sleep 1001; sleep 1002`)
    await host.call('pane.spawn', spec)
    await eventually('three processes', async () => (await findSession(spec.session)).length === 3)
    await host.call('pane.stop', {pane: spec.pane, graceMs: 100})
    expect(await findSession(spec.session)).toEqual([])
    expect(await host.call('pane.list', {})).toMatchObject([{exit: {signal: 9}}])
  })

  it('is not started twice, and not twice for one session', async () => {
    const spec = shellPane(stage, 'sleep 1000')
    const both = await Promise.allSettled([host.call('pane.spawn', spec), host.call('pane.spawn', spec)])
    expect(both.map(({status}) => status).sort()).toEqual(['fulfilled', 'rejected'])
    await expect(host.call('pane.spawn', shellPane(stage, 'true', {session: spec.session}))).rejects.toMatchObject({
      code: 'session-busy',
    })
    await expect(host.call('pane.close', {pane: spec.pane})).rejects.toMatchObject({code: 'pane-running'})
  })

  it('takes the place of what a killed host left of its session', async () => {
    const spec = shellPane(stage, `(setsid sh -c "trap '' HUP; while :; do sleep 1; done" &); trap '' HUP; sleep 1000`)
    await host.call('pane.spawn', spec)
    await eventually('the survivors to be', async () => (await findSession(spec.session)).length >= 3)
    const left = await findSession(spec.session)
    await stage.end('SIGKILL')
    await stage.start()
    host = await stage.connect()
    expect(await findSession(spec.session)).not.toEqual([])
    const info = await host.call('pane.spawn', {...spec, command: ['sleep', '1000']})
    // Between fork and exec it still has the environment of the host.
    await eventually('it alone', async () => (await findSession(spec.session)).join() === String(info.pid))
    expect(left).not.toContain(info.pid)
  })
})

describe('a view', () => {
  const open = (connection: HostConnection, pane: string, own: boolean, cols = 40) =>
    connection.call('view.open', {view: `view-${own}`, pane, cols, rows: 5, offset: 0, own})

  it('shows the pane live to each client and belongs to the one that opened it', async () => {
    const spec = shellPane(stage, 'while read -r line; do echo "got $line"; done')
    await host.call('pane.spawn', spec)
    const other = await stage.connect('client')
    const grid = new ClientGrid(40, 5)
    const foreign: ViewFrame[] = []
    other.on('frame', frame => foreign.push(frame))
    host.on('frame', frame => {
      grid.apply(frame.runs)
      host.call('view.ack', {view: frame.view, seq: frame.seq})
    })
    await open(host, spec.pane, true)
    expect(await host.call('pane.list', {})).toMatchObject([{cols: 40, rows: 5}])
    await host.call('pane.write', {pane: spec.pane, data: 'one\rtwo\r'})
    await eventually('both lines', () => grid.text().includes('got two'))
    expect(foreign).toEqual([])
    await open(other, spec.pane, false, 20)
    await eventually('its frame', () => foreign.length === 1)
    expect(foreign[0]).toMatchObject({full: true, cols: 20})
    expect(await host.call('pane.list', {})).toMatchObject([{cols: 40, rows: 5}])
  })

  it('ends with its client', async () => {
    const spec = shellPane(stage, 'while read -r line; do echo "got $line"; done')
    await host.call('pane.spawn', spec)
    const client = await stage.connect('client')
    await open(client, spec.pane, true)
    await client[Symbol.asyncDispose]()
    const again = await stage.connect('client')
    const frames: ViewFrame[] = []
    again.on('frame', frame => frames.push(frame))
    await open(again, spec.pane, true)
    await eventually('a first frame', () => frames.length > 0)
    expect(frames[0]).toMatchObject({seq: 1, full: true})
  })
})

describe('the host', () => {
  it('answers wrong parameters with an error and lives on', async () => {
    const wrong: [string, unknown][] = [
      ['pane.spawn', null],
      ['pane.spawn', {...shellPane(stage, 'true'), command: ['sh', 7]}],
      ['pane.spawn', {...shellPane(stage, 'true'), cols: 1e9}],
      ['pane.resize', {pane: 'x', cols: Number.NaN, rows: 1}],
      ['view.open', {view: 'v'}],
      ['daemon.supervise', {argv: []}],
    ]
    for (const [method, params] of wrong) {
      await expect(host.call(method as 'pane.list', params as Record<string, never>)).rejects.toMatchObject({
        code: 'bad-params',
      })
    }
    expect(await host.call('pane.list', {})).toEqual([])
  })

  it('ends its panes when it is asked to end', async () => {
    const spec = shellPane(stage, 'sleep 1000')
    await host.call('pane.spawn', spec)
    await expect(host.call('host.shutdown', {force: false})).rejects.toMatchObject({code: 'panes-running'})
    const exit = new Promise(resolve => stage.process?.on('exit', resolve))
    expect(await host.call('host.shutdown', {force: true})).toEqual({stopped: 1})
    expect(await exit).toBe(0)
    expect(await findSession(spec.session)).toEqual([])
  })

  it('ends its panes at SIGTERM', async () => {
    const spec = shellPane(stage, 'sleep 1000')
    await host.call('pane.spawn', spec)
    await stage.end('SIGTERM')
    expect(await findSession(spec.session)).toEqual([])
  })
})
