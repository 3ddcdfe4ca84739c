import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import type {Run} from '../../src/protocol/cells.ts'
import {applyRuns} from '../../src/tui/apply-runs.ts'
import {encodeChanges} from '../../src/tui/cell-changes.ts'
import {createGrid, type Grid, put} from '../../src/tui/grid.ts'
import {hostileRun, run, style} from './arbitraries.ts'
import {cellsOf, TestTerminal} from './fake-terminal.ts'

const COLS = 24
const ROWS = 5
const blank = {fg: -1, bg: -1, attrs: 0}

/** Everything that the writer may send: placing, erasing to the end of a row, SGR, and text without controls. */
const ALLOWED = /^(?:\x1b\[\d+;\d+H|\x1b\[\d*C|\x1b\[K|\x1b\[[\d;]*m|[^\0-\x1f\x7f-\x9f])*$/

function gridOf(frames: readonly (readonly Run[])[]): Grid {
  const grid = createGrid(COLS, ROWS)
  for (const runs of frames) applyRuns(grid, runs)
  return grid
}

describe('the terminal shows the grid', () => {
  const frames = fc.array(fc.array(run(COLS, ROWS), {maxLength: 8}), {minLength: 1, maxLength: 6})

  it('after any succession of frames', async () => {
    await fc.assert(
      fc.asyncProperty(frames, async frames => {
        const terminal = new TestTerminal(COLS, ROWS)
        const shown = createGrid(COLS, ROWS)
        const grid = createGrid(COLS, ROWS)
        for (const runs of frames) {
          applyRuns(grid, runs)
          await terminal.write(encodeChanges(shown, grid, 'truecolor'))
          expect(terminal.cells()).toEqual(cellsOf(grid))
          expect(cellsOf(shown)).toEqual(cellsOf(grid))
        }
      }),
      {numRuns: 150},
    )
  })

  it('from any other screen', async () => {
    await fc.assert(
      fc.asyncProperty(frames, frames, async (before, after) => {
        const terminal = new TestTerminal(COLS, ROWS)
        const shown = createGrid(COLS, ROWS)
        await terminal.write(encodeChanges(shown, gridOf(before), 'truecolor'))
        await terminal.write(encodeChanges(shown, gridOf(after), 'truecolor'))
        expect(terminal.cells()).toEqual(cellsOf(gridOf(after)))
      }),
      {numRuns: 150},
    )
  })
})

describe('what is written', () => {
  it('is nothing when nothing changed', () => {
    fc.assert(
      fc.property(fc.array(run(COLS, ROWS)), runs => {
        expect(encodeChanges(gridOf([runs]), gridOf([runs]), 'truecolor')).toBe('')
      }),
    )
  })

  it('holds no control but our own, whatever a host sends', () => {
    fc.assert(
      fc.property(fc.array(hostileRun(COLS, ROWS), {maxLength: 20}), runs => {
        expect(encodeChanges(createGrid(COLS, ROWS), gridOf([runs]), 'truecolor')).toMatch(ALLOWED)
      }),
      {numRuns: 500},
    )
  })

  it('is one glyph for one typed character', () => {
    const grid = createGrid(COLS, ROWS)
    put(grid, 2, 3, 'x', 1, blank)
    expect(encodeChanges(createGrid(COLS, ROWS), grid, 'truecolor')).toBe('\x1b[3;4Hx')
  })

  it('steps over what is unchanged and erases what is blank up to the end', () => {
    const shown = gridOf([[{row: 0, col: 0, width: 12, style: blank, text: 'abcdefghijkl'}]])
    const wanted = gridOf([[{row: 0, col: 0, width: 4, style: blank, text: 'Abcd'}]])
    expect(encodeChanges(shown, wanted, 'truecolor')).toBe('\x1b[1;1HA\x1b[3C\x1b[K')
  })

  it('names no colour without colours', () => {
    fc.assert(
      fc.property(fc.array(run(COLS, ROWS)), runs => {
        const out = encodeChanges(createGrid(COLS, ROWS), gridOf([runs]), 'none')
        expect(out).not.toMatch(/\x1b\[(?:\d+;)*(?:3\d|4\d|9\d|10\d)[;m]/)
      }),
    )
  })

  it('names only the 16 colours of the palette where there are 16', () => {
    fc.assert(
      fc.property(style, ({fg, bg}) => {
        const grid = createGrid(1, 1)
        put(grid, 0, 0, 'x', 1, {fg, bg, attrs: 0})
        expect(encodeChanges(createGrid(1, 1), grid, '16')).not.toMatch(/[34]8;/)
      }),
    )
  })
})
