import fc from 'fast-check'
import {expect, it} from 'vitest'
import {globMatcher} from '../../src/model/data/recovery/glob.ts'

/** The same as an expression, which is right and may be slow. */
function byExpression(glob: string): (name: string) => boolean {
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '[^]*')
    .replaceAll('?', '[^]')
  const pattern = new RegExp(`^${source}$`)
  return name => pattern.test(name)
}

it('a glob matches as the expression of it does', () => {
  const word = fc.string({unit: fc.constantFrom('a', 'b', '/', '*', '?', '.'), maxLength: 8})
  fc.assert(
    fc.property(word, word, (glob, name) => {
      expect(globMatcher(glob)(name)).toBe(byExpression(glob)(name))
    }),
    {numRuns: 3000},
  )
})

it('a glob of many stars ends at once', () => {
  expect(globMatcher(`${'*a'.repeat(40)}b`)('a'.repeat(5000))).toBe(false)
})
