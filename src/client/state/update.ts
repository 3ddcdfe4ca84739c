import type {PaneId} from '../../model/data/ids.ts'
import type {DaemonState} from '../../protocol/daemon.ts'
import {keysOf} from '../panels/lists.ts'
import type {Panel} from '../panels/panel.ts'
import {nextOrder, PANEL_ORDER} from '../panels/panels.ts'
import {panesInOrder} from '../panes/panes.ts'
import type {Update} from './client-store.ts'
import type {Dialog} from './dialog.ts'
import type {Fleet} from './fleet.ts'
import type {ClientState, LinkState, Pending, UiState} from './state.ts'
import type {Arrangement, Focus, Rect, Toast} from './types.ts'

/** The oldest go first. */
const MAX_TOASTS = 4
const MAX_NOTICES = 50

function ui(state: ClientState, change: Partial<UiState>): ClientState {
  return {...state, ui: {...state.ui, ...change}}
}

// ── what processes send ──────────────────────────────────────────────────────────────────────────────────

/** Slices that the daemon sent, whole ones. */
export function daemonSaid(slices: Partial<DaemonState>): Update {
  return state => ({...state, ...slices})
}

export function linkIs(link: LinkState): Update {
  return state => ({...state, link})
}

/** The tabs of this screen's repositories, and which of them is shown. */
export function fleetIs(fleet: Fleet): Update {
  return state => (state.fleet === fleet ? state : {...state, fleet})
}

/** Shows somebody who is new here what happens and which key to try. */
export function tourBegins(): Update {
  return state => (state.tour === null ? {...state, tour: {agentShown: false}} : state)
}

/** Moves the clock and removes toasts whose time is over. Where the clock was set back, they keep the time that they had left. */
export function timeIs(now: number): Update {
  return state => {
    const back = Math.max(0, state.now - now)
    const kept = state.ui.toasts.map(toast => (back === 0 ? toast : {...toast, until: toast.until - back}))
    const toasts = kept.filter(toast => toast.until > now)
    const isSame = back === 0 && toasts.length === state.ui.toasts.length
    return {...(isSame ? state : ui(state, {toasts})), now}
  }
}

export function resized(size: {cols: number; rows: number}): Update {
  return state => (state.ui.size.cols === size.cols && state.ui.size.rows === size.rows ? state : ui(state, {size}))
}

// ── focus ────────────────────────────────────────────────────────────────────────────────────────────────

export function focusPanel(panel: Panel): Update {
  return state => ui(state, {focus: {place: 'panel', panel}})
}

export function focusPane(pane: PaneId, options: {attached: boolean}): Update {
  return state => ui(state, {focus: {place: 'pane', pane, attached: options.attached}})
}

/** Gives the keyboard back to Clambake; the pane keeps the focus. */
export function detach(state: ClientState): ClientState {
  const {focus} = state.ui
  return focus.place === 'pane' && focus.attached ? ui(state, {focus: {...focus, attached: false}}) : state
}

/** The next place (+1) or the one before (-1): the panels, then the panes, and around. */
export function focusNext(step: 1 | -1): Update {
  return state => {
    const places: Focus[] = [
      ...PANEL_ORDER.map((panel): Focus => ({place: 'panel', panel})),
      ...panesInOrder(state).map(({pane}): Focus => ({place: 'pane', pane, attached: false})),
    ]
    const here = places.findIndex(place => samePlace(place, state.ui.focus))
    return ui(state, {focus: places[(here + step + places.length) % places.length]!})
  }
}

/** The nearest place at the left or right; from panes back to the panel that had the focus last. */
export function focusBeside(step: 1 | -1): Update {
  return state => {
    const {focus, panel} = state.ui
    const {kind, panels, panes} = state.layout
    if (kind === 'small' || state.ui.zoom) return focusNext(step)(state)
    const places = [
      ...panels.map(({panel, rect}) => ({focus: {place: 'panel', panel} as Focus, rect})),
      ...panes.map(({pane, frame}) => ({focus: {place: 'pane', pane, attached: false} as Focus, rect: frame})),
    ]
    const here = places.find(place => samePlace(place.focus, focus))?.rect
    if (!here) return state
    const middle = ({row, height}: Rect) => row + height / 2
    const gap = ({col, width}: Rect) => (step > 0 ? col - here.col - here.width : here.col - col - width)
    const [nearest] = places
      .filter(({rect}) => gap(rect) >= 0)
      .sort(
        (a, b) =>
          gap(a.rect) - gap(b.rect) ||
          Math.abs(middle(a.rect) - middle(here)) - Math.abs(middle(b.rect) - middle(here)),
      )
    if (!nearest) return state
    const next: Focus = nearest.focus.place === 'panel' ? {place: 'panel', panel} : nearest.focus
    return ui(state, {focus: next})
  }
}

function samePlace(a: Focus, b: Focus): boolean {
  return a.place === 'panel' ? b.place === 'panel' && a.panel === b.panel : b.place === 'pane' && a.pane === b.pane
}

/** Widths that do not fit are cut when they are laid out. */
export function arranged(change: Partial<Arrangement>): Update {
  return state => ui(state, {arrangement: {...state.ui.arrangement, ...change}})
}

export function zoomed(zoom: boolean): Update {
  return state => ui(state, {zoom})
}

