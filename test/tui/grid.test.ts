import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {applyRuns} from '../../src/tui/apply-runs.ts'
import {eachCluster} from '../../src/tui/chrome/graphemes.ts'
import {blit, createGrid, fill, type Grid, put, resized} from '../../src/tui/grid.ts'
import {gridSvg} from '../screens/svg.ts'
import {hostileRun, run} from './arbitraries.ts'
import {plainRuns} from './fake-client.ts'
import {gridText} from './grid-text.ts'

const COLS = 20
const ROWS = 4
const PLAIN = {fg: -1, bg: -1, attrs: 0}

function gridWith(runs: Parameters<typeof applyRuns>[1]): Grid {
  const grid = createGrid(COLS, ROWS)
  applyRuns(grid, runs)
  return grid
}

/** Every second column has a wide character before it, and every wide character its second column. */
function expectWhole(grid: Grid): void {
  for (let at = 0; at < grid.text.length; at++) {
    const isSecond = grid.text[at] === ''
    const before = at % grid.cols === 0 ? undefined : grid.text[at - 1]
    let widthBefore = 1
    if (before) eachCluster(before, (_, width) => (widthBefore = width))
    expect(isSecond, `cell ${at} of ${JSON.stringify(gridText(grid))}`).toBe(at % grid.cols > 0 && widthBefore === 2)
  }
}

const rect = fc.record({
  row: fc.integer({min: -2, max: ROWS}),
  col: fc.integer({min: -2, max: COLS}),
  width: fc.integer({min: 0, max: COLS}),
  height: fc.integer({min: 0, max: ROWS}),
})

describe('wide characters are never cut', () => {
  it('by runs, fills and copies of any kind', () => {
    fc.assert(
      fc.property(
        fc.array(run(COLS, ROWS)),
        fc.array(hostileRun(COLS, ROWS)),
        rect,
        rect,
        (runs, hostile, hole, from) => {
          const grid = gridWith(runs)
          fill(grid, hole)
          expectWhole(grid)
          blit(grid, hole, gridWith(hostile), from)
          expectWhole(grid)
          expectWhole(resized(grid, 7, 3))
          expectWhole(resized(grid, 31, 6))
        },
      ),
      {numRuns: 300},
    )
  })

  it('leaves a blank where the other half stood', () => {
    const grid = createGrid(6, 1)
    put(grid, 0, 0, '漢', 2, PLAIN)
    put(grid, 0, 2, '字', 2, PLAIN)
    put(grid, 0, 1, '語', 2, PLAIN)
    expect(grid.text).toEqual([' ', '語', '', ' ', ' ', ' '])
  })
})

describe('runs', () => {
  it('write only their own columns', () => {
    const grid = gridWith([
      ...plainRuns('a'.repeat(COLS)),
      {row: 0, col: 3, width: 3, style: PLAIN, text: 'way too long'},
    ])
    expect(gridText(grid).split('\n')[0]).toBe(`aaaway${'a'.repeat(COLS - 6)}`)
  })

  it('blank the columns for which they have no text', () => {
    const grid = gridWith([...plainRuns('aaaaaa'), {row: 0, col: 1, width: 4, style: PLAIN, text: 'b'}])
    expect(gridText(grid).split('\n')[0]).toBe('ab   a')
  })

  it('put the same into cells by the short way as by the long one', () => {
    const text = 'plain ─│╭▀ é¿ÿ text'
    const short = gridWith([{row: 0, col: 0, width: text.length, style: PLAIN, text}])
    const long = gridWith([{row: 0, col: 0, width: text.length + 2, style: PLAIN, text: `${text}漢`}])
    expect(short.text.slice(0, text.length)).toEqual(long.text.slice(0, text.length))
  })

  it('show marks in place of what could mislead', () => {
    const [line] = gridText(gridWith([{row: 0, col: 0, width: 7, style: PLAIN, text: 'a\u202eb\x1bc\u2066d'}])).split(
      '\n',
    )
    expect(line).toBe('a\ufffdb\ufffdc\ufffdd')
  })
})

describe('a picture', () => {
  it('has the text, escaped, and the colours', () => {
    const style = {fg: 0x1000000 + 0x123456, bg: 1, attrs: 1}
    const svg = gridSvg(gridWith([{row: 0, col: 0, width: 5, style, text: '<a&b>'}]))
    expect(svg).toContain('&lt;a&amp;b&gt;')
    expect(svg).toContain('fill="#123456"')
    expect(svg).toContain('font-weight="bold"')
    expect(svg).toContain('fill="#e06c75"')
  })

  it('is drawn for any screen', () => {
    fc.assert(
      fc.property(fc.array(hostileRun(COLS, ROWS)), runs => {
        // XML 1.0 allows no other controls than these, not even escaped.
        expect(gridSvg(gridWith(runs), {theme: 'light'})).not.toMatch(
          /[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]/u,
        )
      }),
    )
  })
})
