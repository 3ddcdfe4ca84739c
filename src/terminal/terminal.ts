import {type Clock, systemClock} from '../base/clock.ts'
import type {ViewFrame, ViewId} from '../protocol/host-api.ts'
import {stepLength} from './bounds.ts'
import {Emulator} from './emulator.ts'
import type {FrameClock} from './frame-clock.ts'
import {createCallFilter, type ProgramCall} from './program-calls.ts'
import {type PtyExit, PtyProcess, type PtySpec} from './pty.ts'
import type {Job, Scheduler} from './scheduler.ts'
import {View} from './view.ts'

/** The most characters of a step: as text they are parsed in well under a millisecond. */
const STEP_CHARS = 8 * 1024
/** Unparsed characters at which reading stops and resumes; they bound memory and cost no throughput. */
const HIGH_WATER = 100_000
const LOW_WATER = 5000
/** Output this soon after a key counts as its echo. */
const ECHO_MS = 250

/** Runs a program and keeps its screen and the views of it. Screen and scrollback outlive the program. */
export class Terminal implements Disposable, Job {
  readonly #pty: PtyProcess
  readonly #emulator: Emulator
  readonly #scheduler: Scheduler
  readonly #frameClock: FrameClock
  readonly #clock: Clock
  readonly #views = new Map<ViewId, View>()
  readonly #unparsed: string[] = []
  #unparsedChars = 0
  #paused = false
  #typedAt = Number.NEGATIVE_INFINITY
  #written = 0
  #onDrained: (() => void) | undefined

  /** Throws as `PtyProcess` does. `onExit` runs when the last output of the program is on the screen. */
  constructor(options: {
    spec: PtySpec
    scheduler: Scheduler
    frameClock: FrameClock
    onExit: (exit: PtyExit) => void
    /** Runs when the program calls for a person; several calls at once count as one. */
    onProgramCall?: (call: ProgramCall) => void
    clock?: Clock
  }) {
    const {spec, clock = systemClock} = options
    this.#clock = clock
    this.#scheduler = options.scheduler
    this.#frameClock = options.frameClock
    const passes = createCallFilter(() => clock.monotonic())
    this.#emulator = new Emulator({
      cols: spec.cols,
      rows: spec.rows,
      reply: data => this.#pty.write(data),
      onUpdated: () => {
        for (const view of this.#views.values()) view.update(true)
      },
      onProgramCall: call => passes(call) && options.onProgramCall?.(call),
    })
    this.#pty = new PtyProcess({
      spec,
      clock,
      onData: data => this.#receive(data),
      onExit: exit => {
        this.#onDrained = () => options.onExit(exit)
        this.#scheduler.submit(this)
      },
    })
  }

  get pid(): number {
    return this.#pty.pid
  }

  get cols(): number {
    return this.#emulator.cols
  }

  get rows(): number {
    return this.#emulator.rows
  }

  /** Characters that the program has written so far; while they grow, the program is alive. */
  get written(): number {
    return this.#written
  }

  get urgent(): boolean {
    return this.#clock.monotonic() - this.#typedAt < ECHO_MS
  }

  /** Types into the program; does nothing once it has ended. */
  write(data: string): void {
    this.#typedAt = this.#clock.monotonic()
    for (const view of this.#views.values()) view.hurry()
    this.#pty.write(data)
  }

  resize(cols: number, rows: number): void {
    if (cols === this.cols && rows === this.rows) return
    this.#emulator.resize(cols, rows)
    this.#pty.resize(this.cols, this.rows)
    this.#updateViews()
  }

  /** Gives the view `id`, which it opens if there is none. */
  view(id: ViewId, send: (frame: ViewFrame) => void): View {
    const open = this.#views.get(id)
    if (open) return open
    const view = new View({id, emulator: this.#emulator, send, frameClock: this.#frameClock, clock: this.#clock})
    this.#views.set(id, view)
    return view
  }

  closeView(id: ViewId): void {
    this.#views.get(id)?.[Symbol.dispose]()
    this.#views.delete(id)
  }

  text(lines: number): string {
    return this.#emulator.text(lines)
  }

  /** Parses a part of the waiting output; the scheduler calls it. */
  step(): boolean {
    const chunk = this.#take()
    if (chunk !== undefined) {
      this.#emulator.write(chunk)
      this.#updateViews()
      if (this.#paused && this.#unparsedChars <= LOW_WATER) {
        this.#paused = false
        this.#pty.resume()
      }
    }
    if (this.#unparsedChars > 0) return true
    this.#onDrained?.()
    this.#onDrained = undefined
    return false
  }

  /** Forgets screen and views; it does not end the program. */
  [Symbol.dispose](): void {
    for (const view of this.#views.values()) view[Symbol.dispose]()
    this.#views.clear()
    this.#scheduler.remove(this)
    this.#emulator[Symbol.dispose]()
  }

  #receive(data: string): void {
    this.#unparsed.push(data)
    this.#unparsedChars += data.length
    this.#written += data.length
    if (!this.#paused && this.#unparsedChars > HIGH_WATER) {
      this.#paused = true
      this.#pty.pause()
    }
    this.#scheduler.submit(this)
  }

  #take(): string | undefined {
    const first = this.#unparsed[0]
    if (first === undefined) return undefined
    const chunk = first.slice(0, stepLength(first, STEP_CHARS, this.cols * this.rows))
    if (chunk.length === first.length) this.#unparsed.shift()
    else this.#unparsed[0] = first.slice(chunk.length)
    this.#unparsedChars -= chunk.length
    return chunk
  }

  #updateViews(): void {
    for (const view of this.#views.values()) view.update()
  }
}
