import type {Clock} from '../../base/clock.ts'
import {figure} from '../../base/text.ts'
import type {Client} from '../../client/client.ts'
import {attachedPane} from '../../client/commands/key-context.ts'
import type {Key, PaneSlot} from '../../client/state/types.ts'
import type {PaneId} from '../../model/data/ids.ts'
import type {PaneModes} from '../../protocol/cells.ts'
import {InputDecoder, MAX_PASTE} from './decoder.ts'
import {keyForPane, mouseForPane} from './encode.ts'
import type {InputEvent, MouseEvent, PasteRefused} from './events.ts'

/** The longest wait after a lone ESC: the rest of a sequence comes with it or, over a slow line, a few milliseconds later. */
const ESCAPE_MS = 25
/** After such a pause in a paste, the part that came is given; it pauses while the terminal or the line is busy. */
const PASTE_MS = 1000
/** Keys this soon after one for a program that has ended were meant for that program. */
const AFTER_END_MS = 700
/** The longest pause in one answer of the terminal, even over a slow line. */
const ANSWER_MS = 200
/** The longest wait for an answer of the terminal. */
const EXPECT_MS = 3000
/** Within this time, a second press of the detach key is meant for the program. */
const TWICE_MS = 500
const PATIENCE_MS = {nothing: 0, sequence: ESCAPE_MS, paste: PASTE_MS, answer: ANSWER_MS} as const
/** How many lines one notch of the wheel scrolls, as in most terminals. */
const WHEEL_LINES = 3

const NO_MODES: PaneModes = {
  applicationCursor: false,
  bracketedPaste: false,
  mouse: 'none',
  focusEvents: false,
  alternateScreen: false,
}

type RouterClient = Pick<Client, 'store' | 'keymap' | 'press' | 'type' | 'run' | 'scroll' | 'click' | 'notify'>

/**
 * Routes keyboard and mouse input: the attached pane's program gets its bytes at once, everything else goes to the
 * client's own keys and clicks.
 */
export class InputRouter implements Disposable {
  readonly #client: RouterClient
  readonly #clock: Clock
  readonly #modes: (pane: PaneId) => PaneModes | undefined
  readonly #onBackground: (rgb: number) => void
  readonly #decoder = new InputDecoder()
  #timer: Disposable | null = null
  #expecting: Disposable | null = null
  #left: {pane: PaneId; at: number} | null = null
  /** When the attached program got its last key; null: none is attached, or the person has left it. */
  #typedAt: number | null = null
  /** Whether the person was told that a paste has stalled. */
  #stalled = false

  constructor(options: {
    client: RouterClient
    clock: Clock
    modes: (pane: PaneId) => PaneModes | undefined
    /** Gets the background's colour, `0xrrggbb`, when the terminal answers after the first frame. */
    onBackground: (rgb: number) => void
  }) {
    this.#client = options.client
    this.#clock = options.clock
    this.#modes = options.modes
    this.#onBackground = options.onBackground
  }

  /** Takes note that a query's answer is on its way, so that it is not taken for keys. */
  expectAnswer(): void {
    this.#decoder.expectsAnswer = true
    this.#expecting = this.#clock.after(EXPECT_MS, () => this.#expectNothing())
  }

