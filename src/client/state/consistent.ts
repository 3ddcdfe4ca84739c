import {isDeepStrictEqual} from 'node:util'
import {computeLayout, paneRoom} from '../layout/layout.ts'
import {overlaysOf, peekRect, topDialogRect} from '../layout/overlays.ts'
import {isDue, type PanePlaces, placePanes} from '../layout/pane-places.ts'
import {keysOf, listsOf, visibleRows, windowTop} from '../panels/lists.ts'
import type {Panel, RowSlice} from '../panels/panel.ts'
import {PANEL_ORDER, PANELS} from '../panels/panels.ts'
import {agentOfPane, askedBy, panesOf} from '../panes/panes.ts'
import type {Dialog} from './dialog.ts'
import type {ClientState, Selection, UiState} from './state.ts'
import type {Layout, Rect} from './types.ts'

/** The slices that the panels' lists are made of. */
const LISTED_SLICES: ReadonlySet<RowSlice> = new Set(PANEL_ORDER.flatMap(panel => PANELS[panel].from))
/** The slices that decide whether a panel takes one line. */
const COLLAPSING_SLICES: ReadonlySet<RowSlice> = new Set(
  PANEL_ORDER.flatMap(panel => (PANELS[panel].collapsed ? PANELS[panel].from : [])),
)

/**
 * Makes a changed state consistent: lists are filtered and ordered, a selection holds on to its row or takes the
 * neighbour, the focus names a place that exists, the layout fits. Every change of the store goes through it.
 * Parts that did not change keep their reference, so that selectors see no change.
 */
export function makeConsistent(before: ClientState, changed: ClientState): ClientState {
  if (changed === before) return before
  const listed = withLists(before, changed)
  const focused = withFirstAgent(withFocus(before, listed))
  return withSelections(before, withLayout(before, focused))
}

function withLists(before: ClientState, state: ClientState): ClientState {
  const same =
    [...LISTED_SLICES].every(slice => state[slice] === before[slice]) &&
    state.ui.filters === before.ui.filters &&
    state.ui.sorts === before.ui.sorts
  return same ? state : {...state, lists: listsOf(state, state.ui)}
}

/**
 * A pane that is gone gives the focus to the next one of its agent, or back to the panel that had it last. When its
 * program was being typed into, a dialog catches the keys that are still on their way.
 */
function withFocus(before: ClientState, state: ClientState): ClientState {
  const {focus, panel, dialogs} = state.ui
  const here = dialogs.flatMap(dialog => withPaneNow(state, dialog))
  if (here.some((dialog, index) => dialog !== dialogs[index]) || here.length < dialogs.length)
    return withFocus(before, {...state, ui: {...state.ui, dialogs: here}})
  if (focus.place === 'panel') {
    return focus.panel === panel ? state : {...state, ui: {...state.ui, panel: focus.panel}}
  }
  if (state.agents.some(row => row.pane === focus.pane)) return state
  const agent = agentOfPane(before.agents, focus.pane)?.agent ?? null
  const next = state.agents.find(row => row.agent === agent)?.pane
  if (next != null && !focus.attached) return {...state, ui: {...state.ui, focus: {...focus, pane: next}}}
  const gone: Dialog = {kind: 'gone', agent}
  const ui: UiState = {...state.ui, focus: {place: 'panel', panel}, zoom: false}
  return {...state, ui: focus.attached ? {...ui, dialogs: [...dialogs, gone]} : ui}
}

/**
 * Closes the dialog of a pane that is gone; what was typed in it is kept as a message for the ticket that it was for. A line
 * that is not begun yet is for what the pane's program asks now.
 */
function withPaneNow({agents}: ClientState, dialog: Dialog): Dialog[] {
  if (dialog.kind !== 'peek') return [dialog]
  const {agent, text, meant, asked} = dialog
  const row = agents.find(({pane}) => pane === dialog.pane)
  if (row) return [text !== '' || askedBy(row) === asked ? dialog : {...dialog, asked: askedBy(row)}]
  return text === '' ? [] : [{kind: 'message', to: agent, text, meant: meant ? {[agent]: meant} : {}}]
}

