import {describe, expect, it, vi} from 'vitest'
import {ClambakeError} from '../../src/base/errors.ts'
import {startClient} from './harness.ts'
import {key} from './keys.ts'
import {agent, header, NO_TRAIN, NOW, shop} from './samples.ts'

describe('the link to the daemon', () => {
  it('brings the whole state, then changes', async () => {
    const app = startClient()
    expect(app.state().link).toMatchObject({state: 'connecting'})
    await app.connected()
    expect(app.state().header?.repository).toBe('acme/shop')
    app.daemon.tell('state', {header: {...header, aboard: 3}})
    expect(app.state().header?.aboard).toBe(3)
    expect(app.state().agents).toHaveLength(4)
  })

  it('shows no part of a state before the whole one', async () => {
    const app = startClient()
    const whole = Promise.withResolvers<typeof shop>()
    app.daemon.answers.state = () => whole.promise
    await vi.waitFor(() => expect(app.daemon.callsOf('state')).toHaveLength(1))
    const seen: (number | null)[] = []
    app.client.store.subscribe(({header, agents}) => seen.push(header && agents.length))
    app.daemon.tell('state', {header: {...header, aboard: 3}})
    app.clock.pass(1000)
    whole.resolve(shop)
    await app.connected()
    expect(seen.filter(agents => agents !== null && agents !== shop.agents.length)).toEqual([])
  })

  it('keeps the last state while the daemon is away and takes the new one when it is back', async () => {
    const app = startClient()
    await app.connected()
    app.daemon.answers.state = () => ({...shop, agents: [agent(1)]})
    app.daemon.down = true
    app.daemon.die()
    await app.until(state => state.link.state === 'reconnecting')
    expect(app.state().agents).toHaveLength(4)
    await vi.waitFor(() => expect(app.toasts()).toEqual(['nothing listens']))

    app.clock.pass(20_000)
    app.daemon.down = false
    await vi.waitFor(() => {
      app.clock.pass(5000)
      expect(app.state().link.state).toBe('connected')
    })
    expect(app.state().agents).toHaveLength(1)
    expect(app.daemon.links()).toBe(2)
  })

  it('says once that it cannot be reached, and keeps trying', async () => {
    const app = startClient({daemonDown: true})
    await vi.waitFor(() => expect(app.toasts()).toEqual(['nothing listens']))
    app.client.run('app.back')
    for (let attempt = 0; attempt < 5; attempt++) {
      app.clock.pass(5000)
      await Promise.resolve()
    }
    expect(app.toasts()).toEqual([])
    app.daemon.down = false
    await vi.waitFor(() => {
      app.clock.pass(5000)
      expect(app.state().link.state).toBe('connected')
    })
  })

  it('shows the notices of the daemon', async () => {
    const app = startClient()
    await app.connected()
    app.daemon.tell('notice', {level: 'warning', text: 'push was refused', kept: 'the branch', next: 'press R'})
    expect(app.state().ui.toasts[0]).toMatchObject({text: 'push was refused', kept: 'the branch', next: 'press R'})
  })

  it('says what helps where nothing was claimed for free agents', async () => {
    const app = startClient()
    await app.connected()
    Object.assign(app.daemon.answers, {route: () => ({claimed: [], refused: []})})
    await app.press('r')
    expect(app.state().ui.toasts[0]).toMatchObject({
      text: 'nothing was claimed',
      next: expect.stringContaining('clambake peek'),
    })
  })

  it('says nothing to a log that is gone when a question is still open at the end', async () => {
    const app = startClient()
    await app.connected()
    app.daemon.answers.pop = () => new Promise(() => {})
    app.client.press(key('p'))
    app.client[Symbol.dispose]()
    app.log.warn.mockImplementation(() => {
      throw new Error('the log is gone')
    })
    app.daemon.die()
    await app.client.idle()
    expect(app.log.warn).not.toHaveBeenCalled()
  })

  it('leaves no timer behind', async () => {
    const app = startClient()
    await app.connected()
    app.client[Symbol.dispose]()
    expect(app.clock.waiting()).toBe(0)
  })
})

