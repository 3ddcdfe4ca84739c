import type {Client} from '../../src/client/client.ts'
import {createKeymap} from '../../src/client/keys/keymap.ts'
import type {FrameListener} from '../../src/client/panes/pane-views.ts'
import {createClientStore} from '../../src/client/state/store.ts'
import type {Key} from '../../src/client/state/types.ts'
import {daemonSaid, detach, focusPane, resized} from '../../src/client/state/update.ts'
import type {AgentId, PaneId} from '../../src/model/data/ids.ts'
import type {PaneModes, Run} from '../../src/protocol/cells.ts'
import type {AgentRow} from '../../src/protocol/daemon.ts'

export const NO_MODES: PaneModes = {
  applicationCursor: false,
  bracketedPaste: false,
  mouse: 'none',
  focusEvents: false,
  alternateScreen: false,
}

const PLAIN = {fg: -1, bg: -1, attrs: 0}

/** Runs of plain text, one for each line. */
export function plainRuns(...lines: string[]): Run[] {
  return lines.map((text, row) => ({row, col: 0, width: text.length, style: PLAIN, text}))
}

export type FakeClient = Client & {
  /** What the router did: keys of ours, bytes for programs, lines scrolled. */
  readonly pressed: Key[]
  readonly typed: {pane: PaneId; data: string}[]
  readonly clicks: {row: number; col: number}[]
  readonly scrolled: {pane: PaneId; lines: number}[]
  readonly notices: {text: string; kept?: string | undefined}[]
  frame(pane: PaneId, lines: readonly string[], more?: {full?: boolean; modes?: Partial<PaneModes>}): void
}

/** The real store, keymap and layout with nobody behind them: agents `a`, `b`… each with a pane of that name. */
export function fakeClient(options: {cols: number; rows: number; panes?: readonly PaneId[]}): FakeClient {
  const {cols, rows, panes = []} = options
  const store = createClientStore({now: 0, cols, rows})
  store.apply(daemonSaid({agents: panes.map(agentWith)}))
  const listeners = new Set<FrameListener>()
  const client: FakeClient = {
    store,
    keymap: createKeymap(),
    pressed: [],
    typed: [],
    scrolled: [],
    clicks: [],
    notices: [],
    notify: message => client.notices.push(message),
    views: {
      onFrame(listener) {
        listeners.add(listener)
        return {[Symbol.dispose]: () => listeners.delete(listener)}
      },
    },
    press(key) {
      client.pressed.push(key)
      if (client.keymap.matches('agent.detach', key)) store.apply(detach)
    },
    type: (pane, data) => client.typed.push({pane, data}),
    run(command) {
      const {focus} = store.getState().ui
      if (command === 'agent.attach' && focus.place === 'pane') store.apply(focusPane(focus.pane, {attached: true}))
    },
    resize: (cols, rows) => store.apply(resized({cols, rows})),
    scroll: (pane, lines) => client.scrolled.push({pane, lines}),
    setShown: () => {},
    click: at => client.clicks.push(at),
    idle: () => Promise.resolve(),
    frame(pane, lines, {full = true, modes = {}} = {}) {
      const inner = store.getState().layout.panes.find(slot => slot.pane === pane)?.inner
      const frame = {
        view: `view-${pane}`,
        seq: 1,
        full,
        cols: inner?.width ?? 0,
        rows: inner?.height ?? 0,
        runs: plainRuns(...lines),
        cursor: {row: lines.length - 1, col: lines.at(-1)?.length ?? 0, shape: 'block' as const},
        modes: {...NO_MODES, ...modes},
        scrollback: 100,
        offset: 0,
      }
      for (const listener of listeners) listener(pane, frame)
    },
    [Symbol.dispose]: () => listeners.clear(),
  }
  return client
}

function agentWith(pane: PaneId, index: number): AgentRow {
  return {
    agent: `agent00${index + 1}` as AgentId,
    state: 'working',
    activity: 'Edit',
    doing: '',
    asks: null,
    since: 0,
    ticket: null,
    claim: null,
    title: null,
    ticketCost: null,
    pane,
    said: [],
  }
}
