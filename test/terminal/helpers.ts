import type {Clock} from '../../src/base/clock.ts'
import {poll} from '../../src/base/clock.ts'
import type {Run} from '../../src/protocol/cells.ts'
import {blankCapture, type Capture, diffCaptures} from '../../src/terminal/capture.ts'
import type {Emulator} from '../../src/terminal/emulator.ts'

/** Time that a test moves. */
export class ManualClock implements Clock {
  #now = 0
  #timers: {at: number; task: () => void}[] = []

  now(): number {
    return this.#now
  }

  monotonic(): number {
    return this.#now
  }

  after(ms: number, task: () => void): Disposable {
    const timer = {at: this.#now + ms, task}
    this.#timers.push(timer)
    return {
      [Symbol.dispose]: () => {
        this.#timers = this.#timers.filter(other => other !== timer)
      },
    }
  }

  advance(ms: number): void {
    const end = this.#now + ms
    for (;;) {
      const due = this.#timers.filter(timer => timer.at <= end).sort((a, b) => a.at - b.at)[0]
      if (!due) break
      this.#timers = this.#timers.filter(timer => timer !== due)
      this.#now = Math.max(this.#now, due.at)
      due.task()
    }
    this.#now = end
  }
}

type Cell = {text: string; style: string}

/** What a client keeps: one text and style for each column. */
export class ClientGrid {
  readonly cells: Cell[][]
  readonly cols: number

  constructor(cols: number, rows: number) {
    this.cols = cols
    this.cells = Array.from({length: rows}, () => Array.from({length: cols}, blank))
  }

  apply(runs: readonly Run[]): void {
    for (const run of runs) {
      let col = run.col
      const style = JSON.stringify(run.style)
      for (const text of pieces(run)) {
        this.cells[run.row]![col++] = {text, style}
      }
    }
  }

  text(): string {
    return this.cells
      .map(row =>
        row
          .map(cell => cell.text)
          .join('')
          .trimEnd(),
      )
      .join('\n')
      .trimEnd()
  }
}

const blank = (): Cell => ({text: ' ', style: '{"fg":-1,"bg":-1,"attrs":0}'})

/** Texts of a run's columns: one code point each, or one cell alone whose second column is empty. */
function pieces({text, width}: Run): string[] {
  const points = [...text]
  return points.length === width ? points : [text, ...Array<string>(width - 1).fill('')]
}

/** Everything that a screen shows, as runs from nothing. */
export function shown(emulator: Emulator): {runs: Run[]; cursor: unknown; modes: unknown; scrollback: number} {
  const grid: Capture = emulator.capture(emulator.scrollback, emulator.cols, emulator.rows)
  return {
    runs: diffCaptures(blankCapture(emulator.cols, emulator.rows), grid),
    cursor: emulator.cursor,
    modes: emulator.modes,
    scrollback: emulator.scrollback,
  }
}

/** Waits until `check` holds; fails the test with `what` when it never does. */
export async function eventually(what: string, check: () => boolean | Promise<boolean>, timeoutMs = 10_000) {
  const held = await poll(async () => (await check()) || undefined, {everyMs: 5, timeoutMs})
  if (!held) throw new Error(`never happened: ${what}`)
}
