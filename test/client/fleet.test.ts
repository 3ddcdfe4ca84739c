import fc from 'fast-check'
import {describe, expect, it, onTestFinished, vi} from 'vitest'
import {usageError} from '../../src/base/errors.ts'
import {silentLog} from '../../src/base/log.ts'
import {createFleet} from '../../src/client/fleet/fleet.ts'
import {allNeeds, focusNeed, needsOf, nextNeed} from '../../src/client/fleet/needs-you.ts'
import {repositoryAt, repositoryLine, repositoryRow} from '../../src/client/fleet/repositories.ts'
import {createKeymap} from '../../src/client/keys/keymap.ts'
import {type ClientState, initialState} from '../../src/client/state/state.ts'
import {createClientStore} from '../../src/client/state/store.ts'
import {daemonSaid, filterIs, fleetIs} from '../../src/client/state/update.ts'
import type {DaemonState} from '../../src/protocol/daemon.ts'
import {manualClock} from './clock.ts'
import {key} from './keys.ts'
import {daemonPeer, hostPeer} from './links.ts'
import {agent, header, NOW, shop, ticket} from './samples.ts'

const SIZE = {cols: 120, rows: 34}

/** A repository with an agent that asks and an issue that needs a person, both of its own. */
const api: DaemonState = {
  ...shop,
  header: {...header, repository: 'acme/api', troubles: ['GitHub answers 503']},
  agents: [agent(1, {pane: 'api-1', state: 'waiting', activity: 'asks', doing: 'Bash make', ticket: 7, title: 'Slow'})],
  tickets: [
    ticket({number: 7, phase: 'working', agent: 'agent001', attention: 'asks'}),
    ticket({number: 9, phase: 'blocked', attention: 'checks failed twice'}),
  ],
}

const quiet: DaemonState = {...shop, agents: [], tickets: [], header: {...header, repository: 'acme/quiet'}}

function openFleet(states: readonly (DaemonState | Error)[]) {
  const daemons = states.map(state => daemonPeer(state instanceof Error ? quiet : state))
  const hosts = states.map(() => hostPeer())
  const clock = manualClock()
  const refused = states.map(state => (state instanceof Error ? state : null))
  const fleet = createFleet({
    clock,
    log: silentLog,
    name: 'test',
    keymap: createKeymap(),
    size: SIZE,
    desktop: {open: async () => true, copy: () => true, suspend: () => true},
    onQuit: () => {},
    repositories: states.map((_, index) => ({
      name: `repo${index}`,
      daemon: async () => {
        if (refused[index]) throw refused[index]
        return daemons[index]!.open()
      },
      host: hosts[index]!.open,
    })),
  })
  onTestFinished(() => fleet[Symbol.dispose]())
  const state = () => fleet.store.getState()
  return {
    fleet,
    daemons,
    hosts,
    clock,
    state,
    /** The folder is a repository now. */
    mend: (index: number) => {
      refused[index] = null
    },
    rows: () => state().fleet!.repositories,
    until: (holds: (now: ClientState) => boolean) =>
      vi.waitFor(() => {
        if (!holds(state())) throw new Error('the state does not fulfil it yet')
      }),
    press: (...chords: string[]) => {
      for (const chord of chords) fleet.press(key(chord))
    },
  }
}

async function opened(states: readonly (DaemonState | Error)[]) {
  const app = openFleet(states)
  await app.until(({fleet}) => fleet!.repositories.every(({health}) => health !== 'opening'))
  return app
}

