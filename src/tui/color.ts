import type {ColorDepth} from '../client/text/theme.ts'
import {type Color, DEFAULT_COLOR, TRUE_COLOR} from '../protocol/cells.ts'

const TRUE_COLOR_TERMS = /^(xterm-(kitty|ghostty)|alacritty|foot|wezterm|contour|rio)|-direct$|-truecolor$/
const TRUE_COLOR_PROGRAMS = new Set(['iTerm.app', 'WezTerm', 'ghostty', 'vscode', 'Hyper', 'rio', 'WarpTerminal'])

/** Gives the colour depth that the environment names: NO_COLOR first (no-color.org), then COLORTERM, TERM_PROGRAM, TERM. */
export function colorDepth(env: NodeJS.ProcessEnv): ColorDepth {
  const term = env.TERM ?? ''
  if (env.NO_COLOR || term === 'dumb') return 'none'
  if (/^(truecolor|24bit)$/i.test(env.COLORTERM ?? '') || TRUE_COLOR_TERMS.test(term)) return 'truecolor'
  // Inside tmux and screen the outer program's name does not tell which colours pass through.
  const multiplexed = /^(tmux|screen)/.test(term)
  if (!multiplexed && TRUE_COLOR_PROGRAMS.has(env.TERM_PROGRAM ?? '')) return 'truecolor'
  return /256/.test(term) || env.TERM_PROGRAM === 'Apple_Terminal' ? '256' : '16'
}

/** Gives the nearest colour that a terminal of this depth has. */
export function reduceColor(color: Color, depth: ColorDepth): Color {
  if (color === DEFAULT_COLOR || depth === 'truecolor') return color
  if (depth === 'none') return DEFAULT_COLOR
  if (depth === '256') return color < TRUE_COLOR ? color : nearest(color, '256')
  return color < 16 ? color : nearest(color, '16')
}

/** 0xRRGGBB of the xterm palette: 16 named colours, a cube of 6x6x6, 24 greys. */
export const PALETTE: readonly number[] = palette()

function palette(): number[] {
  const named = [
    0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5, 0x7f7f7f, 0xff0000, 0x00ff00,
    0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff,
  ]
  const levels = [0, 95, 135, 175, 215, 255]
  const cube = levels.flatMap(r => levels.flatMap(g => levels.map(b => (r << 16) | (g << 8) | b)))
  const greys = Array.from({length: 24}, (_, step) => (8 + step * 10) * 0x010101)
  return [...named, ...cube, ...greys]
}

// Found colours are kept: the search costs 240 steps and a screen has few colours. The cap guards against colour floods.
const found = {'256': new Map<Color, Color>(), '16': new Map<Color, Color>()}
const MAX_FOUND = 4096

function nearest(color: Color, depth: '256' | '16'): Color {
  const known = found[depth].get(color)
  if (known !== undefined) return known
  const rgb = color >= TRUE_COLOR ? color - TRUE_COLOR : PALETTE[color]!
  // People theme the first 16 colours, so they are matched only where there are no others.
  const [first, last] = depth === '256' ? [16, 255] : [0, 15]
  let best = first
  let least = Number.POSITIVE_INFINITY
  for (let index = first; index <= last; index++) {
    const distance = distanceOf(rgb, PALETTE[index]!)
    if (distance < least) [best, least] = [index, distance]
  }
  if (found[depth].size >= MAX_FOUND) found[depth].clear()
  found[depth].set(color, best)
  return best
}

/** Gives the squared distance, weighted by the eye's sense of red, green and blue. */
function distanceOf(a: number, b: number): number {
  const red = (a >> 16) - (b >> 16)
  const green = ((a >> 8) & 0xff) - ((b >> 8) & 0xff)
  const blue = (a & 0xff) - (b & 0xff)
  return 2 * red * red + 4 * green * green + 3 * blue * blue
}
