import {describe, expect, it} from 'vitest'
import {DARK, LIGHT, type Looks, SIXTEEN, SIXTEEN_ON_DARK} from '../../src/client/text/looks.ts'
import {themeFor} from '../../src/client/text/theme.ts'
import {TRUE_COLOR} from '../../src/protocol/cells.ts'
import {PALETTE, reduceColor} from '../../src/tui/color.ts'

/** WCAG's luminance of 0xRRGGBB. */
function luminance(rgb: number): number {
  const [red, green, blue] = [rgb >> 16, (rgb >> 8) & 0xff, rgb & 0xff].map(channel => {
    const share = channel / 255
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(a: number, b: number): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

const NAMES = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white']

function rgbOf(color: string): number {
  if (color.startsWith('#')) return Number.parseInt(color.slice(1), 16)
  const bright = color.endsWith('Bright')
  const index = NAMES.indexOf(color.replace('Bright', ''))
  expect(index, color).toBeGreaterThanOrEqual(0)
  return PALETTE[index + (bright ? 8 : 0)]!
}

function colors(looks: Looks): [tone: string, rgb: number][] {
  return Object.entries(looks).flatMap(([tone, {color}]) => (color ? [[tone, rgbOf(color)] as [string, number]] : []))
}

/** WCAG AA for text, and for large text, glyphs and borders. */
const TEXT = 4.5
const GLYPHS = 3
/** A border may stay in the background, but must be there. */
const EDGE = 1.8

// Black, our pictures, Catppuccin, One Dark, Solarized, Nord; white, our pictures, Solarized, Catppuccin.
const GROUNDS = {
  dark: [0x000000, 0x15181e, 0x1e1e2e, 0x282c34, 0x002b36, 0x2e3440],
  light: [0xffffff, 0xfafafa, 0xfdf6e3, 0xeff1f5],
}

describe.each([
  ['dark', DARK],
  ['light', LIGHT],
] as const)('the %s looks', (name, looks) => {
  const cases = GROUNDS[name].flatMap(ground => colors(looks).map(([tone, rgb]) => [tone, rgb, ground] as const))

  it.each(cases)('%s (%i) can be read on %i, with 256 colours too', (tone, rgb, ground) => {
    const least = tone === 'edge' ? EDGE : TEXT
    expect(contrast(rgb, ground)).toBeGreaterThanOrEqual(least)
    expect(contrast(PALETTE[reduceColor(TRUE_COLOR + rgb, '256')]!, ground)).toBeGreaterThanOrEqual(least * 0.95)
  })

  it('show by weight what a terminal without colours cannot show', () => {
    expect(looks.attention.bold).toBe(true)
    expect(new Set(colors(looks).map(([, rgb]) => rgb)).size).toBe(7)
  })
})

describe('16 colours', () => {
  it.each(colors(SIXTEEN))('%s (%i) can be read on black and on white', (_, rgb) => {
    expect(contrast(rgb, 0x000000)).toBeGreaterThanOrEqual(GLYPHS)
    expect(contrast(rgb, 0xffffff)).toBeGreaterThanOrEqual(GLYPHS)
  })

  it.each(colors(SIXTEEN_ON_DARK))('%s (%i) can be read on black', (_, rgb) => {
    expect(contrast(rgb, 0x000000)).toBeGreaterThanOrEqual(4.4)
  })
})

describe('the theme', () => {
  it('follows depth and background', () => {
    expect(themeFor({}).looks).toBe(DARK)
    expect(themeFor({}, {depth: '256', background: 'light'}).looks).toBe(LIGHT)
    expect(themeFor({}, {depth: '16'}).looks).toBe(SIXTEEN)
    expect(themeFor({}, {depth: '16', background: 'light'}).looks).toBe(SIXTEEN)
    expect(themeFor({}, {depth: '16', background: 'dark'}).looks).toBe(SIXTEEN_ON_DARK)
  })

  it.each([themeFor({NO_COLOR: '1'}, {background: 'light'}), themeFor({}, {depth: 'none'})])(
    'has no colour when there is none, and tells what matters by weight',
    ({looks}) => {
      expect(Object.values(looks).some(look => 'color' in look)).toBe(false)
      expect(looks.attention.bold).toBe(true)
    },
  )

  it('has colours with an empty NO_COLOR', () => {
    expect(themeFor({NO_COLOR: ''}).looks.attention.color).toBeDefined()
  })
})