describe('several repositories', () => {
  it('each have their row, whichever is shown', async () => {
    const app = await opened([shop, api, quiet])
    expect(app.rows()).toMatchObject([
      {
        name: 'repo0',
        working: 3,
        needs: [{issue: 123, what: 'asks Bash npm install cookie@1.0.2'}],
        health: 'good',
      },
      {working: 0, needs: [{issue: 7, agent: 'agent001'}, {issue: 9}], health: 'troubled'},
      {working: 0, needs: [], health: 'good'},
    ])
    app.daemons[2]!.tell('state', {agents: [agent(1, {pane: 'q-1'})]})
    await app.until(({fleet}) => fleet!.repositories[2]!.working === 1)
    app.press(']')
    expect(app.rows()[2]).toMatchObject({working: 1})
    app.daemons[0]!.tell('state', {agents: [], tickets: []})
    await app.until(({fleet}) => fleet!.repositories[0]!.needs.length === 0)
  })

  it('are gone through by key, round both ends, each with its own focus', async () => {
    const app = await opened([shop, api, quiet])
    app.press('2', ']')
    expect(app.state()).toMatchObject({header: {repository: 'acme/api'}, ui: {panel: 'issues'}, fleet: {shown: 1}})
    app.press(']', ']')
    expect(app.state()).toMatchObject({header: {repository: 'acme/shop'}, ui: {panel: 'pulls'}, fleet: {shown: 0}})
    app.press('[')
    expect(app.state()).toMatchObject({header: {repository: 'acme/quiet'}, fleet: {shown: 2}})
  })

  it('have views of panes only where they are shown', async () => {
    const app = await opened([shop, api])
    const [first, second] = app.hosts as [(typeof app.hosts)[0], (typeof app.hosts)[0]]
    await vi.waitFor(() => expect(first.callsOf('view.open')).toHaveLength(4))
    expect(second.callsOf('view.open')).toEqual([])
    app.press(']')
    await vi.waitFor(() => expect(second.callsOf('view.open')).toMatchObject([{pane: 'api-1'}]))
    expect(first.callsOf('view.close').map(({view}) => view)).toEqual(first.callsOf('view.open').map(({view}) => view))
    app.daemons[0]!.tell('state', {agents: [agent(9)]})
    app.fleet.resize(140, 40)
    expect(first.callsOf('view.open')).toHaveLength(4)
  })

  it('draw nothing of the frames that a hidden one still sends', async () => {
    const app = await opened([shop, api])
    const seen: string[] = []
    app.fleet.views.onFrame(pane => seen.push(pane))
    const frame = {seq: 1, full: true, cols: 1, rows: 1, runs: [], cursor: null, scrollback: 0, offset: 0} as const
    const modes = {applicationCursor: false, bracketedPaste: false, mouse: 'none', focusEvents: false} as const
    const say = (index: number) => {
      const [view] = app.hosts[index]!.callsOf('view.open')
      app.hosts[index]!.tell('frame', {...frame, view: view!.view, modes: {...modes, alternateScreen: false}})
    }
    await vi.waitFor(() => say(0))
    app.press(']')
    await vi.waitFor(() => say(1))
    say(0)
    expect(seen).toEqual(['pane-1', 'api-1'])
  })

  it('change for every reader of the store, once and as a whole', async () => {
    const app = await opened([shop, api])
    const seen: string[] = []
    const unsubscribe = app.fleet.store.subscribe((state, before) => {
      const {fleet, layout} = state
      seen.push(`${before.header?.repository} > ${state.header?.repository} ${fleet?.shown} ${layout.panes.length}`)
    })
    app.press(']')
    unsubscribe()
    expect(seen).toEqual(['acme/shop > acme/api 1 1'])
  })

  it('have a tab that says why one cannot be opened, until it can', async () => {
    const missing = usageError({code: 'not-a-repository', message: '/x is not in a git repository', next: 'git init'})
    const app = await opened([shop, missing])
    expect(app.rows()[1]).toMatchObject({health: 'troubled', needs: []})
    app.press(']')
    expect(app.state()).toMatchObject({link: {state: 'failed', error: {message: missing.message, next: 'git init'}}})
    expect(app.state().ui.toasts).toEqual([])
    expect(app.hosts.map(host => host.links())).toEqual([1, 0])
    app.mend(1)
    await vi.waitFor(() => {
      app.clock.pass(3000)
      expect(app.state()).toMatchObject({link: {state: 'connected'}, header: {repository: 'acme/quiet'}})
    })
    expect(app.rows()[1]).toMatchObject({health: 'good'})
  })

  it('show messages of a hidden one, under its name', async () => {
    const app = await opened([shop, api])
    app.daemons[1]!.tell('notice', {level: 'error', text: 'the push failed', kept: 'the commits', next: 'R'})
    expect(app.state().ui.toasts).toMatchObject([{text: 'repo1: the push failed', kept: 'the commits', next: 'R'}])
    app.daemons[0]!.tell('notice', {level: 'info', text: 'landed'})
    expect(app.state().ui.toasts.map(({text}) => text)).toEqual(['repo1: the push failed', 'landed'])
  })

  it('take a row for their tabs in every size, and one repository takes none', async () => {
    const app = await opened([shop, api])
    for (const [cols, rows] of [
      [40, 10],
      [80, 24],
      [120, 34],
    ] as const) {
      app.fleet.resize(cols, rows)
      expect(app.state().layout).toMatchObject({repositories: {row: 0}, header: {row: 1}, footer: {row: rows - 1}})
    }
    expect(initialState({now: NOW, ...SIZE}).layout).toMatchObject({repositories: null, header: {row: 0}})
  })

  it('are chosen by a click on a tab, not through a dialog', async () => {
    const app = await opened([shop, api])
    const {tabs} = repositoryLine(app.state().fleet!, SIZE.cols)
    const at = {row: 0, col: tabs[0]!.width + 2}
    app.press('?')
    app.fleet.click(at)
    expect(app.state().fleet!.shown).toBe(0)
    app.press('escape')
    app.fleet.click(at)
    expect(app.state().fleet!.shown).toBe(1)
    app.fleet.click({row: 0, col: SIZE.cols - 1})
    expect(app.state().fleet!.shown).toBe(1)
  })
})

