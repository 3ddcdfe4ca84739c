import {expect, it} from 'vitest'
import {CELL_SIZE, CONTENT, createXterm, FOREGROUND} from '../../src/terminal/xterm.ts'

it('has the private parts that we read, as we read them', () => {
  const {core} = createXterm({cols: 10, rows: 2, scrollback: 5})
  core.writeSync('a\x1b[1mé👨‍👩‍👧\x1b[4 q')
  const line = core.buffer.lines.get(0)!
  expect(line.length).toBe(10)
  expect(line._data).toHaveLength(10 * CELL_SIZE)
  expect(line._data[0]! & CONTENT.codepoint).toBe(0x61)
  expect(line._data[CELL_SIZE + 1]! & FOREGROUND.bold).toBeTruthy()
  expect(line._data[2 * CELL_SIZE]! & CONTENT.combined).toBeTruthy()
  expect(line._data[2 * CELL_SIZE]! >>> CONTENT.widthShift).toBe(2)
  expect(line._combined[2]).toBe('👨‍👩‍👧')
  expect([core.buffer.ybase, core.buffer.x, core.buffer.y]).toEqual([0, 4, 0])
  expect(core.coreService.isCursorHidden).toBe(false)
  expect(core.coreService.decPrivateModes.cursorStyle).toBe('underline')
})
