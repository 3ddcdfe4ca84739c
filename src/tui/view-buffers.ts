import type {PaneId} from '../model/data/ids.ts'
import type {Cursor, PaneModes} from '../protocol/cells.ts'
import type {ViewFrame} from '../protocol/host-api.ts'
import {applyRuns} from './apply-runs.ts'
import {createGrid, type Grid, resized} from './grid.ts'

/** The newest cells of a pane as its view shows them. */
export type ViewBuffer = {grid: Grid; cursor: Cursor; modes: PaneModes; offset: number}

/** How many panes keep their cells; a hidden one then shows at once when it comes back. */
const KEPT = 32

/** Keeps the cells of the panes that were shown lately. */
export class ViewBuffers {
  /** In the order of the last frame, oldest first. */
  readonly #buffers = new Map<PaneId, ViewBuffer>()

  get(pane: PaneId): ViewBuffer | undefined {
    return this.#buffers.get(pane)
  }

  /** Applies a view's frame; one that is not full must follow the one before it. */
  apply(pane: PaneId, frame: ViewFrame): void {
    const old = this.#buffers.get(pane)
    const grid = frame.full || !old ? createGrid(frame.cols, frame.rows) : sized(old.grid, frame)
    applyRuns(grid, frame.runs)
    this.#buffers.delete(pane)
    this.#buffers.set(pane, {grid, cursor: frame.cursor, modes: frame.modes, offset: frame.offset})
    if (this.#buffers.size > KEPT) this.#forgetOldest()
  }

  #forgetOldest(): void {
    for (const pane of this.#buffers.keys()) {
      this.#buffers.delete(pane)
      return
    }
  }
}

function sized(grid: Grid, {cols, rows}: ViewFrame): Grid {
  return grid.cols === cols && grid.rows === rows ? grid : resized(grid, cols, rows)
}
