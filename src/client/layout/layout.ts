import type {AgentId, PaneId} from '../../model/data/ids.ts'
import type {Panel} from '../panels/panel.ts'
import {PANEL_ORDER, PANELS} from '../panels/panels.ts'
import type {Arrangement, Focus, Layout, PaneSlot, Rect} from '../state/types.ts'
import {gridRects, gridShape, spread} from './pane-grid.ts'

/** Below this, nothing useful can be drawn; the screen says so. */
export const MIN_SIZE = {cols: 40, rows: 10} as const

/** From this size on, the lists and the panes are side by side. */
const WIDE_SIZE = {cols: 100, rows: 30} as const

/**
 * Share of the width for the left column, and its limits: below, titles vanish; above, agents lose columns and lists gain nothing.
 * A person may go beyond, down to `LEAST_LISTS` and as long as `rest` columns are left for agents.
 */
const COLUMN = {share: 0.35, min: 36, max: 60, rest: 40} as const

/** Lists narrower than this show no titles. */
export const LEAST_LISTS = 24

const UNARRANGED: Arrangement = {lists: null, abreast: null}

/**
 * Wanted size of a dialog; it is cut to the screen. `beside`: over the panes, so that the
 * lists stay visible; where there is one place only, over all of it.
 */
export type OverlayWish = {anchor: 'center' | 'beside'; width: number; height: number}

/** A cell of the panes' grid: an agent's terminal, an agent that starts, or free. */
export type GridCell = {pane: PaneId | null; agent: AgentId | null}

export type LayoutInput = {
  cols: number
  rows: number
  /** In the order of the grid. */
  panes: readonly PaneId[]
  /** Who has which cell of the grid. Without it, the grid is made for `panes`. */
  grid?: readonly (readonly GridCell[])[]
  focus: Focus
  zoom: boolean
  arrangement?: Arrangement
  /** There are several repositories, and a line for their tabs. */
  fleet?: boolean
  /** There is a line above the footer for somebody who is new here. */
  tour?: boolean
  /** Last on top. */
  overlays: readonly OverlayWish[]
  /** Panels that take one line only. */
  collapsed?: readonly Panel[]
}

/**
 * Computes the place of everything on the screen, in cells. Tabs, header, footer, panels, panes and the empty pane area never overlap and
 * lie inside the screen; `overlays` has one rectangle for each wish, in the same order.
 */
export function computeLayout(input: LayoutInput): Layout {
  const {cols, rows} = input
  const common = {
    cols,
    rows,
    panels: [],
    panes: [],
    free: [],
    paneArea: null,
    repositories: null,
    tabs: null,
    hint: null,
  }
  if (cols < MIN_SIZE.cols || rows < MIN_SIZE.rows) {
    const header = {row: 0, col: 0, width: cols, height: rows}
    const footer = {row: rows, col: 0, width: cols, height: 0}
    return {...common, kind: 'too-small', header, footer, overlays: input.overlays.map(() => header)}
  }
  const wide = cols >= WIDE_SIZE.cols && rows >= WIDE_SIZE.rows
  const line = (row: number): Rect => ({row, col: 0, width: cols, height: 1})
  const first = input.fleet ? 1 : 0
  const header = line(first)
  const footer = line(rows - 1)
  const hint = input.tour ? line(rows - 2) : null
  const repositories = input.fleet ? line(0) : null
  const tabs = wide ? null : line(first + 1)
  const top = first + (wide ? 1 : 2)
  const body = {row: top, col: 0, width: cols, height: rows - top - (hint ? 2 : 1)}
  const arrangement = input.arrangement ?? UNARRANGED
  const beside = wide && !input.zoom ? besideColumn(body, arrangement) : body
  const overlays = input.overlays.map(wish => placeOverlay(wish, wish.anchor === 'beside' ? beside : body))
  const frame = {...common, header, footer, repositories, tabs, hint, overlays}
  if (!wide) return {...frame, kind: 'small', ...onePlace(input.focus, body)}
  if (input.zoom) return {...frame, kind: 'wide', ...onePlace(input.focus, body)}
  return {...frame, kind: 'wide', ...columns(input, body, arrangement)}
}

