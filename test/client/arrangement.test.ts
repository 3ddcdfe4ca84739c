import {expect, it, vi} from 'vitest'
import {moreAbreast, narrowLists, widenLists} from '../../src/client/commands/arrange.ts'
import {createClientStore} from '../../src/client/state/store.ts'
import type {Arrangement, Layout} from '../../src/client/state/types.ts'
import {daemonSaid, zoomed} from '../../src/client/state/update.ts'
import {startClient} from './harness.ts'
import {agent, NOW} from './samples.ts'

function arrange(options: {cols: number; rows: number; agents: number}) {
  const store = createClientStore({now: NOW, ...options})
  store.apply(daemonSaid({agents: Array.from({length: options.agents}, (_, index) => agent(index + 1))}))
  const commands = {
    'layout.narrower': () => narrowLists(store),
    'layout.wider': () => widenLists(store),
    'layout.abreast': () => moreAbreast(store),
  }
  const layout = (): Layout => store.getState().layout
  return {
    commands,
    widths: () => [layout().panels[0]!.rect.width, layout().panes[0]!.frame.col],
    abreast: () => layout().panes.filter(({frame}) => frame.row === layout().panes[0]!.frame.row).length,
  }
}

it('moves the edge between lists and agents, as far as both can be used', () => {
  const {commands, widths} = arrange({cols: 120, rows: 34, agents: 2})
  expect(widths()).toEqual([42, 42])
  commands['layout.wider']()
  expect(widths()).toEqual([46, 46])
  for (let press = 0; press < 20; press++) commands['layout.wider']()
  expect(widths()).toEqual([80, 80])
  // Presses at the end are not counted against the way back.
  commands['layout.narrower']()
  expect(widths()).toEqual([76, 76])
  for (let press = 0; press < 20; press++) commands['layout.narrower']()
  expect(widths()).toEqual([24, 24])
})

it('puts agents side by side: each number that changes something, then as many as fit', () => {
  const {commands, abreast} = arrange({cols: 200, rows: 50, agents: 4})
  expect(abreast()).toBe(2)
  const seen = [1, 2, 3, 4].map(() => {
    commands['layout.abreast']()
    return abreast()
  })
  expect(seen).toEqual([1, 2, 4, 2])
})

it('gives way where panes would be too narrow', () => {
  const {commands, abreast} = arrange({cols: 100, rows: 30, agents: 12})
  for (let press = 0; press < 5; press++) commands['layout.abreast']()
  expect(abreast()).toBeLessThanOrEqual(3)
})

it('is changed by keys, is reported so that it is remembered, and says why it cannot be changed', async () => {
  const {client, press, toasts, connected} = startClient()
  await connected()
  await press('>', '|')
  expect(client.store.getState().ui.arrangement).toEqual({lists: 46, abreast: 1})
  client.store.apply(zoomed(true))
  await press('<')
  expect(toasts()).toEqual(['make the lists narrower: one place takes the whole screen'])
})

it('starts as it was left, and reports each change once', () => {
  const onArranged = vi.fn<(arrangement: Arrangement) => void>()
  const {client} = startClient({arrangement: {lists: 50, abreast: 2}, onArranged})
  expect(client.store.getState().layout.panels[0]!.rect.width).toBe(50)
  client.run('layout.wider')
  client.resize(130, 40)
  expect(onArranged.mock.calls).toEqual([[{lists: 54, abreast: 2}]])
})
