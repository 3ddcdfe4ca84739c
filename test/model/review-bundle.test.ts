import {describe, expect, it} from 'vitest'
import {sharesOfComments, sharesOfWords} from '../../src/model/review/bundle.ts'
import type {ReviewComment} from '../../src/model/review/comments.ts'
import type {InlineWord, Spoken} from '../../src/model/review/words.ts'

const MEMBERS = [
  {ticket: 1, commit: 'c1', paths: ['src/a.ts', 'src/both.ts']},
  {ticket: 2, commit: 'c2', paths: ['src/b.ts', 'src/both.ts']},
  {ticket: 3, commit: 'c3', paths: ['src/c.ts']},
]
const comment = (path: string): ReviewComment => ({
  ...{id: path, path, side: 'new', from: 1, to: 1, quote: ['x'], body: 'Why?', outdated: false},
})
const inline = (path: string): InlineWord => ({path, line: 1, side: 'new', code: [], body: 'Why?'})
const spoken = (change: Partial<Spoken>): Spoken => ({
  ...{key: 'review-1', by: 'grace', byBot: false, association: 'MEMBER', verdict: 'comment', body: ''},
  ...{inline: [], url: '', ours: false},
  ...change,
})

describe('comments on a bundle', () => {
  const shares = (paths: string[], wrote: string[][] = []) =>
    sharesOfComments(MEMBERS, paths.map(comment), wrote).map(({ticket, part}) => [ticket, part.map(({path}) => path)])

  it('go to the ticket that changes the file, each ticket’s own together', () => {
    expect(shares(['src/b.ts', 'src/a.ts', 'src/b.ts'])).toEqual([
      [1, ['src/a.ts']],
      [2, ['src/b.ts', 'src/b.ts']],
    ])
  })

  it('go to the one that wrote the lines where two change the file, and to both where none of them did', () => {
    expect(shares(['src/both.ts'], [['c2']])).toEqual([[2, ['src/both.ts']]])
    expect(shares(['src/both.ts'], [[]]).map(([ticket]) => ticket)).toEqual([1, 2])
    // The last commit also carries files that a command made from others.
    expect(shares(['src/a.ts'], [['c3']]).map(([ticket]) => ticket)).toEqual([1])
  })

  it('go to all where no ticket changes the file', () => {
    expect(shares(['package-lock.json']).map(([ticket]) => ticket)).toEqual([1, 2, 3])
  })
})

describe('words on a bundle’s pull request', () => {
  const shares = (change: Partial<Spoken>, aboard = [1, 2, 3]) =>
    sharesOfWords(MEMBERS, spoken(change), aboard).map(({ticket, part}) => [ticket, part.inline.map(({path}) => path)])

  it('go to those whose files they name, each with its own inline comments', () => {
    expect(shares({inline: [inline('src/a.ts'), inline('src/both.ts')]})).toEqual([
      [1, ['src/a.ts', 'src/both.ts']],
      [2, ['src/both.ts']],
    ])
    expect(shares({body: 'See `src/c.ts`, please.'})).toEqual([[3, []]])
    expect(shares({body: 'Undo src/b.ts.'})).toEqual([[2, []]])
    expect(shares({body: '#3 and #12 are wrong'})).toEqual([[3, []]])
  })

  it('reach one that has left when they name it, and else only those aboard', () => {
    expect(shares({body: 'src/a.ts is wrong'}, [2, 3])).toEqual([[1, []]])
    expect(shares({body: 'Not like this.'}, [2, 3])).toEqual([
      [2, []],
      [3, []],
    ])
  })

  it('go to all when they name no file of the bundle', () => {
    for (const body of ['Not like this.', 'src/a.tsx', 'lib/src/a.ts', '#12']) {
      expect(shares({body}).map(([ticket]) => ticket)).toEqual([1, 2, 3])
    }
    expect(shares({inline: [inline('README.md')]})).toEqual([
      [1, ['README.md']],
      [2, ['README.md']],
      [3, ['README.md']],
    ])
  })
})
