import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {keysOf, selectedRow, visibleRows} from '../../src/client/panels/lists.ts'
import type {PanelSpec} from '../../src/client/panels/panel.ts'
import {PANEL_ORDER, PANELS} from '../../src/client/panels/panels.ts'
import type {ClientState} from '../../src/client/state/state.ts'
import {createClientStore} from '../../src/client/state/store.ts'
import * as update from '../../src/client/state/update.ts'
import type {DaemonState, PullRow, TicketRow} from '../../src/protocol/daemon.ts'
import {agent, NOW, shop, ticket} from './samples.ts'

const storeWith = (slices: Partial<DaemonState> = shop, size = {cols: 120, rows: 34}) => {
  const store = createClientStore({now: NOW, ...size})
  store.apply(update.daemonSaid(slices))
  return store
}

const anyTicket = fc
  .record({
    number: fc.integer({min: 1, max: 60}),
    phase: fc.constantFrom<TicketRow['phase']>('ready', 'working', 'review', 'merged', 'blocked'),
    attention: fc.option(fc.constant('asks')),
    agent: fc.option(fc.constantFrom('agent001' as const, 'agent002' as const)),
  })
  .map(change => ticket(change))

const anyTickets = fc.uniqueArray(anyTicket, {maxLength: 40, selector: row => row.number})

describe('issues', () => {
  it('are in the order of the drawing: attention, agents by slot, the queue, what waits', () => {
    const {issues} = storeWith().getState().lists
    expect(issues.map(row => row.number)).toEqual([123, 131, 118, 140, 127, 133, 136, 129, 101])
  })

  it('keep the order of the daemon within a rank', () => {
    fc.assert(
      fc.property(anyTickets, tickets => {
        const {issues} = storeWith({tickets}).getState().lists
        expect(issues.toSorted((a, b) => a.number - b.number)).toEqual(tickets.toSorted((a, b) => a.number - b.number))
        const ready = (rows: readonly TicketRow[]) =>
          rows.filter(row => row.phase === 'ready' && row.attention === null).map(row => row.number)
        expect(ready(issues)).toEqual(ready(tickets))
        const firstQuiet = issues.findIndex(row => row.attention === null)
        if (firstQuiet >= 0) expect(issues.slice(firstQuiet).every(row => row.attention === null)).toBe(true)
      }),
    )
  })

  it('are filtered by all typed words', () => {
    const store = storeWith()
    store.apply(update.filterIs('issues', {text: 'LIMIT a', editing: true}))
    expect(store.getState().lists.issues.map(row => row.number)).toEqual([131])
    store.apply(update.filterIs('issues', {text: '', editing: false}))
    expect(store.getState().lists.issues).toHaveLength(9)
  })
})

describe('the list of a panel', () => {
  it('is made again when a slice that its rows come from changes', () => {
    for (const panel of PANEL_ORDER) {
      for (const slice of PANELS[panel].from) {
        const {[slice]: rows, ...others} = shop
        const store = storeWith(others)
        expect(store.getState().lists[panel], `${panel} without ${slice}`).toEqual([])
        store.apply(update.daemonSaid({[slice]: rows}))
        expect(store.getState().lists[panel].length, `${panel} with ${slice}`).toBeGreaterThan(0)
      }
    }
  })

  it('reads no other slice, by type', () => {
    // @ts-expect-error: a change of `pulls` would not make this list again.
    const stale: PanelSpec<PullRow, ['tickets']>['rows'] = ({pulls}) => pulls
    // @ts-expect-error: the panel does not say that its rows come from `events`.
    const silent: PanelSpec<PullRow, ['pulls', 'events']>['from'] = ['pulls']
    expect(stale).not.toBe(silent)
  })
})

