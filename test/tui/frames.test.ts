import {EventEmitter} from 'node:events'
import {expect, it, onTestFinished, vi} from 'vitest'
import {systemClock} from '../../src/base/clock.ts'
import type {Focus, Rect} from '../../src/client/state/types.ts'
import {daemonSaid, focusPane} from '../../src/client/state/update.ts'
import {defaultTheme} from '../../src/client/text/theme.ts'
import type {AgentId, PaneId} from '../../src/model/data/ids.ts'
import type {Grid} from '../../src/tui/grid.ts'
import {showScreen} from '../../src/tui/screen.ts'
import {agent, shop} from '../client/samples.ts'
import {fakeClient} from './fake-client.ts'

const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l'] as const

type Frame = {rows: string[]; focus: Focus}

/** A screen of which every painted frame is kept, as the terminal shows it. */
function record(cols: number, rows: number) {
  const client = fakeClient({cols, rows})
  const stdout = Object.assign(new EventEmitter(), {
    columns: cols,
    rows,
    write(_data: string, done: () => void) {
      frames.push({rows: rowsOf(screen.grid!), focus: client.store.getState().ui.focus})
      queueMicrotask(done)
      return true
    },
  })
  const frames: Frame[] = []
  const screen = showScreen({
    stdin: new EventEmitter(),
    stdout,
    env: {TERM: 'xterm-256color', COLORTERM: 'truecolor'},
    clock: systemClock,
    client,
    theme: defaultTheme,
    themeOn: () => defaultTheme,
  })
  onTestFinished(() => screen[Symbol.dispose]())
  const known = new Set<PaneId>()
  return {
    client,
    frames,
    /** These agents run; each new one shows its name in its pane as soon as it has one, as its program would. */
    async run(panes: readonly PaneId[]) {
      client.store.apply(
        daemonSaid({
          ...shop,
          agents: panes.map((pane, index) => ({
            ...agent(index + 1),
            agent: `agent${String(names.indexOf(pane as never) + 1).padStart(3, '0')}` as AgentId,
            pane,
          })),
        }),
      )
      for (const pane of panes) if (!known.has(pane)) client.frame(pane, [`=${pane}=`])
      for (const pane of panes) known.add(pane)
      await settled()
    },
    async resize(cols: number, rows: number) {
      Object.assign(stdout, {columns: cols, rows})
      stdout.emit('resize')
      const before = frames.length
      await vi.waitFor(() => {
        expect(screen.grid).toMatchObject({cols, rows})
        expect(frames.length).toBeGreaterThan(before)
      })
      await settled()
    },
  }

  /** What is painted is what the store wants. */
  async function settled(): Promise<void> {
    await vi.waitFor(() => {
      const {layout} = client.store.getState()
      const shown = rowsOf(screen.grid!)
      for (const {pane, inner} of layout.panes) expect(inside(shown, inner)[0]).toContain(`=${pane}=`)
      expect(bordersOf(shown)).toHaveLength(layout.panels.length + layout.panes.length)
    })
  }
}

function rowsOf({cols, rows, text}: Grid): string[] {
  return Array.from({length: rows}, (_, row) => text.slice(row * cols, (row + 1) * cols).join(''))
}

function inside(rows: readonly string[], {row, col, width, height}: Rect): string[] {
  return rows.slice(row, row + height).map(line => line.slice(col, col + width))
}

/** Every whole border in a frame. Throws for a corner that belongs to none: a torn one. */
function bordersOf(rows: readonly string[]): Rect[] {
  const found: Rect[] = []
  const corners = {topRight: 0, bottomLeft: 0, bottomRight: 0}
  rows.forEach((line, row) => {
    for (let col = 0; col < line.length; col++) {
      if ('╮┓'.includes(line[col]!)) corners.topRight++
      if ('╰┗'.includes(line[col]!)) corners.bottomLeft++
      if ('╯┛'.includes(line[col]!)) corners.bottomRight++
      if ('╭┏'.includes(line[col]!)) found.push(borderAt(rows, row, col))
    }
  })
  expect(corners).toEqual({topRight: found.length, bottomLeft: found.length, bottomRight: found.length})
  return found
}

function borderAt(rows: readonly string[], row: number, col: number): Rect {
  const quiet = rows[row]![col] === '╭'
  const [topRight, side, bottomLeft, bottomRight] = quiet ? '╮│╰╯' : '┓┃┗┛'
  const right = rows[row]!.indexOf(topRight!, col)
  let bottom = row + 1
  while (rows[bottom]?.[col] === side && rows[bottom]?.[right] === side) bottom++
  expect([rows[bottom]?.[col], rows[bottom]?.[right]], `a whole border at ${row},${col}`).toEqual([
    bottomLeft,
    bottomRight,
  ])
  return {row, col, width: right - col + 1, height: bottom - row + 1}
}

/** In every frame the borders are whole, and a pane that was seen shows its program in its own border. */
function checkFrames(frames: readonly Frame[], focus: Focus): void {
  const seen = new Set<string>()
  for (const {rows, focus: focused} of frames) {
    expect(focused).toEqual(focus)
    const borders = bordersOf(rows)
    expect(borders).not.toEqual([])
    for (const border of borders) {
      const number = /^[╭┏][─━] a(\d{3})/.exec(rows[border.row]!.slice(border.col))?.[1]
      if (number === undefined) continue
      const name = `=${names[Number(number) - 1]}=`
      const content = inside(rows, {row: border.row + 1, col: border.col + 1, width: border.width - 2, height: 1})[0]!
      if (content.trim() === '') expect(seen, `${name} was known and is blank`).not.toContain(name)
      else expect(content.trim(), `in the border of a${number}`).toBe(name)
      if (content.includes(name)) seen.add(name)
    }
  }
}

/** The emulator takes so long for each part of the chrome that it pauses after it, as on a busy machine. */
function parsesSlowly(): void {
  const {now} = performance
  let late = 0
  const spy = vi.spyOn(performance, 'now').mockImplementation(() => {
    late += 20
    return now.call(performance) + late
  })
  onTestFinished(() => spy.mockRestore())
}

it('paints no blank pane, no torn border and moves no focus while agents come and go', {timeout: 60_000}, async () => {
  parsesSlowly()
  const {client, frames, run} = record(160, 50)
  await run(['a'])
  const focus: Focus = {place: 'pane', pane: 'a', attached: false}
  client.store.apply(focusPane('a', {attached: false}))
  frames.length = 0
  for (const count of [2, 3, 4, 8, 12, 11, 7, 4, 2, 1]) await run(names.slice(0, count))
  await run(['a', 'c', 'l'])
  await run(['a', 'b', 'd'])
  expect(frames.length).toBeGreaterThan(10)
  checkFrames(frames, focus)
})

it('paints no blank pane, no torn border and moves no focus while the terminal changes its size', {
  timeout: 60_000,
}, async () => {
  parsesSlowly()
  const {client, frames, run, resize} = record(120, 34)
  await run(['a', 'b', 'c', 'd'])
  const {focus} = client.store.getState().ui
  frames.length = 0
  for (const [cols, rows] of [
    [121, 34],
    [160, 50],
    [100, 30],
    [300, 100],
    [80, 24],
    [200, 50],
    [119, 33],
    [120, 34],
    // A window that was dragged and got its size back.
    [120, 34],
  ] as const) {
    await resize(cols, rows)
  }
  expect(frames.length).toBeGreaterThan(7)
  checkFrames(frames, focus)
})
