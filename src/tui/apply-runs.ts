import type {Run} from '../protocol/cells.ts'
import {beginsWithoutWidth, eachCluster} from './chrome/graphemes.ts'
import {type Grid, put, REPLACEMENT} from './grid.ts'

// Characters that take one column each and join no neighbour: Latin, box drawing, blocks.
const NARROW = /^[\x20-\x7e\xa1-\xac\xae-\u02ff\u2500-\u259f]*$/

/** Writes a frame's runs into the grid. A run never writes outside its own `width` columns. */
export function applyRuns(grid: Grid, runs: readonly Run[]): void {
  for (const run of runs) applyRun(grid, run)
}

function applyRun(grid: Grid, run: Run): void {
  const {row, text, style} = run
  const end = Math.min(run.col + run.width, grid.cols)
  let col = run.col
  if (NARROW.test(text)) {
    for (let index = 0; index < text.length && col < end; index++) put(grid, row, col++, text[index]!, 1, style)
  } else {
    eachCluster(text, (cluster, width) => {
      const at = col
      col += width
      if (col <= end) put(grid, row, at, beginsWithoutWidth(cluster) ? REPLACEMENT : cluster, width, style)
      else if (at < end) put(grid, row, at, ' ', 1, style)
    })
  }
  // A host with other width rules may send too few characters; the old cells must not stay visible.
  while (col < end) put(grid, row, col++, ' ', 1, style)
}