describe('the selection', () => {
  it('stays on its row through any sequence of updates that keep the row, and is always on a row', () => {
    fc.assert(
      fc.property(anyTickets, fc.nat(), fc.array(anyTickets, {maxLength: 6}), (first, place, rest) => {
        const store = storeWith({tickets: first})
        store.apply(update.moveSelection('issues', place % (first.length + 1)))
        for (const tickets of rest) {
          const before = selectedRow(store.getState(), 'issues')
          store.apply(update.daemonSaid({tickets}))
          const after = selectedRow(store.getState(), 'issues')
          if (before && tickets.some(row => row.number === before.number)) expect(after?.number).toBe(before.number)
          expect(after === undefined).toBe(tickets.length === 0)
        }
      }),
    )
  })

  it('is always within the window', () => {
    const steps = fc.array(fc.oneof(fc.integer({min: -50, max: 50}), anyTickets), {maxLength: 12})
    fc.assert(
      fc.property(steps, changes => {
        const store = storeWith()
        for (const change of changes) {
          store.apply(
            typeof change === 'number' ? update.moveSelection('issues', change) : update.daemonSaid({tickets: change}),
          )
          expect(windowShows(store.getState())).toBe(true)
        }
      }),
    )
  })

  it('goes to the neighbour when its row is gone', () => {
    const store = storeWith({tickets: [1, 2, 3].map(number => ticket({number}))})
    store.apply(update.moveSelection('issues', 1))
    store.apply(update.daemonSaid({tickets: [1, 3].map(number => ticket({number}))}))
    expect(selectedRow(store.getState(), 'issues')?.number).toBe(3)
    store.apply(update.daemonSaid({tickets: [ticket({number: 1})]}))
    expect(selectedRow(store.getState(), 'issues')?.number).toBe(1)
  })

  it('keeps its line on the screen when rows come in above it', () => {
    const queue = Array.from({length: 100}, (_, index) => ticket({number: 100 + index}))
    const store = storeWith({tickets: queue})
    store.apply(update.moveSelection('issues', 50))
    const line = () => {
      const {index, top} = store.getState().ui.selection.issues
      return index - top
    }
    const before = line()
    store.apply(update.daemonSaid({tickets: [ticket({number: 1}), ticket({number: 2}), ...queue]}))
    expect(line()).toBe(before)
    expect(selectedRow(store.getState(), 'issues')?.number).toBe(150)
  })

  it('does not hide a new row that needs a person while the list is at its top', () => {
    const store = storeWith()
    store.apply(update.daemonSaid({tickets: [...shop.tickets, ticket({number: 1, attention: 'asks'})]}))
    expect(store.getState().ui.selection.issues.top).toBe(0)
    expect(
      store
        .getState()
        .lists.issues.slice(0, 2)
        .map(row => row.number),
    ).toContain(1)
  })
})

describe('events', () => {
  it('show the newest as they come, unless the person looks at an older one', () => {
    const happened = (count: number) =>
      Array.from({length: count}, (_, index) => ({...shop.events[0]!, seq: count - index}))
    const store = storeWith({events: happened(3)})
    for (let count = 4; count < 40; count++) store.apply(update.daemonSaid({events: happened(count)}))
    expect(store.getState().ui.selection.events).toMatchObject({index: 0, top: 0, key: '39'})
    store.apply(update.moveSelection('events', 2))
    store.apply(update.daemonSaid({events: happened(41)}))
    expect(store.getState().ui.selection.events).toMatchObject({key: '37'})
  })
})