describe('what needs a person', () => {
  it('is gone through with !, here first, then in the other repositories, and around', async () => {
    const app = await opened([shop, quiet, api])
    const stops: unknown[] = []
    for (let press = 0; press < 4; press++) {
      app.press('!')
      const {ui, fleet} = app.state()
      stops.push([fleet!.shown, ui.focus.place === 'pane' ? ui.focus.pane : ui.selection.issues.key])
    }
    expect(stops).toEqual([
      [0, 'pane-1'],
      [2, 'api-1'],
      [2, '#9'],
      [0, 'pane-1'],
    ])
  })

  it('is counted and found whatever a filter hides, and the filter goes when it hides where one goes', async () => {
    const app = await opened([shop, quiet, api])
    const needs = () => allNeeds(app.state()).length
    const before = needs()
    app.press(']', ']')
    expect(app.state().fleet!.shown).toBe(2)
    app.fleet.store.apply(filterIs('issues', {text: 'nothing has this', editing: false}))
    expect(needs()).toBe(before)
    app.press('!', '!')
    expect(app.state().ui).toMatchObject({selection: {issues: {key: '#9'}}, filters: {issues: ''}})
  })

  it('is listed over all repositories, and Enter goes there', async () => {
    const app = await opened([shop, quiet, api])
    app.press('A', 'j', 'j', 'j', 'enter')
    expect(app.state()).toMatchObject({
      fleet: {shown: 2},
      ui: {dialogs: [], focus: {place: 'panel', panel: 'issues'}, selection: {issues: {key: '#9'}}},
    })
  })

  it('cannot be gone to when nothing needs a person', async () => {
    const app = await opened([quiet, quiet])
    app.press('!')
    expect(app.state().ui.toasts).toMatchObject([{text: expect.stringContaining('nothing needs you')}])
  })

  it('is all visited before any of it again, from every place', () => {
    const amounts = fc.array(fc.integer({min: 0, max: 3}), {minLength: 1, maxLength: 6})
    fc.assert(
      fc.property(amounts, fc.nat(), fc.boolean(), (counts, start, alone) => {
        const states = counts.map((count, index) => {
          const store = createClientStore({now: NOW, ...SIZE})
          const agents = Array.from({length: count}, (_, slot) =>
            agent(slot + 1, {state: 'waiting', pane: `${index}-${slot}`}),
          )
          store.apply(daemonSaid({...shop, tickets: [], agents}))
          return store
        })
        const only = alone && counts.length === 1
        const repositories = states.map((store, index) => repositoryRow(`r${index}`, store.getState()))
        let shown = only ? 0 : start % counts.length
        const total = counts.reduce((sum, count) => sum + count, 0)
        const seen: string[] = []
        for (let press = 0; press < 2 * total; press++) {
          const store = states[shown]!
          if (!only) store.apply(fleetIs({repositories, shown}))
          expect(allNeeds(store.getState())).toHaveLength(total)
          const next = nextNeed(store.getState())!
          shown = next.repository
          states[shown]!.apply(focusNeed(next.item))
          const {focus} = next.item
          seen.push(focus.place === 'pane' ? focus.pane : '')
        }
        expect(new Set(seen.slice(0, total)).size).toBe(total)
        expect(seen.slice(total)).toEqual(seen.slice(0, total))
        const first = [...counts.keys()].map(step => (start + step) % counts.length).find(index => counts[index]! > 0)
        if (first !== undefined) expect(seen[0]).toBe(`${only ? 0 : first}-0`)
      }),
    )
  })
})

describe('the tabs of repositories', () => {
  const fleetOf = (names: readonly string[], shown = 0) => ({
    shown,
    repositories: names.map(name =>
      repositoryRow(name, {...initialState({now: NOW, ...SIZE}), link: {state: 'connected'}}),
    ),
  })

  it('shorten before any is left out, and always have the shown one', () => {
    const names = fc.array(fc.string({minLength: 1, maxLength: 30}), {minLength: 2, maxLength: 12})
    fc.assert(
      fc.property(names, fc.nat(), fc.integer({min: 40, max: 160}), (given, place, cols) => {
        const fleet = fleetOf(given, place % given.length)
        const {tabs, left} = repositoryLine(fleet, cols)
        const more = (left.before.length > 0 ? 3 : 0) + (left.after.length > 0 ? 3 : 0)
        expect(tabs.reduce((sum, {width}) => sum + width, more)).toBeLessThanOrEqual(cols)
        expect(tabs.map(({index}) => index)).toContain(fleet.shown)
        expect([...left.before, ...tabs.map(({index}) => index), ...left.after]).toEqual([...given.keys()])
        const hit = Array.from({length: cols}, (_, col) => repositoryAt(fleet, cols, col))
        expect(new Set(hit.filter(index => index !== undefined))).toEqual(new Set(tabs.map(({index}) => index)))
      }),
    )
  })

  it('do not move when the state of one changes', () => {
    const store = createClientStore({now: NOW, ...SIZE})
    const widths = () => {
      const repositories = [repositoryRow('shop', store.getState()), ...fleetOf(['api']).repositories]
      return repositoryLine({repositories, shown: 0}, 80).tabs.map(({width}) => width)
    }
    const before = widths()
    store.apply(daemonSaid(shop))
    expect(needsOf(store.getState())).toHaveLength(1)
    expect(widths()).toEqual(before)
  })
})
