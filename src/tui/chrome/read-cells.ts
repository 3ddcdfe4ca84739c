import type {IBufferCell, Terminal} from '@xterm/headless'
import {ATTR, type Color, DEFAULT_COLOR, TRUE_COLOR} from '../../protocol/cells.ts'
import {type Grid, put} from '../grid.ts'

/** Copies a terminal emulator's screen into a grid; cells that do not fit are cut. */
export function readCells(terminal: Terminal, grid: Grid): void {
  const buffer = terminal.buffer.active
  const reused = buffer.getNullCell()
  const style = {fg: DEFAULT_COLOR, bg: DEFAULT_COLOR, attrs: 0}
  for (let row = 0; row < grid.rows; row++) {
    const line = buffer.getLine(buffer.viewportY + row)
    for (let col = 0; col < grid.cols; col++) {
      const cell = line?.getCell(col, reused)
      if (!cell) continue
      style.fg = colorOf(cell.isFgDefault(), cell.isFgRGB(), cell.getFgColor())
      style.bg = colorOf(cell.isBgDefault(), cell.isBgRGB(), cell.getBgColor())
      style.attrs = attrsOf(cell)
      const width = cell.getWidth()
      if (width > 0) put(grid, row, col, cell.getChars() || ' ', width, style)
    }
  }
}

function colorOf(isDefault: boolean, isRgb: boolean, value: number): Color {
  if (isDefault) return DEFAULT_COLOR
  return isRgb ? TRUE_COLOR + value : value
}

function attrsOf(cell: IBufferCell): number {
  return (
    (cell.isBold() && ATTR.bold) |
    (cell.isDim() && ATTR.dim) |
    (cell.isItalic() && ATTR.italic) |
    (cell.isUnderline() && ATTR.underline) |
    (cell.isInverse() && ATTR.inverse) |
    (cell.isStrikethrough() && ATTR.strike) |
    (cell.isInvisible() && ATTR.hidden) |
    (cell.isBlink() && ATTR.blink)
  )
}