describe('the focus', () => {
  it('goes around the panels and the panes with Tab', () => {
    const store = storeWith()
    const places: string[] = []
    for (let step = 0; step < 9; step++) {
      const {focus} = store.getState().ui
      places.push(focus.place === 'panel' ? focus.panel : focus.pane)
      store.apply(update.focusNext(1))
    }
    expect(places).toEqual(['issues', 'pulls', 'conflicts', 'events', 'peers', 'pane-1', 'pane-2', 'pane-3', 'pane-4'])
    expect(store.getState().ui.focus).toEqual({place: 'panel', panel: 'issues'})
    store.apply(update.focusNext(-1))
    expect(store.getState().ui.focus).toMatchObject({pane: 'pane-4', attached: false})
  })

  it('falls back to the last panel when its pane goes', () => {
    const store = storeWith()
    store.apply(update.focusPanel('pulls'))
    store.apply(update.focusPane('pane-2', {attached: false}))
    store.apply(update.daemonSaid({agents: [agent(1)]}))
    expect(store.getState().ui).toMatchObject({focus: {place: 'panel', panel: 'pulls'}, dialogs: []})
  })

  it('follows its agent to the next pane, as that of a set-up goes when the agent starts', () => {
    const store = storeWith()
    store.apply(update.focusPane('pane-2', {attached: false}))
    store.apply(update.daemonSaid({agents: [agent(1), {...agent(2), pane: 'pane-9'}]}))
    expect(store.getState().ui.focus).toEqual({place: 'pane', pane: 'pane-9', attached: false})
  })

  it('catches the keys of a person who typed into a pane that went away', () => {
    const store = storeWith()
    store.apply(update.focusPane('pane-2', {attached: true}))
    store.apply(update.daemonSaid({agents: [agent(1)]}))
    expect(store.getState().ui.dialogs).toEqual([{kind: 'gone', agent: 'agent002'}])
  })

  it('goes to the place beside it, and never out of the screen', () => {
    const store = storeWith()
    const go = (step: 1 | -1) => {
      store.apply(update.focusBeside(step))
      const {focus} = store.getState().ui
      return focus.place === 'panel' ? focus.panel : focus.pane
    }
    store.apply(update.focusPanel('events'))
    // Two by two: the lists are beside the lower left one.
    expect([go(1), go(1), go(1), go(-1), go(-1), go(-1)]).toEqual([
      ...['pane-3', 'pane-4', 'pane-4', 'pane-3', 'events', 'events'],
    ])
  })

  it('never moves when other agents come and go', () => {
    const store = storeWith()
    store.apply(update.focusPane('pane-2', {attached: true}))
    store.apply(update.daemonSaid({agents: [agent(2), agent(5)]}))
    expect(store.getState().ui.focus).toEqual({place: 'pane', pane: 'pane-2', attached: true})
    expect(store.getState().layout.panes.map(slot => slot.pane)).toEqual(['pane-5', 'pane-2'])
  })
})

describe('the store', () => {
  it('keeps the reference of what did not change, so that nothing is drawn needlessly', () => {
    const store = storeWith()
    const before = store.getState()
    store.apply(update.timeIs(NOW + 1000))
    const after = store.getState()
    expect(after).toMatchObject({layout: before.layout, lists: before.lists, ui: before.ui})
    expect(after.layout).toBe(before.layout)
    expect(after.lists).toBe(before.lists)
    expect(after.ui).toBe(before.ui)
    store.apply(update.daemonSaid({agents: shop.agents.map(row => ({...row, activity: 'Bash'}))}))
    expect(store.getState().layout).toBe(before.layout)
  })

  it('keeps a message no longer because the clock was set back', () => {
    const store = storeWith()
    const toast = {level: 'error', text: 'GitHub answers 503', kept: null, next: null} as const
    const [day, {now}] = [24 * 3_600_000, store.getState()]
    store.apply(update.toastAdded({...toast, id: 1, until: now + 1000}))
    store.apply(update.timeIs(now - day))
    expect(store.getState().ui.toasts).toHaveLength(1)
    store.apply(update.timeIs(now - day + 1000))
    expect(store.getState().ui.toasts).toEqual([])
  })

  it('lets messages go after their time and keeps a repeated one once', () => {
    const store = storeWith()
    const toast = {level: 'error', text: 'GitHub answers 503', kept: null, next: null} as const
    store.apply(update.toastAdded({...toast, id: 1, until: NOW + 1000}))
    store.apply(update.toastAdded({...toast, id: 2, until: NOW + 3000}))
    expect(store.getState().ui.toasts.map(({id}) => id)).toEqual([2])
    expect(store.getState().layout.overlays).toEqual([])
    expect(store.getState().ui.notices.map(({id}) => id)).toEqual([1, 2])
    store.apply(update.timeIs(NOW + 3000))
    expect(store.getState().ui.toasts).toEqual([])
    expect(store.getState().layout.overlays).toEqual([])
  })
})

function windowShows(state: ClientState): boolean {
  const {index, top, key} = state.ui.selection.issues
  const keys = keysOf('issues', state.lists)
  if (keys.length === 0) return key === null
  const rect = state.layout.panels.find(({panel}) => panel === 'issues')!.rect
  return keys[index] === key && top <= index && index < top + visibleRows('issues', rect)
}
