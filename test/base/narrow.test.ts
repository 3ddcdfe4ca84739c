import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import cliTruncate from 'cli-truncate'
import fc from 'fast-check'
import stringWidth from 'string-width'
import {expect, it} from 'vitest'
import {NARROW, truncate} from '../../src/base/text.ts'

it('what a start takes for narrow without asking is narrow, alone and beside any other', () => {
  const narrow = new RegExp(NARROW)
  const chars = Array.from({length: 0x10000}, (_, code) => String.fromCharCode(code)).filter(char => narrow.test(char))
  expect(chars.filter(char => stringWidth(char) !== 1)).toEqual([])
  expect(stringWidth(chars.join(''))).toBe(chars.length)
  expect(stringWidth(chars.toReversed().join(''))).toBe(chars.length)
})

it('all glyphs of our own are narrow', () => {
  const theme = readFileSync(join(import.meta.dirname, '../../src/client/text/theme.ts'), 'utf8')
  const glyphs = /const UNICODE[^}]+/.exec(theme)![0]
  expect([...glyphs].filter(char => char !== '\n' && !new RegExp(NARROW).test(char))).toEqual([])
})

it('narrow text is cut as any other', () => {
  const narrow = fc.stringMatching(new RegExp(`^${NARROW}{0,30}$`))
  fc.assert(
    fc.property(narrow, fc.integer({min: 0, max: 30}), (text, width) => {
      expect(truncate(text, width)).toBe(width === 0 ? '' : cliTruncate(text, width))
    }),
  )
})
