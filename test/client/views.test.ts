import {setImmediate} from 'node:timers/promises'
import {describe, expect, it, vi} from 'vitest'
import type {ViewFrame} from '../../src/protocol/host-api.ts'
import {type Harness, startClient} from './harness.ts'
import {agent, shop} from './samples.ts'

const frame = (view: string, change: Partial<ViewFrame> = {}): ViewFrame => ({
  view,
  seq: 1,
  full: true,
  cols: 37,
  rows: 14,
  runs: [],
  cursor: null,
  modes: {applicationCursor: false, bracketedPaste: false, mouse: 'none', focusEvents: false, alternateScreen: false},
  scrollback: 500,
  offset: 0,
  ...change,
})

/** Waits until all four panes have a view and gives its id by pane. */
async function fourViews(app: Harness): Promise<Map<string, string>> {
  await vi.waitFor(() => expect(app.host.callsOf('view.open')).toHaveLength(4))
  return new Map(app.host.callsOf('view.open').map(({pane, view}) => [pane, view]))
}

describe('views', () => {
  it('are opened for visible panes with their inner size, and own it', async () => {
    const app = startClient()
    await fourViews(app)
    expect(app.host.callsOf('view.open')[0]).toMatchObject({pane: 'pane-1', cols: 37, rows: 14, offset: 0, own: true})
  })

  it('are closed when a pane is hidden and opened again when it is shown', async () => {
    const app = startClient()
    const views = await fourViews(app)
    app.client.run('agent.attach')
    app.client.run('agent.detach')
    app.client.run('app.zoom')
    expect(app.host.callsOf('view.close').map(({view}) => view)).toEqual(
      ['pane-2', 'pane-3', 'pane-4'].map(pane => views.get(pane)),
    )
    await vi.waitFor(() =>
      expect(app.host.callsOf('view.open').at(-1)).toMatchObject({pane: 'pane-1', cols: 118, rows: 30}),
    )
    app.client.run('app.zoom')
    await vi.waitFor(() => expect(app.host.callsOf('view.open')).toHaveLength(9))
  })

  it('bring frames to the listener, each acknowledged after it', async () => {
    const app = startClient()
    const views = await fourViews(app)
    const seen: string[] = []
    using _listening = app.client.views.onFrame((pane, {seq}) => {
      seen.push(`${pane} ${seq}, ${app.host.callsOf('view.ack').length} acknowledged`)
    })
    app.host.tell('frame', frame(views.get('pane-2')!, {seq: 7}))
    app.host.tell('frame', frame('another client', {seq: 8}))
    expect(seen).toEqual(['pane-2 7, 0 acknowledged'])
    expect(app.host.callsOf('view.ack')).toEqual([{view: views.get('pane-2'), seq: 7}])
  })

  it('scroll back and stop at both ends', async () => {
    const app = startClient()
    const views = await fourViews(app)
    app.host.tell('frame', frame(views.get('pane-1')!))
    const offsets = () =>
      app.host
        .callsOf('view.open')
        .slice(4)
        .map(({offset}) => offset)
    app.client.scroll('pane-1', 3)
    await vi.waitFor(() => expect(offsets()).toEqual([3]))
    app.client.scroll('pane-1', 9999)
    await vi.waitFor(() => expect(offsets()).toEqual([3, 500]))
    app.client.scroll('pane-1', 1)
    app.client.scroll('pane-1', -9999)
    await vi.waitFor(() => expect(offsets()).toEqual([3, 500, 0]))
  })

  it('count from where the host moved a scrolled view to', async () => {
    const app = startClient()
    const views = await fourViews(app)
    app.host.tell('frame', frame(views.get('pane-1')!))
    app.client.scroll('pane-1', 10)
    await vi.waitFor(() => expect(app.host.callsOf('view.open')).toHaveLength(5))
    await setImmediate() // the host's answer has arrived
    app.host.tell('frame', frame(views.get('pane-1')!, {offset: 25}))
    expect(app.state().ui.scrolled).toEqual({'pane-1': 25})
    app.client.scroll('pane-1', -5)
    await vi.waitFor(() => expect(app.host.callsOf('view.open').at(-1)).toMatchObject({offset: 20}))
  })

  it('send a storm of resizes as two', async () => {
    const app = startClient({state: {...shop, agents: [agent(1)]}})
    await vi.waitFor(() => expect(app.host.callsOf('view.open')).toHaveLength(1))
    const slow = Promise.withResolvers<null>()
    app.host.answers['view.open'] = () => slow.promise
    for (let cols = 121; cols <= 180; cols++) app.client.resize(cols, 40)
    slow.resolve(null)
    await vi.waitFor(() => expect(app.host.callsOf('view.open').at(-1)).toMatchObject({cols: 118, rows: 36}))
    expect(app.host.callsOf('view.open')).toHaveLength(3)
  })

  it('are reopened when the host comes back', async () => {
    const app = startClient()
    await fourViews(app)
    app.host.die()
    await vi.waitFor(() => expect(app.host.callsOf('view.open')).toHaveLength(8))
    expect(app.host.links()).toBe(2)
  })

  it('are tried again when the host speaks of a pane that it did not know', async () => {
    const app = startClient({state: {...shop, agents: [agent(1)]}})
    app.host.answers['view.open'] = () => {
      throw new Error('no such pane')
    }
    await vi.waitFor(() => expect(app.host.callsOf('view.open')).toHaveLength(1))
    app.host.answers['view.open'] = () => null
    const info = {title: '', session: '', meta: {}, cwd: '', cols: 1, rows: 1, pid: 1, startedAt: 1, exit: null}
    await vi.waitFor(() => {
      app.host.tell('pane', {pane: 'pane-1', ...info})
      expect(app.host.callsOf('view.open')).toHaveLength(2)
    })
  })

  it('are closed with the client', async () => {
    const app = startClient()
    await fourViews(app)
    app.client[Symbol.dispose]()
    expect(app.host.callsOf('view.close')).toHaveLength(4)
  })
})

describe('typing', () => {
  it('writes the bytes to the pane', async () => {
    const app = startClient()
    await fourViews(app)
    app.client.type('pane-2', '\r')
    expect(app.host.callsOf('pane.write')).toEqual([{pane: 'pane-2', data: '\r'}])
  })

  it('shows an error when the pane does not take them', async () => {
    const app = startClient()
    await fourViews(app)
    delete app.host.answers['pane.write']
    app.client.type('pane-2', 'a')
    app.client.type('pane-2', 'b')
    await vi.waitFor(() => expect(app.toasts()).toEqual(['pane.write is not answered']))
  })
})