  #expectNothing(): void {
    this.#decoder.expectsAnswer = false
    this.#expecting?.[Symbol.dispose]()
    this.#expecting = null
  }

  /** Takes the terminal's bytes, split anywhere. */
  feed(bytes: Uint8Array): void {
    this.#timer?.[Symbol.dispose]()
    this.#timer = null
    for (const event of this.#decoder.push(bytes)) this.#route(event)
    const {waiting, pasting} = this.#decoder
    if (!pasting) this.#stalled = false
    if (waiting === 'nothing' && !pasting) return
    this.#timer = this.#clock.after(pasting ? PASTE_MS : PATIENCE_MS[waiting], () => {
      for (const event of this.#decoder.flush()) this.#route(event)
      if (this.#decoder.pasting) this.#tellStalled()
    })
  }

  #tellStalled(): void {
    if (this.#stalled) return
    this.#stalled = true
    this.#client.notify({
      level: 'info',
      text: 'A paste has begun and has not ended; what you type counts as part of it',
      next: 'wait for its end, or press Ctrl-C to end it',
    })
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]()
    this.#expecting?.[Symbol.dispose]()
  }

  #route(event: InputEvent): void {
    switch (event.kind) {
      case 'key':
        return this.#key(event.key)
      case 'mouse':
        return this.#mouse(event)
      case 'focus':
        return this.#focus(event.focused)
      case 'paste-refused':
        return this.#refused(event)
      case 'background':
        if (this.#expecting) this.#onBackground(event.rgb)
        return
      case 'attributes':
        return this.#expectNothing()
    }
  }

  #key(key: Key): void {
    const {keymap} = this.#client
    const pane = this.#attached()
    const isDetach = keymap.matches('agent.detach', key)
    // Nothing of what a key would do can be seen.
    if (this.#client.store.getState().layout.kind === 'too-small') {
      if (keymap.matches('app.quit', key)) this.#client.run('app.quit')
      return
    }
    if (pane === null && this.#isLate()) return
    this.#typedAt = pane === null || isDetach ? null : this.#clock.monotonic()
    if (pane === null) return isDetach && this.#wasJustLeft() ? this.#sendAndReturn(key) : this.#client.press(key)
    if (!isDetach) return this.#client.type(pane, keyForPane(key, this.#modes(pane) ?? NO_MODES))
    this.#left = {pane, at: this.#clock.monotonic()}
    this.#client.press(key)
  }

  /** Whether a key is the rest of what was being typed to a program that ended meanwhile. */
  #isLate(): boolean {
    const now = this.#clock.monotonic()
    if (this.#typedAt === null || now - this.#typedAt > AFTER_END_MS) return false
    this.#typedAt = now
    return true
  }

  #refused({chars, given}: PasteRefused): void {
    this.#client.notify({
      level: 'error',
      text: `The paste has ${figure(chars)} characters; at most ${figure(MAX_PASTE)} are taken`,
      kept:
        given === 0 ? 'nothing of it was typed' : `its first ${figure(given)} characters were typed, the rest was not`,
      next: 'put it into a file and name the file',
    })
  }

  #wasJustLeft(): boolean {
    const {focus} = this.#client.store.getState().ui
    const left = this.#left
    const isThere = focus.place === 'pane' && focus.pane === left?.pane
    return isThere && this.#clock.monotonic() - left.at <= TWICE_MS
  }

  /** Handles the second press of the detach key: the program gets the key once and keeps the keyboard. */
  #sendAndReturn(key: Key): void {
    const pane = this.#left?.pane
    this.#left = null
    if (pane === undefined) return
    this.#client.type(pane, keyForPane(key, this.#modes(pane) ?? NO_MODES))
    this.#client.run('agent.attach')
  }

  #mouse(event: MouseEvent): void {
    const slot = this.#slotAt(event)
    if (event.action === 'press' && slot?.pane !== this.#attached()) return this.#press(event)
    if (!slot) return
    const modes = this.#modes(slot.pane) ?? NO_MODES
    const isAttached = slot.pane === this.#attached()
    const report = isAttached ? mouseForPane(event, slot.inner, modes) : undefined
    if (report !== undefined) return this.#client.type(slot.pane, report)
    if (event.action !== 'wheel-up' && event.action !== 'wheel-down') return
    // A full-screen program has no scrollback; terminals send it arrow keys instead.
    if (isAttached && modes.alternateScreen) {
      const arrow = (modes.applicationCursor ? '\x1bO' : '\x1b[') + (event.action === 'wheel-up' ? 'A' : 'B')
      return this.#client.type(slot.pane, arrow.repeat(WHEEL_LINES))
    }
    this.#client.scroll(slot.pane, event.action === 'wheel-up' ? WHEEL_LINES : -WHEEL_LINES)
  }

  /** Handles a click on something without the keyboard; only the first button without a modifier counts. */
  #press({code, row, col}: MouseEvent): void {
    this.#typedAt = null
    if (code === 0) this.#client.click({row, col})
  }

  #focus(focused: boolean): void {
    const pane = this.#attached()
    if (pane !== null && this.#modes(pane)?.focusEvents) this.#client.type(pane, focused ? '\x1b[I' : '\x1b[O')
  }

  #attached(): PaneId | null {
    return attachedPane(this.#client.store.getState())
  }

  /** Gives the pane under the pointer; none if a dialog covers it. */
  #slotAt({row, col}: {row: number; col: number}): PaneSlot | undefined {
    const {panes, overlays} = this.#client.store.getState().layout
    const holds = (rect: {row: number; col: number; width: number; height: number}) =>
      row >= rect.row && row < rect.row + rect.height && col >= rect.col && col < rect.col + rect.width
    return overlays.some(holds) ? undefined : panes.find(slot => holds(slot.inner))
  }
}
