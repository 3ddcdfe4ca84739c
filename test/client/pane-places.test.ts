import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {gridRects} from '../../src/client/layout/pane-grid.ts'
import {NO_PLACES, type PanePlaces, placePanes} from '../../src/client/layout/pane-places.ts'
import {createClientStore} from '../../src/client/state/store.ts'
import * as update from '../../src/client/state/update.ts'
import {type AgentId, agentId} from '../../src/model/data/ids.ts'
import {agent, NOW, shop} from './samples.ts'

const AREA = {row: 1, col: 42, width: 78, height: 38}
const ids = (...numbers: number[]) => numbers.map(agentId)

function places(...steps: AgentId[][]): PanePlaces {
  return steps.reduce((before, agents) => placePanes(before, {agents, area: AREA, abreast: null, at: NOW}), NO_PLACES)
}

const shown = ({lines}: PanePlaces) => lines.map(line => line.map(id => (id === null ? 0 : Number(id.slice(-3)))))

describe('the cells of agents', () => {
  it('stay where they are when another agent goes, and the next one takes the cell that is free', () => {
    const all = ids(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
    const first = places(all)
    const without = placePanes(first, {
      agents: all.filter(id => id !== agentId(5)),
      area: AREA,
      abreast: null,
      at: NOW,
    })
    expect(shown(without)).toEqual(shown(first).map(line => line.map(id => (id === 5 ? 0 : id))))
    const next = placePanes(without, {
      agents: [...all.filter(id => id !== agentId(5)), agentId(13)],
      area: AREA,
      abreast: null,
      at: NOW,
    })
    expect(shown(next)).toEqual(shown(first).map(line => line.map(id => (id === 5 ? 13 : id))))
  })

  it('hold under any coming and going: nobody is left out or there twice, and only who lost a cell moves', () => {
    const steps = fc.array(fc.uniqueArray(fc.integer({min: 1, max: 12})), {minLength: 1, maxLength: 12})
    const area = fc.record({width: fc.integer({min: 40, max: 240}), height: fc.integer({min: 20, max: 100})})
    fc.assert(
      fc.property(steps, area, (sets, area) => {
        let before = NO_PLACES
        let at = NOW
        for (const set of sets) {
          const agents = ids(...set.toSorted((a, b) => a - b))
          const now = {agents, area, abreast: null}
          const hadCells = before.lines.flat().length
          for (const later of [0, 10_000]) {
            at += later
            const after = placePanes(before, {...now, at})
            const cells = after.lines.flat()
            expect(cells.filter(id => id !== null).toSorted()).toEqual(agents.toSorted())
            const free = cells.length - agents.length
            const columns = after.lines[0]?.length ?? 0
            if (free > 0 && later > 0) expect(free).toBeLessThan(Math.max(columns, after.lines.length))
            if (later === 0 && agents.length > 0 && agents.length <= hadCells) expect(cells.length).toBe(hadCells)
            before.lines.forEach((line, row) => {
              line.forEach((id, column) => {
                if (id === null || !agents.includes(id) || after.lines[row]?.[column] === undefined) return
                expect(after.lines[row][column]).toBe(id)
              })
            })
            before = after
          }
        }
      }),
    )
  })

  it('are filled from the first on, in their order, when a person changes the room', () => {
    const first = places(ids(1, 2, 3, 4, 5, 6))
    const two = placePanes(first, {agents: ids(1, 2, 3, 4, 5, 6), area: AREA, abreast: 2, at: NOW})
    expect(shown(two)).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ])
  })

  it('cover the room of all panes', () => {
    const rects = gridRects(AREA, [3, 3, 2]).flat()
    expect(rects.reduce((sum, {width, height}) => sum + width * height, 0)).toBe(AREA.width * AREA.height)
  })
})

