import {createGrid, type Grid} from '../../src/tui/grid.ts'
import {strokeOf} from './box-lines.ts'
import {CELL, cellsSvg, svgHead} from './svg.ts'

/** A screen, and how long it is shown. */
export type Frame = {grid: Grid; ms: number}

/** Cells of a row. */
type Run = {row: number; cols: [from: number, to: number]}

/** Between two borders, so many changed cells are drawn as the whole: what moves up a line is then the same text again. */
const MANY = 8
/** Unchanged cells between changed ones that are drawn with them. */
const NEAR = 4

/**
 * One picture that plays the frames again and again by CSS alone, as pages show pictures without scripts. A frame paints
 * what differs from the one before over it. Each text is in the file once, wherever and whenever it is shown. A reader
 * who wants no motion, and a program that knows no animations, shows the frame `poster`.
 */
export function animatedSvg(frames: readonly Frame[], {poster}: {poster: number}): string {
  const drawn = new Map<string, string>()
  const painted = frames.map(({grid}, index) => {
    const before = index === 0 ? createGrid(grid.cols, grid.rows) : frames[index - 1]!.grid
    const uses = runsOf(before, grid).map(run => {
      const content = contentOf(grid, run)
      const id = drawn.get(content) ?? `c${drawn.size.toString(36)}`
      drawn.set(content, id)
      return `<use href="#${id}" x="${px(run.cols[0] * CELL.width)}" y="${run.row * CELL.height}"/>`
    })
    return [`<g class="f${index}">`, ...uses, '</g>'].join('\n')
  })
  const {text, styles} = withClasses([...drawn].map(([content, id]) => `<g id="${id}">${content}</g>`).join('\n'))
  return [
    ...svgHead(frames[0]!.grid),
    `<style>${styles}\n${rules(frames, poster)}@media (prefers-reduced-motion){g{animation:none!important}}</style>`,
    `<defs>${text}</defs>`,
    ...painted,
    '</g>',
    '</svg>',
    '',
  ].join('\n')
}

/** What is painted over what was there: an opaque ground, and the cells as if they began at the first row and column. */
function contentOf(grid: Grid, {row, cols: [from, to]}: Run): string {
  const cells = createGrid(to - from, 1)
  for (let col = from; col < to; col++) {
    const at = row * grid.cols + col
    cells.text[col - from] = grid.text[at]!
    cells.fg[col - from] = grid.fg[at]!
    cells.bg[col - from] = grid.bg[at]!
    cells.attrs[col - from] = grid.attrs[at]!
  }
  const ground = `<rect x="10" y="10" width="${px((to - from) * CELL.width)}" height="${CELL.height}" class="g"/>`
  return ground + cellsSvg(cells, {row: 0, cols: [0, to - from]}).join('')
}

/** Names the looks of texts by classes, which are shorter. */
function withClasses(svg: string): {text: string; styles: string} {
  const classes = new Map<string, string>()
  const text = svg.replaceAll(
    /(<text [^>]*?|<path [^>]*?)((?: (?:fill|stroke|stroke-width|font-weight|font-style|opacity|text-decoration)="[^"]*")+)/g,
    (_, before: string, look: string) => {
      const name = classes.get(look) ?? `l${classes.size.toString(36)}`
      classes.set(look, name)
      return `${before} class="${name}"`
    },
  )
  const styles = [...classes].map(
    ([look, name]) => `.${name}{${look.trim().replaceAll(/([\w-]+)="([^"]*)" ?/g, '$1:$2;')}}`,
  )
  return {text, styles: `.g{fill:#15181e}${styles.join('')}`}
}

/** For each frame but the first, the rule that shows from its moment on what it paints. */
function rules(frames: readonly Frame[], poster: number): string {
  const whole = frames.reduce((sum, {ms}) => sum + ms, 0)
  let at = 0
  return frames
    .map(({ms}, index) => {
      const start = Math.round((at / whole) * 10_000) / 100
      at += ms
      if (index === 0) return ''
      const still = index <= poster ? '' : 'visibility:hidden;'
      const steps = `@keyframes f${index}{0%{visibility:hidden}${start}%,to{visibility:visible}}`
      return `.f${index}{${still}animation:f${index} ${whole}ms step-end infinite}${steps}\n`
    })
    .join('')
}

/** The cells to paint so that a screen becomes the next. */
function runsOf(before: Grid, after: Grid): Run[] {
  const {cols, rows} = after
  const runs: Run[] = []
  for (let row = 0; row < rows; row++) {
    for (const [from, to] of regionsOf(after, row)) {
      const changed: number[] = []
      for (let col = from; col < to; col++) if (differs(before, after, row * cols + col)) changed.push(col)
      if (changed.length >= MANY) runs.push({row, cols: [from, to]})
      else runs.push(...joined(changed).map(range => ({row, cols: range})))
    }
  }
  return runs.map(run => ({row: run.row, cols: wholeCharacters(after, run)}))
}

/** The parts of a row between its vertical borders, each border a part of its own. */
function regionsOf(grid: Grid, row: number): [number, number][] {
  const regions: [number, number][] = []
  let from = 0
  for (let col = 0; col < grid.cols; col++) {
    const char = grid.text[row * grid.cols + col]!
    if (strokeOf(char) === undefined || char === '─' || char === '━') continue
    if (col > from) regions.push([from, col])
    regions.push([col, col + 1])
    from = col + 1
  }
  return from < grid.cols ? [...regions, [from, grid.cols]] : regions
}

function joined(changed: readonly number[]): [number, number][] {
  const ranges: [number, number][] = []
  for (const col of changed) {
    const last = ranges.at(-1)
    if (last && col - last[1] <= NEAR) last[1] = col + 1
    else ranges.push([col, col + 1])
  }
  return ranges
}

/** The range with both halves of its wide characters. */
function wholeCharacters({text, cols}: Grid, {row, cols: [from, to]}: Run): [number, number] {
  return [text[row * cols + from] === '' ? from - 1 : from, to < cols && text[row * cols + to] === '' ? to + 1 : to]
}

function differs(before: Grid, after: Grid, at: number): boolean {
  return (
    before.text[at] !== after.text[at] ||
    before.fg[at] !== after.fg[at] ||
    before.bg[at] !== after.bg[at] ||
    before.attrs[at] !== after.attrs[at]
  )
}

function px(value: number): number {
  return Math.round(value * 10) / 10
}