/** The room of all panes where they are beside the lists, zoomed or not; null where there is one place only. */
export function paneRoom(
  layout: Pick<Layout, 'kind' | 'header' | 'footer' | 'hint' | 'cols'>,
  arrangement: Arrangement,
): Rect | null {
  const {kind, header, footer, hint, cols} = layout
  if (kind !== 'wide') return null
  const top = header.row + 1
  return besideColumn({row: top, col: 0, width: cols, height: (hint ?? footer).row - top}, arrangement)
}

/** The cells inside a border. */
function innerOf(frame: Rect): Rect {
  return {
    row: frame.row + 1,
    col: frame.col + 1,
    width: Math.max(0, frame.width - 2),
    height: Math.max(0, frame.height - 2),
  }
}

function onePlace(focus: Focus, body: Rect): Pick<Layout, 'panels' | 'panes'> {
  return focus.place === 'pane'
    ? {panels: [], panes: [slotOf(focus.pane, body)]}
    : {panels: [{panel: focus.panel, rect: body}], panes: []}
}

function columns(
  {panes, grid, collapsed = []}: Pick<LayoutInput, 'panes' | 'grid' | 'collapsed'>,
  body: Rect,
  arrangement: Arrangement,
): Pick<Layout, 'panels' | 'panes' | 'free' | 'paneArea'> {
  const width = columnWidth(body, arrangement)
  const heights = panelHeights(body.height, collapsed)
  let row = body.row
  const panels = PANEL_ORDER.map((panel, index) => {
    const rect = {row, col: body.col, width, height: heights[index]!}
    row += rect.height
    return {panel, rect}
  })
  const area = besideColumn(body, arrangement)
  if (panes.length === 0) return {panels, panes: [], free: [], paneArea: area}
  const lines = grid ?? inReadingOrder(panes, gridShape(area, panes.length, {abreast: arrangement.abreast}))
  const rects = gridRects(
    area,
    lines.map(line => line.length),
  ).flat()
  const cells = lines.flat().map((cell, index) => ({...cell, rect: rects[index]!}))
  return {
    panels,
    panes: cells.flatMap(({pane, rect}) => (pane === null ? [] : slotOf(pane, rect))),
    free: cells.flatMap(({pane, agent, rect}) => (pane === null ? {rect, agent} : [])),
    paneArea: null,
  }
}

/** Heights of the panels in their order, which add up to `height`. */
function panelHeights(height: number, collapsed: readonly Panel[]): number[] {
  const open = PANEL_ORDER.filter(panel => !collapsed.includes(panel))
  const shares = spread(
    height - (PANEL_ORDER.length - open.length),
    open.map(panel => PANELS[panel].weight),
  )
  return PANEL_ORDER.map(panel => (collapsed.includes(panel) ? 1 : shares[open.indexOf(panel)]!))
}

function columnWidth(body: Rect, {lists}: Arrangement): number {
  if (lists !== null) return Math.min(body.width - COLUMN.rest, Math.max(LEAST_LISTS, lists))
  return Math.min(COLUMN.max, Math.max(COLUMN.min, Math.round(body.width * COLUMN.share)))
}

function besideColumn(body: Rect, arrangement: Arrangement): Rect {
  const width = columnWidth(body, arrangement)
  return {row: body.row, col: body.col + width, width: body.width - width, height: body.height}
}

function slotOf(pane: PaneId, frame: Rect): PaneSlot {
  return {pane, frame, inner: innerOf(frame)}
}

function placeOverlay(wish: OverlayWish, body: Rect): Rect {
  const width = Math.min(wish.width, body.width)
  const height = Math.min(wish.height, body.height)
  return {
    row: body.row + Math.floor((body.height - height) / 2),
    col: body.col + Math.floor((body.width - width) / 2),
    width,
    height,
  }
}

function inReadingOrder(panes: readonly PaneId[], shape: readonly number[]): GridCell[][] {
  let first = 0
  return shape.map(members => {
    const line = panes.slice(first, first + members).map(pane => ({pane, agent: null}))
    first += members
    return line
  })
}
