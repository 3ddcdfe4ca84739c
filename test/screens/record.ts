import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {sealedEnv} from '../../fixtures/repos/env.ts'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import type {Grid} from '../../src/tui/grid.ts'
import {type App, openApp} from '../e2e/driver/app.ts'
import {PROGRAM} from '../e2e/stage.ts'
import {gridText} from '../tui/grid-text.ts'
import {animatedSvg, type Frame} from './animation.ts'
import {gridSvg} from './svg.ts'

/** What would tell of the machine must not be in a recording. */
const FORBIDDEN = /\/tmp\/|\/root|\/home\//
const SIZE = {cols: 132, rows: 36}
/** The screen is looked at this often. */
const LOOK_MS = 700
/** The recording plays faster than the demo, and shows each screen long enough to be seen, and none for long. */
const FASTER = 2
const LEAST_MS = 350
const MOST_MS = 1500
const END_MS = 4000
const WAIT = {timeoutMs: 180_000}
/** A person looks before the next key. */
const READ_MS = 2500

/** Records the demo with eight agents from its real screen, as one picture that plays by itself. */
export async function record(file: string, {views}: {views: string}): Promise<void> {
  using folder = temporaryFolder('c-')
  await using app = openApp({
    command: process.execPath,
    args: [PROGRAM, 'demo', '--agents', '8'],
    cwd: folder.path,
    env: sealedEnv(join(folder.path, 'home'), {TMPDIR: folder.path}),
    ...SIZE,
  })
  await app.sees('#1 Fix', WAIT)
  const recording = recordingOf(app, folder.path)
  await answerAll(app)
  await app.sees('everything is on main', WAIT)
  const frames = recording.end()
  await app.press('q')
  await app.gone(WAIT)
  for (const [index, {grid}] of frames.entries()) {
    if (index % 10 === 0) writeFileSync(join(views, `demo-${String(index).padStart(3, '0')}.svg`), gridSvg(grid))
  }
  const svg = animatedSvg(frames, {poster: busiest(frames)})
  const found = FORBIDDEN.exec(svg)
  if (found) throw new Error(`the recording shows ${found[0]}`)
  writeFileSync(file, svg)
  const seconds = Math.round(frames.reduce((sum, {ms}) => sum + ms, 0) / 1000)
  console.log(`${file} ${frames.length} frames, ${seconds} s, ${Math.round(svg.length / 1024)} kB`)
}

/** The frame with the most agents at work: a picture of the program where nothing plays. */
function busiest(frames: readonly Frame[]): number {
  const working = frames.map(({grid}) => Number(/(\d+) working/.exec(gridText(grid))?.[1] ?? 0))
  return working.lastIndexOf(Math.max(...working))
}

/** Answers the agent that asks for a permission and the one with a question, each as the line above the keys says. */
async function answerAll(app: App): Promise<void> {
  for (const [asked, key] of [
    ['asks before it runs', 'y'],
    ['has a question for you', '1'],
  ] as const) {
    await app.sees(asked, WAIT)
    await sleep(READ_MS)
    await app.press('!')
    await sleep(READ_MS)
    await app.press('a')
    await sleep(READ_MS)
    await app.press(key)
    await app.seesNo(asked, WAIT)
  }
}

/** Looks at the screen until it is ended, and keeps each screen that differs from the one before. */
function recordingOf(app: App, folder: string): {end(): Frame[]} {
  const seen: {grid: Grid; at: number}[] = []
  const look = () => {
    const grid = withHome(app.grid(), folder)
    const last = seen.at(-1)
    if (!last || gridSvg(last.grid) !== gridSvg(grid)) seen.push({grid, at: performance.now()})
  }
  look()
  const timer = setInterval(look, LOOK_MS)
  return {
    end() {
      clearInterval(timer)
      look()
      return seen.map(({grid, at}, index) => {
        const next = seen[index + 1]
        const ms = next ? Math.min(Math.max((next.at - at) / FASTER, LEAST_MS), MOST_MS) : END_MS
        return {grid, ms: Math.round(ms)}
      })
    },
  }
}

/** The screen with `~` in the place of the demo's own folder, which has another name each time. */
function withHome(grid: Grid, folder: string): Grid {
  for (let row = 0; row < grid.rows; row++) {
    const from = row * grid.cols
    const text = grid.text.slice(from, from + grid.cols).join('')
    const place = new RegExp(`${folder}/clambake-demo-\\w+`).exec(text)
    if (!place) continue
    const start = from + place.index
    const rest = grid.text.slice(start + place[0].length, from + grid.cols)
    const blank = rest.indexOf(' ')
    const kept = ['~', ...rest.slice(0, blank)]
    for (const [index, char] of [...kept, ...Array<string>(place[0].length - 1).fill(' ')].entries()) {
      grid.text[start + index] = char
    }
  }
  return grid
}
