import {expect, it} from 'vitest'
import {silentLog} from '../../src/base/log.ts'
import {createPaneBook} from '../../src/daemon/agents/pane-book.ts'
import {createRecentSignals} from '../../src/daemon/agents/recent-signals.ts'
import type {PaneInfo} from '../../src/model/data/pane.ts'

function aPane(pane: string): PaneInfo {
  const size = {cols: 1, rows: 1}
  return {pane, title: pane, session: '', meta: {}, cwd: '/', ...size, pid: 1, startedAt: 0, exit: null}
}

it('data of a pane is forgotten when it is closed, and kept for one that opens meanwhile', async () => {
  const open = new Map(['one', 'two'].map(pane => [pane, aPane(pane)]))
  const recentSignals = createRecentSignals()
  let opening = () => {}
  const host = {
    async panes() {
      const found = [...open.values()]
      opening()
      return found
    },
  }
  const book = await createPaneBook({host, log: silentLog, keepers: () => [recentSignals]})
  for (const pane of ['one', 'two', 'three']) {
    recentSignals.take({seq: 1, pane, at: 0, kind: 'SessionStart', body: {source: 'startup'}, reply: false})
  }
  open.delete('one')
  opening = () => book.put(aPane('three'))
  await book.prune()
  expect(book.all().map(({pane}) => pane)).toEqual(['two', 'three'])
  expect(['one', 'two', 'three'].map(pane => recentSignals.of(pane).length)).toEqual([0, 1, 1])
  opening = () => {
    throw new Error('away')
  }
  await book.prune()
  expect(book.get('two')).toBeDefined()
})