/** Where one place only has room, the tour shows an agent at work and not its row, once there is one. */
function withFirstAgent(state: ClientState): ClientState {
  if (state.tour === null || state.tour.agentShown) return state
  const [first] = panesOf(state.agents)
  if (!first) return state
  const tour = {agentShown: true}
  if (state.layout.kind !== 'small' || state.ui.focus.place === 'pane') return {...state, tour}
  return {...state, tour, ui: {...state.ui, focus: {place: 'pane', pane: first.pane, attached: false}}}
}

function withLayout(before: ClientState, state: ClientState): ClientState {
  const parts = ['ui', 'agents', 'fleet', 'tour', 'sides', 'conflicts', ...COLLAPSING_SLICES] as const
  if (parts.every(part => state[part] === before[part]) && !isDue(state.ui.places, state.now)) return state
  const {size, focus, zoom, arrangement} = state.ui
  const running = panesOf(state.agents)
  const input = {
    ...size,
    panes: running.map(row => row.pane),
    focus,
    zoom,
    arrangement,
    fleet: state.fleet !== null,
    tour: state.tour !== null,
    overlays: overlaysOf(state.ui, state),
    collapsed: PANEL_ORDER.filter(
      panel => PANELS[panel].collapsed?.(state) && !(focus.place === 'panel' && focus.panel === panel),
    ),
  }
  const places = placesOf(state, paneRoom(computeLayout(input), arrangement))
  const paneOf = new Map(running.map(({agent, pane}) => [agent, pane]))
  const grid = places.lines.map(line => line.map(agent => ({agent, pane: (agent && paneOf.get(agent)) ?? null})))
  const placed = computeLayout({...input, ...(running.length > 0 && grid.length > 0 ? {grid} : {})})
  const layout = {...placed, ...peekOf(state.ui, topDialogRect({ui: state.ui, layout: placed}))}
  const ui = isDeepStrictEqual(places, state.ui.places) ? state.ui : {...state.ui, places}
  if (isDeepStrictEqual(layout, state.layout)) return ui === state.ui ? state : {...state, ui}
  return {...state, ui, layout}
}

/** The cells of agents in `area`; where there is one place only, they stay as they were. */
function placesOf({ui, agents, now}: ClientState, area: Rect | null): PanePlaces {
  if (area === null) return ui.places
  return placePanes(ui.places, {
    agents: agents
      .filter(({pane, ticket}) => pane !== null || ticket !== null)
      .map(row => row.agent)
      .sort(),
    area,
    abreast: ui.arrangement.abreast,
    at: now,
  })
}

/** The pane that is peeked at, in the dialog on top. */
function peekOf({dialogs}: UiState, frame: Rect | undefined): Pick<Layout, 'peek'> {
  const dialog = dialogs.at(-1)
  return dialog?.kind === 'peek' && frame ? {peek: {pane: dialog.pane, frame, inner: peekRect(frame)}} : {}
}

function withSelections(before: ClientState, state: ClientState): ClientState {
  const {lists, layout, ui} = state
  if (lists === before.lists && layout === before.layout && ui.selection === before.ui.selection) return state
  const next = {...ui.selection}
  for (const panel of PANEL_ORDER) next[panel] = reselect(state, panel)
  return isDeepStrictEqual(next, ui.selection) ? state : {...state, ui: {...ui, selection: next}}
}

/**
 * The selected row is found again by its identity. The window moves with it, so that it stays on its line, unless
 * the window was at the top of the list: rows that need a person appear there and must be seen.
 */
function reselect(state: ClientState, panel: Panel): Selection {
  const old = state.ui.selection[panel]
  const keys = keysOf(panel, state.lists)
  if (keys.length === 0) return {key: null, index: 0, top: 0}
  const follows = PANELS[panel].followsFirst === true && old.index === 0
  const found = old.key === null || follows ? -1 : keys.indexOf(old.key)
  const index = found >= 0 ? found : Math.min(old.index, keys.length - 1)
  const rect = state.layout.panels.find(entry => entry.panel === panel)?.rect
  const height = rect ? Math.max(1, visibleRows(panel, rect)) : keys.length
  const moved = old.top === 0 ? 0 : old.top + index - old.index
  return {key: keys[index]!, index, top: windowTop({top: moved, index, height, length: keys.length})}
}