describe('keys', () => {
  it('p claims the next issue and shows the outcome', async () => {
    const app = startClient()
    await app.connected()
    const popped = Promise.withResolvers<{ticket: number; title: string; agent: 'agent002'; branch: string}>()
    app.daemon.answers.pop = () => popped.promise
    app.client.press(key('p'))
    expect(app.state().ui.pending).toMatchObject([{label: 'claiming the next issue', since: NOW}])
    popped.resolve({ticket: 127, title: 'Search', agent: 'agent002', branch: 'b'})
    await app.client.idle()
    expect(app.daemon.callsOf('pop')).toEqual([{}])
    expect(app.state().ui.pending).toEqual([])
    expect(app.toasts()).toEqual(['#127 claimed by a002'])
  })

  it('P claims the selected issue, or says why not', async () => {
    const app = startClient()
    await app.connected()
    app.daemon.answers.pop = ({issue}) => ({ticket: issue!, title: '', agent: 'agent001', branch: 'b'})
    await app.press('P')
    expect(app.daemon.callsOf('pop')).toEqual([])
    expect(app.toasts()[0]).toContain('#123 is working')
    await app.press('j', 'j', 'j', 'j', 'P')
    expect(app.daemon.callsOf('pop')).toEqual([{issue: 127}])
    await app.press('G', 'P')
    expect(app.toasts().at(-1)).toContain('human-only')
  })

  it('shows a failure with what is kept and what to press', async () => {
    const app = startClient()
    await app.connected()
    app.daemon.answers.route = () => {
      throw new ClambakeError({
        code: 'github-unavailable',
        message: 'GitHub answers 503',
        kept: 'claims',
        next: 'press r again',
      })
    }
    await app.press('r')
    expect(app.state().ui.toasts).toMatchObject([
      {level: 'error', text: 'GitHub answers 503', kept: 'claims', next: 'press r again'},
    ])
  })

  it('L shows the plan first and lands exactly what it showed', async () => {
    const app = startClient()
    await app.connected()
    const entry = {
      title: 't',
      claim: null,
      agent: 'agent002',
      branch: 'b',
      commits: 1,
      added: 1,
      removed: 0,
      pull: null,
      alone: null,
    } as const
    app.daemon.answers.landPlan = () => ({
      board: [
        {...entry, ticket: 131},
        {...entry, ticket: 118},
      ],
      halt: null,
      putOff: [],
      gates: [],
      choices: [],
      again: [],
      train: NO_TRAIN,
      steps: [],
    })
    app.daemon.answers.land = ({tickets}) => ({landing: tickets?.map(({ticket}) => ticket) ?? [], notes: []})
    await app.press('L')
    expect(app.state().ui.dialogs).toMatchObject([{kind: 'land', plan: {state: 'ready'}}])
    expect(app.daemon.callsOf('land')).toEqual([])
    await app.press('escape')
    expect(app.state().ui.dialogs).toEqual([])
    expect(app.daemon.callsOf('land')).toEqual([])
    await app.press('L')
    await app.press('enter')
    expect(app.daemon.callsOf('land')).toEqual([
      {
        tickets: [
          {ticket: 131, claim: null},
          {ticket: 118, claim: null},
        ],
      },
    ])
    expect(app.toasts()).toEqual(['landing #131 #118'])
  })

  it('L lifts a halt of landing, exactly the one that it showed, though nothing is bottled', async () => {
    const app = startClient()
    await app.connected()
    const cause = {
      kind: 'rewrite',
      reason: 'main was force-pushed',
      from: null,
      to: null,
      at: '',
      by: 'me',
      lifted: null,
    } as const
    const halt = {oid: null, causes: [cause]}
    app.daemon.answers.landPlan = () => ({
      board: [],
      halt,
      putOff: [],
      gates: [],
      choices: [],
      again: [],
      train: NO_TRAIN,
      steps: ['the halt is lifted'],
    })
    app.daemon.answers.land = ({tickets}) => ({landing: tickets?.map(({ticket}) => ticket) ?? [], notes: []})
    await app.press('L')
    await app.press('enter')
    expect(app.daemon.callsOf('land')).toEqual([{tickets: [], lift: halt}])
    expect(app.toasts()).toEqual(['the halt is lifted'])
  })

  it('does not land while the plan is still being made, nor an empty one', async () => {
    const app = startClient()
    await app.connected()
    app.daemon.answers.landPlan = () => ({
      board: [],
      putOff: [],
      gates: [],
      choices: [],
      again: [],
      steps: [],
      halt: null,
      train: NO_TRAIN,
    })
    app.client.press(key('L'))
    app.client.press(key('enter'))
    await app.client.idle()
    expect(app.state().ui.dialogs).toHaveLength(1)
    await app.press('enter')
    expect(app.state().ui.dialogs).toEqual([])
    expect(app.daemon.callsOf('land')).toEqual([])
  })

  it('D asks before it stops the agent of the focused place', async () => {
    const app = startClient()
    await app.connected()
    app.daemon.answers.stopAgent = () => ({saved: 'refs/clambake/rescue/1'})
    await app.press('j', 'D')
    expect(app.state().ui.dialogs).toMatchObject([{kind: 'stop', agent: 'agent002', ticket: 131}])
    await app.press('q', 'D', 'enter')
    expect(app.daemon.callsOf('stopAgent')).toEqual([{agent: 'agent002', meant: {ticket: 131, claim: 'claim of #131'}}])
    expect(app.state().ui.toasts[0]?.kept).toContain('refs/clambake/rescue/1')
  })

  it('X lists orphans, or why they cannot be listed', async () => {
    const app = startClient()
    await app.connected()
    app.daemon.answers.orphans = () => []
    await app.press('X')
    expect(app.state().ui.dialogs).toMatchObject([{kind: 'orphans', orphans: {state: 'ready', value: []}}])
    delete app.daemon.answers.orphans
    await app.press('escape', 'X')
    expect(app.state().ui.dialogs).toMatchObject([{kind: 'orphans', orphans: {state: 'failed'}}])
  })

  it('Enter attaches to the agent of the row, the detach key gives the keyboard back', async () => {
    const app = startClient()
    await app.connected()
    await app.press('j', 'enter')
    expect(app.state().ui.focus).toEqual({place: 'pane', pane: 'pane-2', attached: true})
    await app.press('q', 'p')
    expect(app.onQuit).not.toHaveBeenCalled()
    expect(app.daemon.callsOf('pop')).toEqual([])
    await app.press('ctrl+]')
    expect(app.state().ui.focus).toMatchObject({pane: 'pane-2', attached: false})
    await app.press('escape')
    expect(app.state().ui.focus).toEqual({place: 'panel', panel: 'issues'})
  })

  it('! goes from one that needs a person to the next', async () => {
    const agents = [agent(1), agent(2, {state: 'waiting'}), agent(3, {state: 'waiting'})]
    const app = startClient({state: {...shop, agents, tickets: shop.tickets.filter(row => row.number !== 123)}})
    await app.connected()
    const seen: unknown[] = []
    for (let press = 0; press < 3; press++) {
      await app.press('!')
      seen.push(app.state().ui.focus)
    }
    expect(seen).toMatchObject([{pane: 'pane-2'}, {pane: 'pane-3'}, {pane: 'pane-2'}])
  })

  it('q leaves; agents are not asked anything', async () => {
    const app = startClient()
    await app.connected()
    const before = app.daemon.calls.length
    await app.press('q')
    expect(app.onQuit).toHaveBeenCalledOnce()
    expect(app.daemon.calls).toHaveLength(before)
  })

  it('writes nothing on a read-only screen', async () => {
    const app = startClient({state: {...shop, header: {...header, readOnly: true}}})
    await app.connected()
    await app.press('p', 'r', 'L', 'D', 'enter')
    expect(app.daemon.calls.map(({method}) => method)).toEqual(['state', 'issue', 'why'])
    expect(app.state().ui.focus).toMatchObject({place: 'panel'})
    expect(app.toasts().every(text => text.includes('read-only'))).toBe(true)
  })

  it(': finds a command by its words and does it', async () => {
    const app = startClient()
    await app.connected()
    app.daemon.answers.refresh = () => null
    await app.press(':', ...'look github', 'enter')
    expect(app.daemon.callsOf('refresh')).toEqual([{}])
    expect(app.state().ui.dialogs).toEqual([])
  })

  it('/ filters while typed, Enter keeps it, Esc clears it', async () => {
    const app = startClient()
    await app.connected()
    await app.press('/', ...'qx', 'backspace', 'backspace', ...'limit', 'enter')
    expect(app.onQuit).not.toHaveBeenCalled()
    expect(app.state().lists.issues.map(row => row.number)).toEqual([131])
    await app.press('escape')
    expect(app.state().lists.issues).toHaveLength(9)
  })

  it('takes a paste as text and never as commands', async () => {
    const app = startClient()
    await app.connected()
    app.client.press({...key('q'), text: 'qpL', paste: true})
    await app.client.idle()
    expect(app.onQuit).not.toHaveBeenCalled()
    await app.press('/')
    app.client.press({...key('q'), text: 'rate\nlimit', paste: true})
    expect(app.state().ui.filters.issues).toBe('rate limit')
  })

  it('moves by rows, half pages and to the ends', async () => {
    const app = startClient()
    await app.connected()
    const at = () => app.state().ui.selection.issues.index
    await app.press('ctrl+d')
    expect(at()).toBe(4)
    await app.press('G')
    expect(at()).toBe(8)
    await app.press('k', 'ctrl+u')
    expect(at()).toBe(3)
    await app.press('g')
    expect(at()).toBe(0)
  })
})

