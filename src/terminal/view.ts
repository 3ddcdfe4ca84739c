import {type Clock, systemClock} from '../base/clock.ts'
import type {PaneModes} from '../protocol/cells.ts'
import type {ViewFrame, ViewId} from '../protocol/host-api.ts'
import {blankCapture, type Capture, diffCaptures} from './capture.ts'
import type {Anchor, Emulator} from './emulator.ts'
import type {FrameClock} from './frame-clock.ts'

/** How many frames after a key press are sent at once: its echo, and what the program may draw just before. */
const ECHO_FRAMES = 3
/** The longest wait for the end of a synchronized update; a program may never end it. */
const UPDATE_LIMIT_MS = 150

/**
 * Sends one client what it sees of a screen. At most one frame is on its way: the next is made after its acknowledgement,
 * from what the screen shows then. Frames follow the common frame clock; the echo of a key does not wait for it.
 */
export class View implements Disposable {
  readonly #id: ViewId
  readonly #emulator: Emulator
  readonly #send: (frame: ViewFrame) => void
  readonly #clock: Clock
  readonly #frameClock: FrameClock
  #cols = 0
  #rows = 0
  #anchor: Anchor | undefined
  /** The cells that the client has; undefined: none that a diff could build on. */
  #baseline: Capture | undefined
  #sent: Omit<ViewFrame, 'seq' | 'runs'> | undefined
  #seq = 0
  #awaiting: number | undefined
  #changed = false
  /** How many of the next frames do not wait for the frame clock. */
  #hurried = 0
  /** Whether its frame came due during a synchronized update, so that it is sent at the update's end. */
  #due = false
  #disposed = false
  /** The timer that runs while a synchronized update delays a frame. */
  #limit: Disposable | undefined

  constructor(options: {
    id: ViewId
    emulator: Emulator
    send: (frame: ViewFrame) => void
    frameClock: FrameClock
    clock?: Clock
  }) {
    this.#id = options.id
    this.#emulator = options.emulator
    this.#send = options.send
    this.#frameClock = options.frameClock
    this.#clock = options.clock ?? systemClock
  }

  /** Sets the size in cells and the lines scrolled back. The first call and every new size lead to a full frame. */
  show(spec: {cols: number; rows: number; offset: number}): void {
    if (spec.cols !== this.#cols || spec.rows !== this.#rows) {
      this.#cols = spec.cols
      this.#rows = spec.rows
      this.#baseline = undefined
    }
    this.#scrollTo(spec.offset)
    // A person opened, resized or scrolled the view and looks at it.
    this.#hurried = Math.max(1, this.#hurried)
    this.update()
  }

  /** Sends the next frames at once, because a person typed and waits for the echo. */
  hurry(): void {
    this.#hurried = ECHO_FRAMES
  }

  /** Takes note that the screen has changed; `complete` when its program has just finished a synchronized update. */
  update(complete = false): void {
    this.#changed = true
    // The client has asked for nothing before the first `show`.
    if (this.#cols === 0 || this.#awaiting !== undefined) return
    const isNow = this.#hurried > 0 || (complete && this.#due) || this.#frameClock.take()
    if (!isNow) this.#frameClock.next(this.#onFrameDue)
    else if (complete || !this.#mustWait()) this.#frame()
  }

  ack(seq: number): void {
    if (seq !== this.#awaiting) return
    this.#awaiting = undefined
    if (this.#changed) this.update()
  }

  [Symbol.dispose](): void {
    this.#disposed = true
    this.#limit?.[Symbol.dispose]()
    this.#anchor?.[Symbol.dispose]()
  }

  #scrollTo(offset: number): void {
    if (this.#emulator.alternate) return
    const wanted = Math.max(0, Math.min(offset, this.#emulator.scrollback))
    if (wanted === this.#offset()) return
    this.#anchor?.[Symbol.dispose]()
    this.#anchor = wanted === 0 ? undefined : this.#emulator.anchor(this.#emulator.scrollback - wanted)
  }

  /** Lines scrolled back now: the same lines stay in sight while output continues below. */
  #offset(): number {
    if (!this.#anchor || this.#emulator.alternate) return 0
    return Math.max(0, this.#emulator.scrollback - this.#anchor.line())
  }

  readonly #onFrameDue = (): void => {
    if (this.#disposed || !this.#changed || this.#awaiting !== undefined) return
    if (!this.#mustWait()) this.#frame()
  }

  #frame(): void {
    this.#limit?.[Symbol.dispose]()
    this.#limit = undefined
    this.#due = false
    this.#changed = false
    const emulator = this.#emulator
    const offset = this.#offset()
    // A view with fewer rows than its pane shows the pane's end, where programs write.
    const below = Math.max(0, emulator.rows - this.#rows)
    const grid = emulator.capture(emulator.scrollback + below - offset, this.#cols, this.#rows)
    const full = this.#baseline === undefined
    const runs = diffCaptures(this.#baseline ?? blankCapture(this.#cols, this.#rows), grid)
    const rest = {
      view: this.#id,
      full,
      cols: this.#cols,
      rows: this.#rows,
      cursor: this.#cursor(below - offset),
      modes: emulator.modes,
      scrollback: emulator.alternate ? 0 : emulator.scrollback,
      offset,
    }
    if (!full && runs.length === 0 && this.#sent && sameRest(this.#sent, rest)) return
    this.#baseline = grid
    this.#sent = rest
    this.#awaiting = ++this.#seq
    this.#hurried = Math.max(0, this.#hurried - 1)
    this.#send({...rest, seq: this.#seq, runs})
  }

  /** Whether a synchronized update is under way; if it does not end, a frame is sent after UPDATE_LIMIT_MS. */
  #mustWait(): boolean {
    if (!this.#emulator.updating) return false
    this.#due = true
    this.#limit ??= this.#clock.after(UPDATE_LIMIT_MS, () => {
      this.#limit = undefined
      if (this.#changed && this.#awaiting === undefined) this.#frame()
    })
    return true
  }

  #cursor(skipped: number): ViewFrame['cursor'] {
    const cursor = this.#emulator.cursor
    if (!cursor) return null
    const row = cursor.row - skipped
    return row < 0 || row >= this.#rows || cursor.col >= this.#cols ? null : {...cursor, row}
  }
}

type Rest = Omit<ViewFrame, 'seq' | 'runs'>

function sameRest(a: Rest, b: Rest): boolean {
  return (
    a.scrollback === b.scrollback &&
    a.offset === b.offset &&
    a.cursor?.row === b.cursor?.row &&
    a.cursor?.col === b.cursor?.col &&
    a.cursor?.shape === b.cursor?.shape &&
    sameModes(a.modes, b.modes)
  )
}

function sameModes(a: PaneModes, b: PaneModes): boolean {
  return (Object.keys(a) as (keyof PaneModes)[]).every(mode => a[mode] === b[mode])
}
