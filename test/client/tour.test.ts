import {describe, expect, it} from 'vitest'
import {createClientStore} from '../../src/client/state/store.ts'
import * as update from '../../src/client/state/update.ts'
import {tourHint} from '../../src/client/tour/hint.ts'
import {agent, asks, NO_TRAIN, NOW, question, shop, ticket} from './samples.ts'

const key = (command: string) => `<${command}>`
const hint = (change: Partial<typeof shop>, now = NOW) =>
  tourHint(
    {...shop, agents: [agent(1)], tickets: [ticket({number: 1, phase: 'working'})], conflicts: [], ...change, now},
    key,
  )

describe('the hints of the tour', () => {
  it('begin with what waits for the person, whatever else happens', () => {
    const conflicts = shop.conflicts
    expect(hint({agents: [agent(1), agent(2, {asks})], conflicts})).toMatch(
      /^a002 asks before it runs npm .*: <app.next-attention> goes there, <agent.answer> answers$/,
    )
    expect(hint({agents: [agent(3, {asks: question})]})).toMatch(/^a003 has a question for you: /)
  })

  it('tell of a repair, of a bundle and of a conflict', () => {
    const repair = ticket({number: 4, phase: 'claimed', detail: 'repair'})
    expect(hint({tickets: [repair]})).toMatch(/^#4 went back to its agent/)
    const train = {...NO_TRAIN, stage: 'testing' as const, aboard: [1, 2, 3]}
    expect(hint({header: {...shop.header, train}})).toMatch(/^#1 #2 #3 are tested together/)
    expect(hint({conflicts: shop.conflicts})).toMatch(/^#\d+ and #\d+ would conflict/)
  })

  it('say when all is done, though an issue for people is left', () => {
    const human = ticket({number: 7, phase: 'ready', gate: {kind: 'human', text: 'labelled human-only'}})
    expect(hint({tickets: [ticket({number: 1, phase: 'merged'}), human]})).toMatch(
      /^everything is on main: .*<app.quit>/,
    )
    expect(hint({tickets: [human]})).not.toMatch(/^everything/)
  })

  it('otherwise name what can be tried, one after the other, and fit 80 columns', () => {
    const all = new Set(Array.from({length: 6}, (_, index) => hint({}, NOW + index * 8000)))
    expect(all.size).toBe(3)
    for (const text of all) expect(text.replaceAll(/<[^>]+>/g, '^]').length).toBeLessThan(78)
  })
})

describe('a screen on tour', () => {
  const on = (cols: number, rows: number) => {
    const store = createClientStore({now: NOW, cols, rows})
    store.apply(update.tourBegins())
    store.apply(update.daemonSaid({...shop, agents: []}))
    return store
  }

  it('has a line above the footer, and is no other without the tour', () => {
    const {layout} = on(120, 34).getState()
    expect(layout.hint).toEqual({row: 32, col: 0, width: 120, height: 1})
    expect(createClientStore({now: NOW, cols: 120, rows: 34}).getState().layout.hint).toBeNull()
  })

  it('shows the first agent where there is room for one place only, once', () => {
    const store = on(80, 24)
    store.apply(update.daemonSaid({agents: [agent(1), agent(2)]}))
    expect(store.getState().ui.focus).toEqual({place: 'pane', pane: 'pane-1', attached: false})
    store.apply(update.focusPanel('pulls'))
    store.apply(update.daemonSaid({agents: [agent(1), agent(2), agent(3)]}))
    expect(store.getState().ui.focus).toEqual({place: 'panel', panel: 'pulls'})
    const wide = on(120, 34)
    wide.apply(update.daemonSaid({agents: [agent(1)]}))
    expect(wide.getState().ui.focus.place).toBe('panel')
  })
})
