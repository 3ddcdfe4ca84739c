import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {fitLine, type Line, lineWidth, splitLine, titleLine} from '../../src/client/text/line.ts'

const text = fc
  .array(fc.constantFrom('a', 'Z', ' ', '日', '語', '👩‍👩‍👧', 'é', '●'), {maxLength: 20})
  .map(all => all.join(''))
const line: fc.Arbitrary<Line> = fc.array(
  text.map(content => ({text: content})),
  {maxLength: 4},
)
const width = fc.integer({min: 0, max: 60})

const plain = (segments: Line) => segments.map(segment => segment.text).join('')

describe('a line', () => {
  it('has exactly its width, whatever is in it', () => {
    fc.assert(
      fc.property(line, line, width, (left, right, columns) => {
        expect(lineWidth(fitLine(left, columns))).toBe(columns)
        expect(lineWidth(splitLine(left, right, columns))).toBe(columns)
      }),
      {numRuns: 500},
    )
  })

  it('has exactly its width as the top of a border', () => {
    fc.assert(
      fc.property(line, line, fc.integer({min: 2, max: 60}), (title, figures, columns) => {
        const top = titleLine({title, figures, width: columns, corners: ['╭', '╮'], dash: '─', tone: 'muted'})
        expect(lineWidth(top)).toBe(columns)
        expect(plain(top)).toMatch(/^╭.*╮$/s)
      }),
      {numRuns: 500},
    )
  })

  it('keeps the right and cuts the left with an ellipsis', () => {
    expect(plain(splitLine([{text: 'Fix login redirect'}], [{text: ' 3m'}], 16))).toBe('Fix login r…  3m')
    expect(plain(splitLine([{text: 'short'}], [{text: '3m'}], 12))).toBe('short     3m')
  })

  it('puts title and figures into the border', () => {
    const options = {width: 30, corners: ['┏', '┓'], dash: '━', tone: 'accent'} as const
    const top = (title: string, figures: string) =>
      plain(titleLine({title: [{text: title}], figures: [{text: figures}], ...options}))
    expect(top('1 Issues', '14 ready')).toBe('┏━ 1 Issues ━━━━━━ 14 ready ━┓')
    expect(top('a long title that is too long', '3m')).toBe('┏━ a long title that … ━ 3m ━┓')
  })
})
