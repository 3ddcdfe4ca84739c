import {describe, expect, it} from 'vitest'
import {figure, textWidth} from '../../src/base/text.ts'
import {count} from '../../src/base/words.ts'
import {age, countdown, money} from '../../src/client/text/format.ts'
import {themeFor} from '../../src/client/text/theme.ts'

const SECOND = 1000
const DAY = 86_400 * SECOND

describe('figures', () => {
  it('writes ages compactly', () => {
    const ages = [0, 12 * SECOND, 59.9 * SECOND, 180 * SECOND, 7200 * SECOND, 5 * DAY, 13 * DAY, 21 * DAY, -5000]
    expect(ages.map(ms => age(0, ms))).toEqual(['0s', '12s', '59s', '3m', '2h', '5d', '13d', '3w', '0s'])
  })

  it('count down like a clock', () => {
    expect([252_000, 3_852_000, 0, -9].map(ms => countdown(ms, 0))).toEqual(['04:12', '1:04:12', '00:00', '00:00'])
  })

  it('show money with two digits and group thousands', () => {
    expect([money(0.4), money(12), figure(4812), count(1, 'commit'), count(3, 'commit')]).toEqual([
      '$0.40',
      '$12.00',
      '4,812',
      '1 commit',
      '3 commits',
    ])
  })
})

describe('the theme', () => {
  const glyphsOf = (env: Record<string, string>) => {
    const {quiet, focused, spinner, ...glyphs} = themeFor(env).glyphs
    return [...Object.values(glyphs), ...spinner, ...Object.values(quiet), ...Object.values(focused)]
  }

  it('has glyphs of one column', () => {
    for (const glyph of [...glyphsOf({}), ...glyphsOf({CLAMBAKE_ASCII: '1'})]) expect(textWidth(glyph), glyph).toBe(1)
  })

  it('is plain ASCII where the locale is not UTF-8, or when asked', () => {
    for (const env of [{LC_ALL: 'C'}, {LANG: 'en_US.ISO-8859-1'}, {CLAMBAKE_ASCII: '1', LANG: 'C.UTF-8'}]) {
      expect(glyphsOf(env).join('')).toMatch(/^[\x20-\x7e]+$/)
    }
    expect(themeFor({LANG: 'de_DE.utf8'}).ascii).toBe(false)
  })
})