describe('a burst of changes', () => {
  it('is shown at once and then ten times a second, the newest always', async () => {
    const app = startClient()
    await app.connected()
    app.clock.pass(1000)
    const aboard: (number | undefined)[] = []
    app.client.store.subscribe((state, before) => {
      if (state.header !== before.header) aboard.push(state.header?.aboard)
    })
    for (let step = 1; step <= 20; step++) {
      app.daemon.tell('state', {header: {...header, aboard: 100 + step}})
      app.clock.pass(10)
    }
    app.clock.pass(100)
    expect(aboard).toEqual([101, 110, 120])
  })

  it('is forgotten when the whole state comes', async () => {
    const app = startClient()
    await app.connected()
    app.clock.pass(1000)
    app.daemon.tell('state', {agents: []})
    app.daemon.tell('state', {agents: [agent(7)]})
    app.daemon.die()
    await app.until(state => state.link.state === 'connected' && state.agents.length === 4)
    app.clock.pass(1000)
    expect(app.state().agents).toHaveLength(4)
  })
})

describe('the clock', () => {
  it('moves once a second, and four times while something is waited for', async () => {
    const app = startClient()
    await app.connected()
    app.clock.pass(1000)
    const seen = vi.fn()
    app.client.store.subscribe(seen)
    app.clock.pass(3000)
    expect(seen).toHaveBeenCalledTimes(3)
    app.daemon.answers.pop = () => new Promise(() => {})
    app.client.press(key('p'))
    app.clock.pass(1000)
    seen.mockClear()
    app.clock.pass(2000)
    expect(seen).toHaveBeenCalledTimes(8)
  })
})

it('keeps what is typed while the host comes back, and forgets what was typed long before', async () => {
  const at = startClient()
  await at.connected()
  await vi.waitFor(() => expect(at.host.links()).toBe(1))
  at.host.down = true
  at.host.die()
  await vi.waitFor(() => expect(at.log.warn).toHaveBeenCalled())
  at.client.type('p1', 'old')
  at.clock.pass(3_000)
  at.client.type('p1', 'y')
  at.host.down = false
  await vi.waitFor(() => {
    at.clock.pass(100)
    expect(at.host.callsOf('pane.write')).toEqual([{pane: 'p1', data: 'y'}])
  })
})
