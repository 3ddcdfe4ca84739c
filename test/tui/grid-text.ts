import type {Grid} from '../../src/tui/grid.ts'

/** The text of all rows, without blanks at their ends. */
export function gridText(grid: Grid): string {
  const rows = Array.from({length: grid.rows}, (_, row) =>
    grid.text
      .slice(row * grid.cols, (row + 1) * grid.cols)
      .join('')
      .trimEnd(),
  )
  return rows.join('\n')
}
