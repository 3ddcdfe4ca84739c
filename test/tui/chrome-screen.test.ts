import {Box, Text} from 'ink'
import {createElement} from 'react'
import {describe, expect, it, vi} from 'vitest'
import {ChromeScreen} from '../../src/tui/chrome/chrome-screen.ts'
import {mountChrome} from '../../src/tui/chrome/mount-chrome.ts'
import {gridText} from './grid-text.ts'

function openChrome(cols = 20, rows = 4) {
  const changes: string[] = []
  const screen = new ChromeScreen({
    cols,
    rows,
    onDraw: () => {},
    onChange: () => changes.push(gridText(screen.grid).trimEnd()),
  })
  const write = (data: string) => new Promise<void>(resolve => screen.stdout.write(data, () => resolve()))
  return {screen, changes, write}
}

describe('the chrome screen', () => {
  it('shows whole frames only', async () => {
    const {screen, changes, write} = openChrome()
    using _ = screen
    await write('\x1b[?2026hfirst\x1b[?2026l')
    await write('\x1b[?2026h\x1b[2J\x1b[H')
    await write('sec')
    expect(gridText(screen.grid).trimEnd()).toBe('first')
    await write('ond\x1b[?2026l')
    await vi.waitFor(() => expect(changes.at(-1)).toBe('second'))
    expect(changes.filter(text => text !== 'first' && text !== 'second')).toEqual([])
  })

  it('cuts a line that is too long instead of pushing the next one down', async () => {
    const {screen, changes, write} = openChrome(6)
    using _ = screen
    await write('longer than that\nnext')
    await vi.waitFor(() => expect(changes.at(-1)).toBe('longet\nnext'))
  })

  it('keeps the frame after a resize until there is a new one', async () => {
    const {screen, changes, write} = openChrome(10, 3)
    using _ = screen
    await write('old')
    await vi.waitFor(() => expect(changes.at(-1)).toBe('old'))
    screen.resize(15, 5, () => {})
    expect(screen.grid).toMatchObject({cols: 10, rows: 3})
    await write('\x1b[H\x1b[Jnew')
    await vi.waitFor(() => expect(screen.grid).toMatchObject({cols: 15, rows: 5}))
    expect(gridText(screen.grid).trimEnd()).toBe('new')
  })

  it('has a cursor only while a text field shows one', async () => {
    const {screen, write} = openChrome()
    using _ = screen
    await write('abc')
    expect(screen.cursor).toBe(null)
    await write('\x1b[?25h')
    expect(screen.cursor).toEqual({row: 0, col: 3, shape: 'bar'})
    await write('\x1b[?25l')
    expect(screen.cursor).toBe(null)
  })

  it('draws again after a resize what looks the same', async () => {
    const {screen, changes} = openChrome()
    using _ = screen
    const ink = mountChrome(createElement(Box, {width: 10}, createElement(Text, {color: 'red'}, 'same')), screen)
    await vi.waitFor(() => expect(changes.at(-1)).toBe('same'))
    expect(screen.grid.fg[0]).toBe(1)
    for (const [cols, rows] of [
      [30, 8],
      [12, 2],
      [20, 4],
    ] as const) {
      screen.resize(cols, rows, () => ink.clear())
      await vi.waitFor(() => expect(screen.grid).toMatchObject({cols, rows}))
      await vi.waitFor(() => expect(gridText(screen.grid).trimEnd()).toBe('same'))
    }
    ink.unmount()
  })
})
