import {hasUnicode} from '../../base/locale.ts'
import {DARK, LIGHT, type Looks, PLAIN, SIXTEEN, SIXTEEN_ON_DARK} from './looks.ts'

/** Glyphs, each one column wide, never an emoji. */
export type Glyphs = Readonly<
  Record<
    | 'working'
    | 'attention'
    | 'starting'
    | 'free'
    | 'done'
    | 'failed'
    | 'limited'
    | 'waits'
    | 'human'
    | 'high'
    | 'ready'
    | 'cursor'
    | 'mark'
    | 'aboard'
    | 'to'
    | 'against',
    string
  >
> & {
  /** Turns four times a second. */
  spinner: readonly string[]
  /** Top left, horizontal, top right, vertical, bottom left, bottom right. */
  quiet: Border
  focused: Border
}

type Border = {
  topLeft: string
  top: string
  topRight: string
  side: string
  bottomLeft: string
  bottomRight: string
}

export type {Look, Tone} from './looks.ts'

export type Theme = {glyphs: Glyphs; looks: Looks; ascii: boolean}

/** How many colours the terminal is given. `none`: attributes only. */
export type ColorDepth = 'truecolor' | '256' | '16' | 'none'

/** The terminal's background; `unknown` when it did not say. */
export type Background = 'dark' | 'light' | 'unknown'

function border(characters: string): Border {
  const [topLeft, top, topRight, side, bottomLeft, bottomRight] = [...characters] as [
    string,
    string,
    string,
    string,
    string,
    string,
  ]
  return {topLeft, top, topRight, side, bottomLeft, bottomRight}
}

export const UNICODE: Glyphs = {
  working: '●',
  attention: '◆',
  starting: '◐',
  free: '○',
  done: '✓',
  failed: '✗',
  limited: '⏸',
  waits: '⚑',
  human: '◇',
  high: '↑',
  ready: '·',
  cursor: '▸',
  mark: '■',
  aboard: '▸',
  to: '→',
  against: '×',
  spinner: ['◜', '◝', '◞', '◟'],
  quiet: border('╭─╮│╰╯'),
  focused: border('┏━┓┃┗┛'),
}

const ASCII: Glyphs = {
  working: '*',
  attention: '!',
  starting: '~',
  free: 'o',
  done: '+',
  failed: 'x',
  limited: '=',
  waits: '#',
  human: 'h',
  high: '^',
  ready: '.',
  cursor: '>',
  mark: '%',
  aboard: '>',
  to: '>',
  against: 'x',
  spinner: ['|', '/', '-', '\\'],
  quiet: border('+-+|++'),
  focused: border('#=####'),
}

/**
 * The theme for a terminal: by default one of many colours on a dark background, which most have. `NO_COLOR` (any
 * non-empty value, no-color.org) leaves glyph and weight; a locale without UTF-8, or `CLAMBAKE_ASCII`, gives the ASCII
 * glyphs. 256 colours are the true colours, reduced when they are painted.
 */
export function themeFor(
  env: Readonly<Record<string, string | undefined>>,
  terminal: {depth?: ColorDepth; background?: Background} = {},
): Theme {
  const {depth = 'truecolor', background = 'unknown'} = terminal
  const ascii = Boolean(env.CLAMBAKE_ASCII) || !hasUnicode(env)
  return {
    glyphs: ascii ? ASCII : UNICODE,
    looks: env.NO_COLOR ? PLAIN : looksFor(depth, background),
    ascii,
  }
}

function looksFor(depth: ColorDepth, background: Background): Looks {
  if (depth === 'none') return PLAIN
  if (depth === '16') return background === 'dark' ? SIXTEEN_ON_DARK : SIXTEEN
  return background === 'light' ? LIGHT : DARK
}

export const defaultTheme: Theme = themeFor({})
