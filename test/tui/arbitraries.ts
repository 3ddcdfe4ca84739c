import fc from 'fast-check'
import {type Run, type Style, TRUE_COLOR} from '../../src/protocol/cells.ts'
import {anyCharacter} from '../any-character.ts'

/** Clusters that terminals are known to stumble over, with their width: CJK, emoji, marks, joiners, box drawing. */
const CLUSTERS: readonly (readonly [text: string, width: number])[] = [
  ['a', 1],
  [' ', 1],
  ['é', 1],
  ['e\u0301', 1],
  ['│', 1],
  ['●', 1],
  ['漢', 2],
  ['ひ', 2],
  ['한', 2],
  ['😀', 2],
  ['👨‍👩‍👧', 2],
  ['🇩🇪', 2],
  ['❤\ufe0f', 2],
]

const HOSTILE = ['\x1b[2J', '\x1b]52;c;eA==\x07', '\x07', '\r', '\n', '\x9b31m', '\u202e', '\u200b', '\ud800', '\x7f']

const color = fc.oneof(
  fc.constant(-1),
  fc.integer({min: 0, max: 255}),
  fc.integer({min: 0, max: 0xffffff}).map(rgb => TRUE_COLOR + rgb),
)

export const style: fc.Arbitrary<Style> = fc.oneof(
  fc.constant({fg: -1, bg: -1, attrs: 0}),
  fc.record({fg: color, bg: color, attrs: fc.integer({min: 0, max: 255})}),
)

/** A run that starts inside of the screen and may reach over its right edge. */
export function run(cols: number, rows: number): fc.Arbitrary<Run> {
  return fc
    .record({
      row: fc.integer({min: 0, max: rows - 1}),
      col: fc.integer({min: 0, max: cols - 1}),
      clusters: fc.array(fc.constantFrom(...CLUSTERS), {minLength: 1, maxLength: 12}),
      style,
    })
    .map(({row, col, clusters, style}) => ({
      row,
      col,
      style,
      text: clusters.map(([text]) => text).join(''),
      width: clusters.reduce((sum, [, width]) => sum + width, 0),
    }))
}

/** A run as a broken or hostile host could send it. */
export function hostileRun(cols: number, rows: number): fc.Arbitrary<Run> {
  return fc.record({
    row: fc.integer({min: -1, max: rows}),
    col: fc.integer({min: 0, max: cols}),
    width: fc.integer({min: 0, max: cols + 4}),
    style,
    text: fc
      .array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({unit: anyCharacter, maxLength: 4})), {maxLength: 8})
      .map(parts => parts.join('')),
  })
}
