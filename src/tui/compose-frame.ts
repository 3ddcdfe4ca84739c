import {holds} from '../client/layout/click.ts'
import type {Layout, PaneSlot} from '../client/state/types.ts'
import type {PaneId} from '../model/data/ids.ts'
import type {Cursor} from '../protocol/cells.ts'
import {blit, createGrid, fill, type Grid, wholeOf} from './grid.ts'
import type {ViewBuffer} from './view-buffers.ts'

type Scene = {
  layout: Layout
  /** The newest frame of the chrome; it may still have the size before a resize. */
  chrome: Grid
  chromeCursor: Cursor
  view: (pane: PaneId) => ViewBuffer | undefined
  /** The pane whose program has the keyboard. */
  attached: PaneId | null
}

type Composed = {grid: Grid; cursor: Cursor}

/**
 * Composes the whole screen: the chrome, the cells of panes over it, then the opaque rectangles of dialogs, which are
 * chrome again. Overwrites and gives back `into` if its size fits.
 */
export function compose(scene: Scene, into?: Grid): Composed {
  const {layout, chrome} = scene
  const fits = into?.cols === layout.cols && into.rows === layout.rows
  const grid = fits ? into : createGrid(layout.cols, layout.rows)
  if (chrome.cols < grid.cols || chrome.rows < grid.rows) fill(grid, wholeOf(grid))
  blit(grid, {row: 0, col: 0}, chrome, wholeOf(chrome))
  let cursor = scene.chromeCursor
  for (const slot of layout.panes) {
    const view = scene.view(slot.pane)
    if (!view) continue
    const top = layPane(grid, slot, view)
    if (slot.pane === scene.attached) cursor = cursorOf(slot, view, top)
  }
  for (const overlay of layout.overlays) {
    blit(grid, overlay, chrome, overlay)
    if (cursor !== scene.chromeCursor && cursor && holds(overlay, cursor)) cursor = null
  }
  if (layout.peek) layTail(grid, layout.peek, scene.view(layout.peek.pane))
  return {grid, cursor: cursor && holds(wholeOf(grid), cursor) ? cursor : null}
}

/**
 * Fills a pane's inner rectangle. A view of another size (its first frame after a resize is on its way) is cut or
 * surrounded by blanks; a taller one shows the part with the cursor. Gives the first row shown.
 */
function layPane(grid: Grid, {inner}: PaneSlot, view: ViewBuffer): number {
  const {grid: cells, cursor} = view
  if (cells.cols < inner.width || cells.rows < inner.height) fill(grid, inner)
  const top = cursor && cursor.row >= inner.height ? cursor.row - inner.height + 1 : 0
  const shown = {row: top, col: 0, width: Math.min(cells.cols, inner.width), height: inner.height}
  blit(grid, inner, cells, {...shown, height: Math.min(cells.rows - top, inner.height)})
  return top
}

/** Fills a rectangle with the end of a pane's screen, without blank rows below the cursor. */
function layTail(grid: Grid, {inner}: PaneSlot, view: ViewBuffer | undefined): void {
  if (!view) return
  const {grid: cells, cursor} = view
  let end = cells.rows
  while (end > 0 && end - 1 !== cursor?.row && isBlank(cells, end - 1)) end--
  const top = Math.max(0, end - inner.height)
  fill(grid, inner)
  const width = Math.min(cells.cols, inner.width)
  blit(grid, inner, cells, {row: top, col: 0, width, height: Math.min(inner.height, end - top)})
}

function isBlank({text, cols}: Grid, row: number): boolean {
  return text.slice(row * cols, (row + 1) * cols).every(cell => cell.trim() === '')
}

function cursorOf({inner}: PaneSlot, {cursor, offset}: ViewBuffer, top: number): Cursor {
  // When scrolled back, the program's cursor is below the visible rows.
  if (!cursor || offset > 0) return null
  const placed = {...cursor, row: inner.row + cursor.row - top, col: inner.col + cursor.col}
  return holds(inner, placed) ? placed : null
}
