import {onTestFinished} from 'vitest'
import {App} from '../../components/App.tsx'
import {createKeymap} from '../../src/client/keys/keymap.ts'
import type {Update} from '../../src/client/state/client-store.ts'
import {createClientStore} from '../../src/client/state/store.ts'
import type {Theme} from '../../src/client/text/theme.ts'
import {ATTR, TRUE_COLOR} from '../../src/protocol/cells.ts'
import {ChromeScreen} from '../../src/tui/chrome/chrome-screen.ts'
import {mountChrome} from '../../src/tui/chrome/mount-chrome.ts'
import type {Grid} from '../../src/tui/grid.ts'
import {NOW} from '../client/samples.ts'

/** The chrome as cells, drawn by Ink and parsed as in the program, after these updates. */
export async function drawnCells(options: {
  cols: number
  rows: number
  theme: Theme
  updates: readonly Update[]
}): Promise<Grid> {
  const {cols, rows, theme, updates} = options
  const store = createClientStore({now: NOW, cols, rows})
  for (const update of updates) store.apply(update)
  const chrome = new ChromeScreen({cols, rows, onDraw: () => {}, onChange: () => {}})
  const ink = mountChrome(<App screen={{store, keymap: createKeymap(), theme}} />, chrome)
  onTestFinished(() => {
    ink.unmount()
    chrome[Symbol.dispose]()
  })
  await ink.waitUntilRenderFlush()
  await new Promise<void>(resolve => chrome.stdout.write('', resolve))
  return chrome.grid
}

/**
 * Cells as text that shows colours in a diff: under each row the letters of its looks, a blank for the terminal's
 * own; the legend at the end.
 */
export function cellText(grid: Grid): string {
  const letters = new Map<string, string>()
  const letterOf = (at: number): string => {
    const look = lookOf(grid, at)
    if (look === '') return ' '
    const known = letters.get(look)
    if (known !== undefined) return known
    const letter = String.fromCharCode(97 + letters.size)
    letters.set(look, letter)
    return letter
  }
  const lines: string[] = []
  for (let row = 0; row < grid.rows; row++) {
    const cells = Array.from({length: grid.cols}, (_, col) => row * grid.cols + col)
    lines.push(`|${cells.map(at => grid.text[at]).join('')}|`)
    const looks = cells.map(letterOf).join('').trimEnd()
    if (looks !== '') lines.push(` ${looks}`)
  }
  return [...lines, ...[...letters].map(([look, letter]) => `${letter} ${look}`), ''].join('\n')
}

function lookOf({fg, bg, attrs}: Grid, at: number): string {
  const held = Object.entries(ATTR).filter(([, bit]) => attrs[at]! & bit)
  return [colorName('', fg[at]!), colorName('on ', bg[at]!), ...held.map(([name]) => name)].filter(Boolean).join(' ')
}

function colorName(prefix: string, color: number): string {
  if (color < 0) return ''
  return prefix + (color >= TRUE_COLOR ? `#${(color - TRUE_COLOR).toString(16).padStart(6, '0')}` : String(color))
}
