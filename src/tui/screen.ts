import {createElement} from 'react'
import {App} from '../../components/App.tsx'
import type {Clock} from '../base/clock.ts'
import {hasUnicode} from '../base/locale.ts'
import type {Client} from '../client/client.ts'
import {attachedPane} from '../client/commands/key-context.ts'
import {agentStates} from '../client/panes/agent-states.ts'
import type {Layout} from '../client/state/types.ts'
import type {Background, Theme} from '../client/text/theme.ts'
import {toAscii} from './ascii-cells.ts'
import {ChromeScreen} from './chrome/chrome-screen.ts'
import {mountChrome} from './chrome/mount-chrome.ts'
import {colorDepth} from './color.ts'
import {compose} from './compose-frame.ts'
import {type Asked, backgroundOf} from './first-frame.ts'
import type {Grid} from './grid.ts'
import {InputRouter} from './input/router.ts'
import {Painter} from './painter.ts'
import {sizeOf, type TerminalInput, type TerminalOutput} from './terminal-io.ts'
import {Throttle} from './throttle.ts'
import {ViewBuffers} from './view-buffers.ts'

/** 40 frames a second: as many as views send; more would not look smoother. */
const FRAME_MS = 25
/** A change this soon after a key or an agent's change of state counts as its effect, which the person waits for. */
const REACTION_MS = 150
/** A dragged window reports hundreds of sizes a second; each costs a layout and a whole chrome. */
const RESIZE_MS = 30

type ScreenOptions = {
  stdin: TerminalInput
  stdout: TerminalOutput
  env: NodeJS.ProcessEnv
  clock: Clock
  client: Client
  theme: Theme
  /** What the terminal answered before the first frame, with the input that came meanwhile. */
  asked?: Asked
  /** The theme on a background that the terminal named after the first frame, as it does over a slow line. */
  themeOn: (background: Background) => Theme
}

export type Screen = Disposable & {
  /** The frame that was composed last, for pictures. */
  readonly grid: Grid | undefined
  /** Rejects if drawing the chrome fails; otherwise pending until the screen is disposed. */
  readonly ended: Promise<unknown>
  /** Writes every cell again, after another program has drawn on the terminal. */
  repaint(): void
}

/**
 * Shows the client on the terminal: draws chrome, panes and dialogs, and reads keys and mouse. The terminal must already
 * be in its mode (`TerminalMode`).
 */
export function showScreen(options: ScreenOptions): Screen {
  const {stdin, stdout, clock, client} = options
  const {store} = client
  const depth = colorDepth(options.env)
  const unicode = hasUnicode(options.env)
  const views = new ViewBuffers()
  let grid: Grid | undefined
  // Borders and pane cells must move together: panes are laid out as in the drawn chrome, not as in the store, and only
  // after the first chrome.
  let laid: Layout | null = null
  // What Ink draws next. It is not the store's: when the terminal's size changes, Ink draws once before React has that.
  let next: Layout | null = null
  /** When the last thing happened whose effect the person waits for: a key, or an agent's change of state. */
  let awaitedAt = Number.NEGATIVE_INFINITY
  let states = agentStates(store.getState().agents)
  let isFlushing = false
  let isDisposed = false

  const chrome = new ChromeScreen<Layout | null>({
    ...sizeOf(stdout),
    onDraw: () => next,
    onChange: drawn => {
      laid = drawn
      requestPaint()
    },
  })
  const painter = new Painter({output: stdout, depth, onFree: requestPaint})
  const throttle = new Throttle({clock, everyMs: FRAME_MS, task: paint})
  const resizing = new Throttle({clock, everyMs: RESIZE_MS, task: resize})
  const onLayout = (layout: Layout) => {
    next = layout
  }
  const app = (theme: Theme) => createElement(App, {screen: {store, keymap: client.keymap, theme}, onLayout})
  const ink = mountChrome(app(options.theme), chrome)
  const router = new InputRouter({
    ...{client, clock},
    modes: pane => views.get(pane)?.modes,
    onBackground: rgb => ink.rerender(app(options.themeOn(backgroundOf(rgb)))),
  })

  function requestPaint(): void {
    throttle.request({urgent: clock.monotonic() - awaitedAt < REACTION_MS})
  }

  function paint(): boolean {
    if (laid === null) return false
    const {cols, rows} = sizeOf(stdout)
    const isStale = laid.cols !== cols || laid.rows !== rows || chrome.grid.cols !== cols || chrome.grid.rows !== rows
    if (painter.busy || isStale) return false
    const composed = compose(
      {
        layout: laid,
        chrome: chrome.grid,
        chromeCursor: chrome.cursor,
        view: pane => views.get(pane),
        attached: attachedPane(store.getState()),
      },
      grid,
    )
    grid = composed.grid
    if (!unicode) toAscii(grid)
    return painter.paint(composed.grid, composed.cursor) > 0
  }

  function resize(): boolean {
    const {cols, rows} = sizeOf(stdout)
    painter.forget()
    chrome.resize(cols, rows, () => {
      client.resize(cols, rows)
      const drawn = next
      // An erased chrome shows no layout and is not painted.
      next = null
      ink.clear()
      next = drawn
    })
    return true
  }

  function changed(): void {
    const now = agentStates(store.getState().agents)
    if (now !== states) awaitedAt = clock.monotonic()
    states = now
    requestPaint()
    if (store.getState().layout === laid || isFlushing) return
    isFlushing = true
    // Ink does not draw a layout that looks like the one before, but the flush always writes something.
    ink.waitUntilRenderFlush().then(
      () => {
        isFlushing = false
        if (!isDisposed) changed()
      },
      // Drawing has failed for good; `ended` rejects.
      () => {},
    )
  }

  const feed = (bytes: Uint8Array) => {
    awaitedAt = clock.monotonic()
    router.feed(bytes)
  }
  const sizeChanged = () => resizing.request()
  const unsubscribe = store.subscribe(changed)
  const frames = client.views.onFrame((pane, frame) => {
    views.apply(pane, frame)
    requestPaint()
  })
  if (options.asked?.pending) router.expectAnswer()
  for (const bytes of options.asked?.early ?? []) feed(bytes)
  stdin.on('data', feed)
  stdout.on('resize', sizeChanged)

  return {
    get grid() {
      return grid
    },
    ended: ink.waitUntilExit(),
    repaint() {
      painter.forget()
      throttle.request()
    },
    [Symbol.dispose]() {
      stdin.off('data', feed)
      stdout.off('resize', sizeChanged)
      unsubscribe()
      isDisposed = true
      for (const part of [frames, router, throttle, resizing]) part[Symbol.dispose]()
      ink.unmount()
      chrome[Symbol.dispose]()
    },
  }
}
