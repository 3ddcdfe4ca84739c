import type {ErrorData} from '../../base/errors.ts'
import type {PaneId} from '../../model/data/ids.ts'
import {NO_HUB} from '../../protocol/daemon/hub.ts'
import type {DaemonState, HeaderState} from '../../protocol/daemon.ts'
import {computeLayout} from '../layout/layout.ts'
import {NO_PLACES, type PanePlaces} from '../layout/pane-places.ts'
import type {Panel, PanelRows} from '../panels/panel.ts'
import {PANELS, perPanel} from '../panels/panels.ts'
import type {Dialog, Letter} from './dialog.ts'
import type {Fleet} from './fleet.ts'
import type {Arrangement, Focus, Layout, Notice, Toast} from './types.ts'

/**
 * Whether the daemon answers; while it is away the last state stays on the screen. `since`: epoch milliseconds.
 * `failed`: the person must set or write something first; it is retried anyway.
 */
export type LinkState =
  | {state: 'connected'}
  | {state: 'connecting' | 'reconnecting'; since: number}
  | {state: 'failed'; since: number; error: ErrorData}

/** An operation that was asked for and has not answered: `claiming the next ticket`. */
export type Pending = {id: number; label: string; since: number}

/**
 * The selected row of a list by identity. `index` is its last position, so that the neighbour is selected when the
 * row goes; `top` is the first row of the window.
 */
export type Selection = {key: string | null; index: number; top: number}

export type UiState = {
  size: {cols: number; rows: number}
  focus: Focus
  /** Panel that had the focus last; Esc in a pane goes back to it. */
  panel: Panel
  selection: Readonly<Record<Panel, Selection>>
  /** The focused place takes the whole body. */
  zoom: boolean
  arrangement: Arrangement
  /** Which agent's pane is in which cell of the grid. */
  places: PanePlaces
  dialogs: readonly Dialog[]
  /** Letters that were begun and closed, oldest first. */
  letters: readonly Letter[]
  toasts: readonly Toast[]
  /** The last messages, newest last, to be read again. */
  notices: readonly Notice[]
  /** Lines that panes are scrolled back; panes at their live end are not in it. */
  scrolled: Readonly<Record<PaneId, number>>
  /** Words that the rows of a panel must contain; empty: no filter. */
  filters: Readonly<Record<Panel, string>>
  /** The panel whose filter is typed now. */
  filtering: Panel | null
  /** The name of the order that each panel is in. */
  sorts: Readonly<Record<Panel, string>>
  /** Keys of the marked rows, on which commands act together. */
  marks: Readonly<Record<Panel, readonly string[]>>
  pending: readonly Pending[]
  /** Keys that were pressed before there was anything to press them on, as they are shown. */
  early: readonly string[]
}

/** Rows as lists show them: filtered, those that need a person first. */
export type Lists = {readonly [P in Panel]: readonly PanelRows[P][]}

/** Everything the screen shows, but the cells of panes. `lists` and `layout` are derived on every change. */
export type ClientState = Omit<DaemonState, 'header'> & {
  link: LinkState
  /** null: this screen has one repository. */
  fleet: Fleet | null
  /** A line says what happens and which key to try; `agentShown`: an agent was brought to the front. null: no line. */
  tour: {agentShown: boolean} | null
  /** null: the daemon has not sent its state yet. */
  header: HeaderState | null
  ui: UiState
  lists: Lists
  layout: Layout
  /** When the screen began, in epoch milliseconds. */
  startedAt: number
  /** Epoch milliseconds, moved once a second, and four times while something is waited for. */
  now: number
}

const unselected: Selection = {key: null, index: 0, top: 0}

/** The state of a screen that is not connected yet. */
export function initialState(options: {now: number; cols: number; rows: number}): ClientState {
  const focus: Focus = {place: 'panel', panel: 'issues'}
  const {now, cols, rows} = options
  return {
    link: {state: 'connecting', since: now},
    fleet: null,
    tour: null,
    header: null,
    agents: [],
    tickets: [],
    pulls: [],
    conflicts: [],
    sides: [],
    events: [],
    hub: NO_HUB,
    ui: {
      size: {cols, rows},
      focus,
      panel: 'issues',
      selection: perPanel(() => unselected),
      zoom: false,
      arrangement: {lists: null, abreast: null},
      places: NO_PLACES,
      scrolled: {},
      dialogs: [],
      letters: [],
      toasts: [],
      notices: [],
      filters: perPanel(() => ''),
      filtering: null,
      sorts: perPanel(panel => PANELS[panel].orders[0].name),
      marks: perPanel(() => []),
      pending: [],
      early: [],
    },
    lists: perPanel(() => []),
    layout: computeLayout({cols, rows, panes: [], focus, zoom: false, overlays: []}),
    startedAt: now,
    now,
  }
}
