import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {predictPaths, survey} from '../../src/model/routing/predictions.ts'
import {processorTime} from '../processor-time.ts'

const FILES = ['README.md', 'package.json', 'src/auth/session.ts', 'src/cart/total.ts', 'src/index.ts', 'test/index.ts']
const MERGED = [
  {title: 'Round cart totals to cents', paths: ['src/cart/total.ts', 'gone.ts']},
  {title: 'Cart: show the totals of each cart', paths: ['src/cart/total.ts', 'test/index.ts']},
  {title: 'Fix login redirect', paths: ['src/auth/session.ts']},
]
const terrain = survey(FILES, MERGED)
const paths = (title: string, body = '', known: typeof terrain | null = terrain) =>
  predictPaths({title, body}, known).map(({path}) => path)

describe('paths that an issue names', () => {
  it.each<[string, string[]]>([
    ['The bug is in src/auth/session.ts.', ['src/auth/session.ts']],
    ['See `./src/cart/total.ts:12`, or session.ts', ['src/cart/total.ts', 'src/auth/session.ts']],
    ['https://github.com/acme/shop/blob/main/src/cart/total.ts#L3', ['src/cart/total.ts']],
    ['Two files are called index.ts', []],
    ['A new file src/cart/tax.ts, none in lib/tax.ts', ['src/cart/tax.ts']],
    ['<!-- src/cart/total.ts -->', []],
    ['the /search page, e.g. test and readme', []],
  ])('%s', (body, expected) => {
    expect(paths('x', body)).toEqual(expected)
  })

  it('are what looks like a path as long as main is not known', () => {
    expect(paths('x', 'lib/tax.ts, session.ts, /login, and/or', null)).toEqual(['lib/tax.ts'])
  })

  it('are found in any text, quickly', () => {
    for (const text of ['.'.repeat(60_000), '/'.repeat(60_000), 'a/'.repeat(30_000), 'a.'.repeat(30_000)]) {
      // The processor's time: a busy machine does not count.
      const used = processorTime()
      paths('x', text)
      paths('x', text, null)
      expect(used()).toBeLessThan(500)
    }
    fc.assert(
      fc.property(fc.string({unit: 'grapheme', maxLength: 300}), fc.constantFrom(...FILES), (noise, path) => {
        const hidden = noise.includes('<!--')
        if (!hidden) expect(paths('x', `${noise} ${path} ${noise}`)).toContain(path)
        for (const {path: found} of predictPaths({title: noise, body: noise}, terrain)) {
          expect(FILES.includes(found) || terrain.folders.has(found.slice(0, found.lastIndexOf('/')))).toBe(true)
        }
      }),
    )
  })
})

describe('paths that its kin touched', () => {
  it('are those of the nearest titles, as far as the files are still there', () => {
    expect(predictPaths({title: 'Round the cart total of gifts', body: ''}, terrain)).toEqual([
      {path: 'src/cart/total.ts', named: false, reason: 'touched by "Round cart totals to cents"'},
      {path: 'test/index.ts', named: false, reason: 'touched by "Cart: show the totals of each cart"'},
    ])
    expect(paths('Fix the login page of the admin area'), 'one word is not enough').toEqual([])
    expect(paths('Something else')).toEqual([])
  })

  it('are not those that most changes touch, nor those of a change of everything', () => {
    const many = Array.from({length: 8}, (_, index) => ({title: `Other thing ${index}`, paths: ['README.md']}))
    const login = {title: 'Fix login redirect', paths: ['README.md', 'src/auth/session.ts']}
    const known = survey(FILES, [login, ...many])
    expect(paths('Fix login redirect again', '', known)).toEqual(['src/auth/session.ts'])
    expect(paths('Other thing', '', known)).toEqual([])
    expect(paths('login redirect, README.md', '', known), 'a named one counts').toEqual([
      'README.md',
      'src/auth/session.ts',
    ])
    const all = Array.from({length: 40}, (_, index) => `src/${index}.ts`)
    expect(paths('login redirect', '', survey(all, [{title: 'Fix login redirect', paths: all}]))).toEqual([])
  })
})