/** A pane's view is now scrolled back by `lines`. */
export function paneScrolled(pane: PaneId, lines: number): Update {
  return state => {
    if ((state.ui.scrolled[pane] ?? 0) === lines) return state
    const {[pane]: _, ...others} = state.ui.scrolled
    return ui(state, {scrolled: lines === 0 ? others : {...others, [pane]: lines}})
  }
}

// ── lists ────────────────────────────────────────────────────────────────────────────────────────────────

/** Moves the selection by rows; it stops at both ends. `Infinity` goes to the end. */
export function moveSelection(panel: Panel, rows: number): Update {
  return state => {
    const keys = keysOf(panel, state.lists)
    if (keys.length === 0) return state
    const old = state.ui.selection[panel]
    const index = Math.max(0, Math.min(keys.length - 1, old.index + rows))
    return ui(state, {selection: {...state.ui.selection, [panel]: {key: keys[index]!, index, top: old.top}}})
  }
}

/** Selects an issue by its number; one that is not shown changes nothing. */
export function selectIssue(number: number): Update {
  return state => {
    const selection = state.ui.selection.issues
    // A filter that hides the row is taken off.
    const isShown = state.lists.issues.some(row => row.number === number)
    const filters = isShown ? state.ui.filters : {...state.ui.filters, issues: ''}
    if (!state.tickets.some(row => row.number === number)) return state
    return ui(state, {filters, selection: {...state.ui.selection, issues: {...selection, key: `#${number}`}}})
  }
}

/** Selects a row by its place in the list; a place without a row changes nothing. */
export function selectRow(panel: Panel, index: number): Update {
  return state => {
    const key = keysOf(panel, state.lists)[index]
    if (key === undefined) return state
    const {top} = state.ui.selection[panel]
    return ui(state, {selection: {...state.ui.selection, [panel]: {key, index, top}}})
  }
}

/** The words that rows of a panel must contain; `editing` while they are typed. */
export function filterIs(panel: Panel, filter: {text: string; editing: boolean}): Update {
  const {text, editing} = filter
  return state => ui(state, {filters: {...state.ui.filters, [panel]: text}, filtering: editing ? panel : null})
}

/** The panel's next order. */
export function sortedNext(panel: Panel): Update {
  return state => ui(state, {sorts: {...state.ui.sorts, [panel]: nextOrder(panel, state.ui.sorts[panel])}})
}

/** Marks the selected row, or removes its mark, and selects the next row. */
export function markToggled(panel: Panel): Update {
  return state => {
    const {key} = state.ui.selection[panel]
    if (key === null) return state
    const marks = state.ui.marks[panel]
    const toggled = marks.includes(key) ? marks.filter(mark => mark !== key) : [...marks, key]
    return moveSelection(panel, 1)(ui(state, {marks: {...state.ui.marks, [panel]: toggled}}))
  }
}

export function marksCleared(panel: Panel): Update {
  return state => ui(state, {marks: {...state.ui.marks, [panel]: []}})
}

// ── dialogs, toasts, operations ──────────────────────────────────────────────────────────────────────────

export function openDialog(dialog: Dialog): Update {
  return state => ui(state, {dialogs: [...state.ui.dialogs.filter(({kind}) => kind !== dialog.kind), dialog]})
}

/** Changes an open dialog; a dialog that was closed meanwhile stays closed. */
export function changeDialog<K extends Dialog['kind']>(
  kind: K,
  change: (dialog: Extract<Dialog, {kind: K}>) => Extract<Dialog, {kind: K}>,
): Update {
  const isKind = (dialog: Dialog): dialog is Extract<Dialog, {kind: K}> => dialog.kind === kind
  return state =>
    state.ui.dialogs.some(isKind)
      ? ui(state, {dialogs: state.ui.dialogs.map(dialog => (isKind(dialog) ? change(dialog) : dialog))})
      : state
}

/** Replaces the dialog on top. */
export function topDialogIs(dialog: Dialog): Update {
  return state => (state.ui.dialogs.at(-1) === dialog ? state : ui(state, {dialogs: state.ui.dialogs.with(-1, dialog)}))
}

export function closeDialog(state: ClientState): ClientState {
  return ui(state, {dialogs: state.ui.dialogs.slice(0, -1)})
}

/** Closes all dialogs, because the keyboard goes elsewhere. */
export function dialogsClosed(state: ClientState): ClientState {
  return state.ui.dialogs.length === 0 ? state : ui(state, {dialogs: []})
}

/** A message that is still shown is not shown twice. */
export function toastAdded(toast: Toast): Update {
  return state => {
    const others = state.ui.toasts.filter(({text}) => text !== toast.text)
    const notices = [...state.ui.notices, {...toast, at: state.now}].slice(-MAX_NOTICES)
    return ui(state, {toasts: [...others, toast].slice(-MAX_TOASTS), notices})
  }
}

export function toastsDismissed(state: ClientState): ClientState {
  return ui(state, {toasts: []})
}

/** The keys that wait for the first state. */
export function earlyKeysAre(early: readonly string[]): Update {
  return state => (early.length === 0 && state.ui.early.length === 0 ? state : ui(state, {early}))
}

export function operationStarted(pending: Pending): Update {
  return state => ui(state, {pending: [...state.ui.pending, pending]})
}

export function operationEnded(id: number): Update {
  return state => ui(state, {pending: state.ui.pending.filter(pending => pending.id !== id)})
}