describe('the panes on the screen', () => {
  const rectOf = (store: ReturnType<typeof createClientStore>) =>
    new Map(store.getState().layout.panes.map(({pane, frame}) => [pane, frame]))

  it('do not move when one of four goes, and Tab follows the grid', () => {
    const store = createClientStore({now: NOW, cols: 120, rows: 34})
    store.apply(update.daemonSaid(shop))
    const before = rectOf(store)
    const left = shop.agents.map((row, index) => (index === 1 ? {...row, ticket: null, pane: null} : row))
    store.apply(update.daemonSaid({agents: left}))
    expect(rectOf(store).size).toBe(3)
    for (const [pane, frame] of rectOf(store)) expect([pane, frame]).toEqual([pane, before.get(pane)])
    expect(store.getState().layout.free).toEqual([{rect: before.get('pane-2'), agent: null}])
    store.apply(update.daemonSaid({agents: [...left, agent(5)]}))
    expect(rectOf(store).get('pane-5')).toEqual(before.get('pane-2'))
    store.apply(update.focusPane('pane-1', {attached: false}))
    store.apply(update.focusNext(1))
    expect(store.getState().ui.focus).toMatchObject({pane: 'pane-5'})
  })

  it('get the room of a column that stays free, and not that of one whose next agent comes soon', () => {
    const store = createClientStore({now: NOW, cols: 120, rows: 34})
    store.apply(update.daemonSaid(shop))
    const before = rectOf(store)
    const gone = (...places: number[]) =>
      shop.agents.map((row, index) => (places.includes(index) ? {...row, ticket: null, pane: null} : row))
    store.apply(update.daemonSaid({agents: gone(1, 3)}))
    store.apply(update.timeIs(NOW + 9000))
    expect(rectOf(store).get('pane-1')).toEqual(before.get('pane-1'))
    store.apply(update.daemonSaid({agents: [...gone(1, 3), agent(5)]}))
    store.apply(update.timeIs(NOW + 20_000))
    expect(rectOf(store).get('pane-3')).toEqual(before.get('pane-3'))
    store.apply(update.daemonSaid({agents: gone(1, 3)}))
    store.apply(update.timeIs(NOW + 29_000))
    expect(rectOf(store).get('pane-1')).toEqual(before.get('pane-1'))
    store.apply(update.timeIs(NOW + 30_000))
    expect(store.getState().layout.free).toEqual([])
    expect(rectOf(store).get('pane-1')?.width).toBeGreaterThan(before.get('pane-1')!.width)
  })

  it('stand in the order of their slots, whichever terminal is there first', () => {
    const store = createClientStore({now: NOW, cols: 120, rows: 34})
    const starting = shop.agents.map((row, index) => ({...row, pane: null, ticket: index + 1}))
    store.apply(update.daemonSaid({agents: starting}))
    expect(store.getState().layout.paneArea).not.toBeNull()
    store.apply(update.daemonSaid({agents: [...starting.slice(0, 3), shop.agents[3]!]}))
    const last = rectOf(store).get('pane-4')
    expect(store.getState().layout.free.map(cell => cell.agent)).toEqual(['agent001', 'agent002', 'agent003'])
    store.apply(update.daemonSaid({agents: shop.agents}))
    expect(rectOf(store).get('pane-4')).toEqual(last)
    expect([...rectOf(store).keys()]).toEqual(['pane-1', 'pane-2', 'pane-3', 'pane-4'])
    // A restart in between keeps the cell of who has a ticket.
    store.apply(update.daemonSaid({agents: shop.agents.with(1, {...shop.agents[1]!, pane: null})}))
    store.apply(update.daemonSaid({agents: [...shop.agents.with(1, {...shop.agents[1]!, pane: null}), agent(5)]}))
    store.apply(update.daemonSaid({agents: [...shop.agents, agent(5)]}))
    expect(rectOf(store).get('pane-1')).toMatchObject({row: 1, col: 42, width: 39})
  })

  it('keep their cells while one place is zoomed', () => {
    const store = createClientStore({now: NOW, cols: 120, rows: 34})
    store.apply(update.daemonSaid(shop))
    const before = rectOf(store)
    store.apply(update.zoomed(true))
    store.apply(update.daemonSaid({agents: [...shop.agents.slice(1), agent(5)]}))
    store.apply(update.zoomed(false))
    expect(rectOf(store).get('pane-5')).toEqual(before.get('pane-1'))
    expect(rectOf(store).get('pane-4')).toEqual(before.get('pane-4'))
  })
})
