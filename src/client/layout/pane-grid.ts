import type {Rect} from '../state/types.ts'

/** Size at which a terminal program has all the room it needs; more adds nothing to the score. */
const COMFORT = {cols: 80, rows: 24} as const

/** Smallest pane worth drawing, its border included. */
const MIN_PANE = {cols: 20, rows: 5} as const

/** A number of columns that is nearly as good as the best is kept: panes that stay where they are matter more. */
const GOOD_ENOUGH = 0.8

/**
 * How many panes each line of the grid has, for `count` panes. Of all numbers of columns, the one wins whose smallest
 * pane is nearest to comfort; with equal ones, the one with more columns; `before` is the number of columns until now.
 * `abreast` is the number of columns that a person wants; it gives way where panes would be too small for anything.
 */
export function gridShape(
  area: Pick<Rect, 'width' | 'height'>,
  count: number,
  wish: {abreast: number | null; before?: number} = {abreast: null},
): number[] {
  const wanted = wish.abreast === null ? null : Math.min(wish.abreast, count)
  const scores = Array.from({length: count}, (_, index) => {
    const columns = index + 1
    const [width, height] = [Math.floor(area.width / columns), Math.floor(area.height / Math.ceil(count / columns))]
    return columns === wanted && fits(width, height) ? Number.POSITIVE_INFINITY : comfort(width, height)
  })
  const best = scores.reduce((most, score) => Math.max(most, score), -1)
  const kept = scores[(wish.before ?? 0) - 1] ?? -1
  const columns = kept >= best * GOOD_ENOUGH ? wish.before! : scores.lastIndexOf(best) + 1
  const lines = Math.ceil(count / columns)
  return Array.from({length: lines}, (_, line) => Math.floor(count / lines) + (line < count % lines ? 1 : 0))
}

/** Cuts `area` into lines of rectangles that cover it wholly. */
export function gridRects(area: Rect, shape: readonly number[]): Rect[][] {
  let row = area.row
  return spread(area.height, new Array<number>(shape.length).fill(1)).map((height, line) => {
    let col = area.col
    const rects = spread(area.width, new Array<number>(shape[line]!).fill(1)).map(width => {
      const rect = {row, col, width, height}
      col += width
      return rect
    })
    row += height
    return rects
  })
}

function fits(cols: number, rows: number): boolean {
  return cols >= MIN_PANE.cols && rows >= MIN_PANE.rows
}

function comfort(cols: number, rows: number): number {
  const score = Math.min(cols, COMFORT.cols) * Math.min(rows, COMFORT.rows)
  return fits(cols, rows) ? score : score / (COMFORT.cols * COMFORT.rows)
}

/** Whole shares of `total` in proportion to `weights`, which add up exactly; what is left goes to the first ones. */
export function spread(total: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((all, weight) => all + weight, 0)
  const shares = weights.map(weight => Math.floor((total * weight) / sum))
  let rest = total - shares.reduce((all, share) => all + share, 0)
  for (let index = 0; rest > 0; index = (index + 1) % shares.length) {
    shares[index] = shares[index]! + 1
    rest--
  }
  return shares
}
