import type {PaneId} from '../model/data/ids.ts'
import type {LeftBehind, MailItem, PaneInfo, PaneSpec} from '../model/data/pane.ts'

import type {Cursor, PaneModes, Run} from './cells.ts'

/** Data of a pane and its mail, as the host's methods carry them. */
export {ATTENTION, type MailItem, type PaneInfo, type PaneSpec} from '../model/data/pane.ts'

export type ViewId = string

/** The part of a pane that a client wants to see. `offset` counts lines scrolled back from the bottom; 0 is live. */
export type ViewSpec = {view: ViewId; pane: PaneId; cols: number; rows: number; offset: number}

/**
 * A view's newest diff against its acknowledged baseline. `full` drops the baseline: every cell that no run names is
 * blank. The host sends the next frame only after `view.ack` of this `seq`.
 */
export type ViewFrame = {
  view: ViewId
  seq: number
  full: boolean
  cols: number
  rows: number
  runs: readonly Run[]
  cursor: Cursor
  modes: PaneModes
  /** Lines of scrollback above the screen; the largest useful offset. */
  scrollback: number
  offset: number
}

/** Methods of the terminal host, which knows nothing of issues or GitHub. */
export type HostApi = {
  'pane.spawn': {params: PaneSpec; result: PaneInfo}
  'pane.list': {params: Record<string, never>; result: PaneInfo[]}
  /** Counts the characters that each program has written so far. */
  'pane.output': {params: Record<string, never>; result: {pane: PaneId; chars: number}[]}
  /** Adds to the pane's metadata, which its owner wrote. */
  'pane.note': {params: {pane: PaneId; meta: Readonly<Record<string, string>>}; result: null}
  'pane.write': {params: {pane: PaneId; data: string}; result: null}
  'pane.resize': {params: {pane: PaneId; cols: number; rows: number}; result: null}
  'pane.stop': {params: {pane: PaneId; graceMs: number}; result: null}
  'pane.close': {params: {pane: PaneId}; result: null}
  'pane.text': {params: {pane: PaneId; lines: number}; result: string}
  /** Processes of sessions whose programs have ended, and those that they left in their folder. */
  'left.list': {params: {sessions: readonly string[]; folder: string}; result: LeftBehind[]}
  /** Ends them, and gives what they were. */
  'left.end': {params: {sessions: readonly string[]; folder: string; graceMs: number}; result: LeftBehind[]}
  /** Opens or changes a view. The view that was opened or resized last with `own` sets the pane's size. */
  'view.open': {params: ViewSpec & {own: boolean}; result: null}
  'view.ack': {params: {view: ViewId; seq: number}; result: null}
  'view.close': {params: {view: ViewId}; result: null}
  'mail.read': {params: {after: number}; result: MailItem[]}
  'mail.answer': {params: {seq: number; body: unknown}; result: null}
  /**
   * Makes the host supervise the daemon: it starts it now and again after a crash, with back-off and quarantine. With
   * `pid` the daemon runs already, started by an earlier host.
   */
  'daemon.supervise': {
    params: {
      pid?: number
      argv: string[]
      cwd: string
      /** The whole environment. */
      env: Record<string, string>
      /** More variables, which it gets by a pipe. */
      secrets?: Record<string, string>
      /** The file to which its output is appended. */
      log: string
    }
    result: {pid: number}
  }
  'daemon.release': {params: Record<string, never>; result: null}
  /** Ends the host if no pane runs; with `force`, stops them first. */
  'host.shutdown': {params: {force: boolean}; result: {stopped: number}}
}

export type HostTopics = {
  frame: ViewFrame
  pane: PaneInfo
  mail: MailItem
}
