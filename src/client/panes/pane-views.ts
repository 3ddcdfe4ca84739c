import {disposable} from '../../base/dispose.ts'
import type {Log} from '../../base/log.ts'
import type {PaneId} from '../../model/data/ids.ts'
import type {ViewFrame, ViewId, ViewSpec} from '../../protocol/host-api.ts'
import type {HostLink} from '../connection/links.ts'
import type {Layout} from '../state/types.ts'

export type FrameListener = (pane: PaneId, frame: ViewFrame) => void

/** The part of the views that the compositor uses. */
export type Views = {
  /** Calls the listener with every new frame of a visible pane, in order; a frame is acknowledged when all listeners have returned. */
  onFrame(listener: FrameListener): Disposable
}

type View = {
  spec: ViewSpec
  /** Whether the pane takes the size of the view. */
  own: boolean
  scrollback: number
  /** The spec that was sent to the host last; it differs from `spec` while a change waits for the answer to the previous one. */
  sent: ViewSpec | null
  asking: boolean
}

/**
 * Keeps one view for each visible pane: opened with the size of its inner rectangle, changed on resize and scroll,
 * closed when the pane is hidden, reopened when the host comes back. While one change waits for its answer only the
 * newest further one is kept, so a burst of resizes costs the host two calls.
 */
export class ViewManager implements Views, Disposable {
  readonly #log: Log
  /** Makes view ids unique among all clients of a host. */
  readonly #name: string
  readonly #views = new Map<PaneId, View>()
  readonly #listeners = new Set<FrameListener>()
  #link: HostLink | null = null
  #subscriptions: Disposable[] = []
  #opened = 0

  constructor(options: {name: string; log: Log}) {
    this.#name = options.name
    this.#log = options.log
  }

  onFrame(listener: FrameListener): Disposable {
    this.#listeners.add(listener)
    return disposable(() => this.#listeners.delete(listener))
  }

  /** Takes a new host link and opens all views on it; null: the host is away. */
  use(link: HostLink | null): void {
    for (const subscription of this.#subscriptions) subscription[Symbol.dispose]()
    this.#subscriptions = []
    this.#link = link
    if (link === null) return
    this.#subscriptions = [
      link.on('frame', frame => this.#received(link, frame)),
      // The layout may show a pane before it runs; its view is opened again when the host announces the pane.
      link.on('pane', ({pane}) => this.#send(pane)),
    ]
    for (const [pane, view] of this.#views) {
      view.sent = null
      view.asking = false
      this.#send(pane)
    }
  }

  /** Opens, changes and closes views so that exactly the panes of a layout have one. */
  show(layout: Layout): void {
    // A pane that is only peeked at keeps its size: its program is not resized.
    const slots = layout.peek ? [layout.peek, ...layout.panes] : layout.panes
    const visible = new Map(slots.map(slot => [slot.pane, slot.inner]))
    const owned = new Set(layout.panes.map(slot => slot.pane))
    for (const pane of [...this.#views.keys()]) if (!visible.has(pane)) this.#close(pane)
    for (const [pane, {width, height}] of visible) {
      if (width < 1 || height < 1) continue
      const view = this.#views.get(pane) ?? this.#create(pane)
      view.spec = {...view.spec, cols: width, rows: height}
      view.own = owned.has(pane)
      this.#send(pane)
    }
  }

  /** Closes all views until a layout is shown again. */
  hide(): void {
    for (const pane of [...this.#views.keys()]) this.#close(pane)
  }

  /** Lines that a pane is scrolled back. */
  offset(pane: PaneId): number {
    return this.#views.get(pane)?.spec.offset ?? 0
  }

  /** Scrolls back (positive) or towards live (negative); stops at both ends. */
  scroll(pane: PaneId, lines: number): void {
    const view = this.#views.get(pane)
    if (!view) return
    const offset = Math.max(0, Math.min(view.scrollback, view.spec.offset + lines))
    if (offset === view.spec.offset) return
    view.spec = {...view.spec, offset}
    this.#send(pane)
  }

  [Symbol.dispose](): void {
    this.hide()
    this.use(null)
    this.#listeners.clear()
  }

  #create(pane: PaneId): View {
    this.#opened++
    const spec = {view: `${this.#name}-${this.#opened}`, pane, cols: 0, rows: 0, offset: 0}
    const view: View = {spec, own: true, scrollback: 0, sent: null, asking: false}
    this.#views.set(pane, view)
    return view
  }

  #send(pane: PaneId): void {
    const link = this.#link
    const view = this.#views.get(pane)
    if (!link || !view || view.asking || (view.sent && sameSpec(view.sent, view.spec))) return
    const sent = view.spec
    view.sent = sent
    view.asking = true
    link.call('view.open', {...sent, own: view.own}).then(
      () => this.#answered(link, view, pane),
      error => {
        // After the client has ended there is no log to write to.
        if (this.#link === link) this.#log.warn('view could not be opened', {pane, error})
        if (view.sent === sent) view.sent = null
        view.asking = false
      },
    )
  }

  #answered(link: HostLink, view: View, pane: PaneId): void {
    if (this.#link !== link) return
    view.asking = false
    this.#send(pane)
  }

  #close(pane: PaneId): void {
    const view = this.#views.get(pane)
    this.#views.delete(pane)
    if (view?.sent && this.#link) this.#ignoreFailure(this.#link.call('view.close', {view: view.spec.view}))
  }

  #received(link: HostLink, frame: ViewFrame): void {
    const pane = this.#paneOf(frame.view)
    if (pane === undefined) return
    const view = this.#views.get(pane)!
    view.scrollback = frame.scrollback
    // The host may move a scrolled view along with new output; the next scroll counts from there.
    if (view.sent && !view.asking) {
      view.spec = {...view.spec, offset: frame.offset}
      view.sent = {...view.sent, offset: frame.offset}
    }
    for (const listener of this.#listeners) listener(pane, frame)
    if (this.#link === link) this.#ignoreFailure(link.call('view.ack', {view: frame.view, seq: frame.seq}))
  }

  #paneOf(id: ViewId): PaneId | undefined {
    for (const [pane, view] of this.#views) if (view.spec.view === id) return pane
    return undefined
  }

  /** Ignores a lost ack or close: the link or the view is gone, and reopening the views repairs both. */
  #ignoreFailure(sent: Promise<null>): void {
    sent.catch(error => this.#log.debug('view call failed', {error}))
  }
}

function sameSpec(a: ViewSpec, b: ViewSpec): boolean {
  return a.view === b.view && a.cols === b.cols && a.rows === b.rows && a.offset === b.offset
}
