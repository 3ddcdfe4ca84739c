import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {createFollower} from '../../../src/cli/output/follow.ts'

describe('following a terminal', () => {
  it('gives lines once they have settled, and never what is redrawn below them', () => {
    const follower = createFollower(['hello'])
    expect(follower.next(['hello', 'reading', '| 1s'])).toEqual([])
    expect(follower.next(['hello', 'reading', '/ 2s'])).toEqual(['reading'])
    expect(follower.next(['hello', 'reading', 'writing', '- 3s'])).toEqual([])
    expect(follower.next(['hello', 'reading', 'writing', '\\ 4s'])).toEqual(['writing'])
  })

  it('gives what stands still for long, and what took its place', () => {
    const follower = createFollower([])
    const asking = ['work', 'Allow? y n']
    follower.next(asking)
    expect(follower.next(asking)).toEqual(asking)
    expect(follower.next(asking)).toEqual([])
    const answered = ['work', 'allowed', '>']
    follower.next(answered)
    expect(follower.next(answered)).toEqual(['allowed', '>'])
  })

  it('gives the rest at the end', () => {
    const follower = createFollower(['a'])
    expect(follower.rest(['a', 'b', '| 1s'])).toEqual(['b', '| 1s'])
  })

  it('loses and doubles no line of one that only prints, in whatever pieces, though the window moves on', () => {
    const window = 60
    fc.assert(
      fc.property(fc.array(fc.nat(20), {maxLength: 40}), fc.integer({min: 0, max: 300}), (pieces, before) => {
        const all = Array.from({length: before + pieces.reduce((sum, piece) => sum + piece, 0)}, (_, i) => `line ${i}`)
        const last = (count: number) => all.slice(Math.max(0, count - window), count)
        const follower = createFollower(last(before), window)
        const given: string[] = []
        let count = before
        for (const piece of pieces) {
          count += piece
          given.push(...follower.next(last(count)))
          // A quiet moment, so that nothing leaves the window before it has settled.
          given.push(...follower.next(last(count)))
        }
        given.push(...follower.rest(last(count)))
        expect(given).toEqual(all.slice(before))
      }),
    )
  })
})
