import {figure} from '../src/base/text.ts'
import {keyOf, visibleRows} from '../src/client/panels/lists.ts'
import type {Panel} from '../src/client/panels/panel.ts'
import type {Lists} from '../src/client/state/state.ts'
import type {Rect} from '../src/client/state/types.ts'
import type {Line} from '../src/client/text/line.ts'
import {useSlice} from './useClient.ts'

type ListWindow<Row> = {
  /** The rows that the panel has room for. */
  rows: readonly Row[]
  /** Index of the selected row in `rows`; -1: none. */
  selected: number
  /** All rows of the list. */
  all: readonly Row[]
  focused: boolean
  /** For each of `rows`, whether it is marked. */
  marked: readonly boolean[]
  /** `12 of 1,100` in the list that has the keyboard, when not all rows are shown. */
  position: Line
}

/** The window of a panel's list that its rectangle shows, however long the list is. */
export function useList<P extends Panel>(panel: P, rect: Rect): ListWindow<Lists[P][number]> {
  const all = useSlice(state => state.lists[panel]) as readonly Lists[P][number][]
  const {index, top, key} = useSlice(state => state.ui.selection[panel])
  const focused = useSlice(({ui}) => ui.focus.place === 'panel' && ui.focus.panel === panel)
  const keys = useSlice(({ui}) => ui.marks[panel])
  const rows = all.slice(top, top + visibleRows(panel, rect))
  const marked = keys.length === 0 ? [] : rows.map(row => keys.includes(keyOf(panel, row)))
  const isCut = focused && all.length > rows.length && key !== null
  const position: Line = isCut ? [{text: `${figure(index + 1)} of ${figure(all.length)}`, tone: 'muted'}] : []
  return {rows, selected: key === null ? -1 : index - top, all, focused, marked, position}
}
