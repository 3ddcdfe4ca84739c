import type {DaemonState} from '../../protocol/daemon.ts'
import type {ClientState, Lists, UiState} from '../state/state.ts'
import type {Subject} from '../state/subject.ts'
import type {Rect} from '../state/types.ts'
import type {Panel, PanelRows, PanelSpec} from './panel.ts'
import {PANELS, perPanel} from './panels.ts'

/** The panel's definition without the type of its rows: for rows that come from the same panel's list. */
function specOf(panel: Panel): PanelSpec<PanelRows[Panel]> {
  return PANELS[panel] as unknown as PanelSpec<PanelRows[Panel]>
}

export function keyOf<P extends Panel>(panel: P, row: Lists[P][number]): string {
  return specOf(panel).keyOf(row)
}

export function keysOf(panel: Panel, lists: Lists): string[] {
  return lists[panel].map(specOf(panel).keyOf)
}

/** The row that is selected in a panel, if there is one. */
export function selectedRow<P extends Panel>(state: ClientState, panel: P): PanelRows[P] | undefined {
  const {key, index} = state.ui.selection[panel]
  return key === null ? undefined : (state.lists[panel][index] as PanelRows[P])
}

/** What commands act on when a panel has the focus. */
export function selectedSubject(state: ClientState, panel: Panel): Subject | undefined {
  const row = selectedRow(state, panel)
  return row && specOf(panel).subjectOf(row)
}

/** Lines of a panel that hold rows: its height without the border and, where there is room, its bottom lines. */
export function visibleRows(panel: Panel, rect: Rect): number {
  const inner = Math.max(0, rect.height - 2)
  return inner > 2 ? inner - (PANELS[panel].bottomLines ?? 0) : inner
}

/** The first row of a window of `height` rows that shows `index`, moved from `top` as little as possible. */
export function windowTop(window: {top: number; index: number; height: number; length: number}): number {
  const {top, index, height, length} = window
  const shown = Math.min(Math.max(top, index - height + 1), index)
  return Math.max(0, Math.min(shown, length - height))
}

/** Rows as shown: those with all words of the panel's filter, in the panel's order. */
export function listsOf(
  domain: Omit<DaemonState, 'header'>,
  {filters, sorts}: Pick<UiState, 'filters' | 'sorts'>,
): Lists {
  return perPanel(panel => {
    const {rows, textOf, orders} = specOf(panel)
    const order = orders.find(({name}) => name === sorts[panel]) ?? orders[0]
    return order.sort(filtered(rows(domain), filters[panel], textOf))
  }) as Lists
}

/** Rows of a panel that are marked and shown, in the order of the list. */
export function markedRows<P extends Panel>(state: ClientState, panel: P): Lists[P] {
  const marks = new Set(state.ui.marks[panel])
  const rows: readonly PanelRows[Panel][] = marks.size === 0 ? [] : state.lists[panel]
  return rows.filter(row => marks.has(specOf(panel).keyOf(row))) as unknown as Lists[P]
}

/** The tickets that the marks of a panel choose for landing. */
export function markedForLanding(state: ClientState, panel: Panel): number[] {
  const {landedBy = () => null} = specOf(panel)
  return markedRows(state, panel).flatMap(row => landedBy(row) ?? [])
}

function filtered<Row>(rows: readonly Row[], filter: string, textOf: (row: Row) => string): readonly Row[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return rows
  return rows.filter(row => {
    const text = textOf(row).toLowerCase()
    return words.every(word => text.includes(word))
  })
}
