import type {ErrorData} from '../../base/errors.ts'
import type {AgentId, PaneId} from '../../model/data/ids.ts'
import type {Orphan} from '../../model/gateways/git.ts'
import type {Asks, DaemonState, DiffText, HeaderState, LandPlan, SyncRow} from '../../protocol/daemon.ts'
import type {Fleet} from '../fleet/repositories.ts'
import {computeLayout} from '../layout/layout.ts'
import {SORTS, type Sort} from '../panels/sorts.ts'
import type {Detail, Subject} from './subject.ts'
import type {Arrangement, Focus, Layout, Panel} from './types.ts'

/** Panels in the order of their number keys and of Tab. */
export const PANELS = ['issues', 'pulls', 'conflicts', 'events'] as const satisfies readonly Panel[]

/**
 * Whether the daemon answers; while it is away the last state stays on the screen. `since`: epoch milliseconds.
 * `failed`: the person must set or write something before it can; it is tried again all the same.
 */
export type LinkState =
  | {state: 'connected'}
  | {state: 'connecting' | 'reconnecting'; since: number}
  | {state: 'failed'; since: number; error: ErrorData}

/** A thing that is fetched when its dialog opens. */
export type Loaded<T> =
  | {state: 'loading'; since: number}
  | {state: 'ready'; value: T}
  | {state: 'failed'; error: ErrorData}

export type Dialog =
  | {kind: 'help'; top: number}
  | {kind: 'palette'; text: string; index: number}
  /** What needs a person, in all repositories. */
  | {kind: 'attention'; index: number}
  /** `only`: the marked tickets, when some were marked; others of the plan stay. */
  | {kind: 'land'; plan: Loaded<LandPlan>; only: readonly number[] | null}
  | {kind: 'orphans'; orphans: Loaded<readonly Orphan[]>; index: number}
  /** What people changed by hand on GitHub, to be obeyed or put back. */
  | {kind: 'changes'; rows: Loaded<readonly SyncRow[]>; index: number}
  /** `work`: what its branch has and main has not, which is what will be saved; null: it has no ticket. */
  | {kind: 'stop'; agent: AgentId; ticket: number | null; title: string | null; work: Loaded<DiffText> | null}
  /** `top`: the first line shown, here and below. */
  | {kind: 'detail'; subject: Subject; detail: Loaded<Detail>; top: number}
  | {kind: 'diff'; ticket: number; diff: Loaded<DiffText>; top: number}
  | {kind: 'message'; to: AgentId; text: string}
  /** The end of an agent's terminal and a line to answer it with. */
  | {kind: 'peek'; agent: AgentId; pane: PaneId; text: string}
  /**
   * What an agent asked when the dialog was opened. `question` is the one that is chosen for now; `choices` has the
   * numbers of options, from 1, for each; `word` is what is typed to go with a denial, null while none is.
   */
  | {
      kind: 'answer'
      agent: AgentId
      ticket: number | null
      title: string | null
      asks: Asks
      top: number
      question: number
      choices: readonly (readonly number[])[]
      word: string | null
    }
  /** On the first start in a repository: what is missing. */
  | {kind: 'welcome'; checks: readonly SetupCheck[]}
  /** The terminal that was typed into is gone; keys meant for it must not become commands. */
  | {kind: 'gone'; agent: AgentId | null}

/** What happened, what is kept, what to press. `until`: epoch milliseconds when it goes by itself. */
export type Toast = {
  id: number
  level: 'info' | 'warning' | 'error'
  text: string
  kept: string | null
  next: string | null
  until: number
}

/** A thing that a repository needs, whether it is there, and how to get it. */
export type SetupCheck = {name: string; ok: boolean; hint: string}

/** An operation that was asked for and has not answered: `claiming the next ticket`. */
export type Pending = {id: number; label: string; since: number}

/**
 * The selected row of a list by identity. `index` is where it stood last, so that the neighbour is selected when it
 * goes; `top` is the first row of the window.
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
  dialogs: readonly Dialog[]
  toasts: readonly Toast[]
  /** Lines that panes are scrolled back; panes at their live end are not in it. */
  scrolled: Readonly<Record<PaneId, number>>
  /** Words that the rows of a panel must contain; empty: no filter. */
  filters: Readonly<Record<Panel, string>>
  /** The panel whose filter is typed now. */
  filtering: Panel | null
  sorts: Readonly<Record<Panel, Sort>>
  /** Keys of the rows that commands mean together. */
  marks: Readonly<Record<Panel, readonly string[]>>
  pending: readonly Pending[]
}

/** Rows as lists show them: filtered, those that need a person first. */
export type Lists = {
  issues: DaemonState['tickets']
  pulls: DaemonState['pulls']
  conflicts: DaemonState['conflicts']
  events: DaemonState['events']
}

/** Everything the screen shows, but the cells of panes. `lists` and `layout` are derived on every change. */
export type ClientState = Omit<DaemonState, 'header'> & {
  link: LinkState
  /** null: this screen has one repository. */
  fleet: Fleet | null
  /** null: the daemon has not told its state yet. */
  header: HeaderState | null
  ui: UiState
  lists: Lists
  layout: Layout
  /** Epoch milliseconds, moved once a second, and four times while something is waited for. */
  now: number
}

const unselected: Selection = {key: null, index: 0, top: 0}

export function initialState(options: {now: number; cols: number; rows: number}): ClientState {
  const focus: Focus = {place: 'panel', panel: 'issues'}
  const {now, cols, rows} = options
  return {
    link: {state: 'connecting', since: now},
    fleet: null,
    header: null,
    agents: [],
    tickets: [],
    pulls: [],
    conflicts: [],
    events: [],
    ui: {
      size: {cols, rows},
      focus,
      panel: 'issues',
      selection: {issues: unselected, pulls: unselected, conflicts: unselected, events: unselected},
      zoom: false,
      arrangement: {lists: null, abreast: null},
      scrolled: {},
      dialogs: [],
      toasts: [],
      filters: {issues: '', pulls: '', conflicts: '', events: ''},
      filtering: null,
      sorts: {issues: SORTS.issues[0], pulls: SORTS.pulls[0], conflicts: SORTS.conflicts[0], events: SORTS.events[0]},
      marks: {issues: [], pulls: [], conflicts: [], events: []},
      pending: [],
    },
    lists: {issues: [], pulls: [], conflicts: [], events: []},
    layout: computeLayout({cols, rows, panes: [], focus, zoom: false, overlays: []}),
    now,
  }
}
