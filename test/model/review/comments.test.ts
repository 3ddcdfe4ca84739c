import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {inOrder, placeOf, type ReviewComment, reanchored} from '../../../src/model/review/comments.ts'

const comment = (change: Partial<ReviewComment> = {}): ReviewComment => ({
  ...{id: '1', path: 'a.ts', side: 'new', from: 2, to: 2, quote: ['const total = 1'], body: 'why?', outdated: false},
  ...change,
})

describe('a comment whose file was changed', () => {
  it('moves with its lines, to the nearest place that has them', () => {
    expect(reanchored(comment(), ['new', 'more', 'const total = 1'])).toMatchObject({from: 3, to: 3, outdated: false})
    const far = ['const total = 1', '', '', '', '', 'const total = 1', '', 'const total = 1']
    expect(reanchored(comment({from: 5, to: 5}), far)).toMatchObject({from: 6, to: 6})
    expect(reanchored(comment({quote: ['a()', 'bcd()'], to: 3}), ['x', 'y', 'a()', 'bcd()'])).toMatchObject({
      ...{from: 3, to: 4, outdated: false},
    })
  })

  it('is outdated where its lines are gone, or are too plain to be found again', () => {
    expect(reanchored(comment(), ['other'])).toMatchObject({from: 2, outdated: true})
    expect(reanchored(comment(), null).outdated).toBe(true)
    expect(reanchored(comment({quote: ['}']}), ['}', 'x', 'y']).outdated).toBe(true)
    expect(reanchored(comment({quote: ['}'], outdated: true}), ['x', '}']).outdated).toBe(false)
  })

  it('stays at its lines, whatever was put before and after them', () => {
    const text = fc.array(fc.constantFrom('alpha()', 'beta()', ''), {maxLength: 6})
    fc.assert(
      fc.property(text, text, (before, after) => {
        const quote = ['the quoted one', '', 'and another']
        const moved = reanchored(comment({quote, from: 1, to: 3}), [...before, ...quote, ...after])
        expect([moved.from, moved.to, moved.outdated]).toEqual([before.length + 1, before.length + 3, false])
      }),
    )
  })
})

it('a review reads in the order of files and lines', () => {
  const all = [
    comment({id: 'c', path: 'b.ts', from: 1}),
    comment({id: 'b', from: 9, to: 11}),
    comment({id: 'a', from: 2}),
  ]
  expect(inOrder(all).map(placeOf)).toEqual(
    ['a.ts lines 2 to 2', 'a.ts lines 9 to 11', 'b.ts lines 1 to 2'].map(text =>
      text.replace('lines 2 to 2', 'line 2'),
    ),
  )
})
