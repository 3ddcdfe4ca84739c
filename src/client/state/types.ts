import type {AgentId, PaneId} from '../../model/data/ids.ts'
import type {Panel} from '../panels/panel.ts'

/** Cells counted from 0 at the top left of the terminal. */
export type Rect = {row: number; col: number; width: number; height: number}

/** What has the keyboard: a list, an agent's pane (its keys are commands), or its program (attached). */
export type Focus = {place: 'panel'; panel: Panel} | {place: 'pane'; pane: PaneId; attached: boolean}

/** How a person arranged the screen; null: as its size suggests. */
export type Arrangement = {
  /** Columns of the lists. */
  lists: number | null
  /** Agents side by side. */
  abreast: number | null
}

export type PaneSlot = {
  pane: PaneId
  /** The border, title in its top line. */
  frame: Rect
  /** The cells that the compositor fills from the pane's view. */
  inner: Rect
}

/** A command that is run in the screen's terminal, after which the screen comes back. */
export type Errand = 'init' | 'doctor'

/** The place of everything on the screen; computed once, for components (chrome) and compositor (cells) alike. */
export type Layout = {
  kind: 'wide' | 'small' | 'too-small'
  cols: number
  rows: number
  header: Rect
  /** The line of the repositories' tabs; null where there is only one. */
  repositories: Rect | null
  tabs: Rect | null
  footer: Rect
  /** The line above the footer for somebody who is new here; null: there is none. */
  hint: Rect | null
  panels: readonly {panel: Panel; rect: Rect}[]
  panes: readonly PaneSlot[]
  /** Cells of the grid without a terminal: of an agent that starts, or free for the next one (null). */
  free: readonly {rect: Rect; agent: AgentId | null}[]
  /** Room of the pane area when no agent runs: an empty state is drawn there. */
  paneArea: Rect | null
  /** The pane whose end is shown in a dialog, over everything; `frame` is the dialog's. */
  peek?: PaneSlot
  /** Opaque rectangles of dialogs, over panes; last on top. */
  overlays: readonly Rect[]
}

/** One decoded key press or paste. `name` is `a`, `A`, `enter`, `escape`, `up`, `f1`, `]`, `space`. */
export type Key = {
  name: string
  ctrl: boolean
  alt: boolean
  shift: boolean
  /** What the key types, empty for keys that type nothing. */
  text: string
  /** The bytes as they came from the terminal. */
  raw: string
  /** A bracketed paste, or a part of one that stalled: `text` is the pasted text made safe, `raw` as it came. */
  paste: boolean
}

/** A message: what happened, what is kept, what to press. `until`: epoch milliseconds at which it disappears. */
export type Toast = {
  id: number
  level: 'info' | 'warning' | 'error'
  text: string
  kept: string | null
  next: string | null
  until: number
}

/** A message with the time at which it was shown, in epoch milliseconds. */
export type Notice = Toast & {at: number}
