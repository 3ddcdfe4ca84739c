import type {PaneId} from '../model/data/ids.ts'
import type {MailItem, PaneInfo, PaneSpec} from '../model/gateways/host.ts'
import type {Cursor, PaneModes, Run} from './cells.ts'

export type ViewId = string

/** What a client wants to see of a pane. `offset` counts lines scrolled back from the bottom, 0 is live. */
export type ViewSpec = {view: ViewId; pane: PaneId; cols: number; rows: number; offset: number}

/**
 * The newest diff of a view against its acknowledged baseline. `full` means: forget the baseline, all cells that no
 * run names are blank. The host sends the next frame only after `view.ack` of this `seq`.
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

/** Methods of the terminal host. It knows nothing of issues or GitHub. */
export type HostApi = {
  'pane.spawn': {params: PaneSpec; result: PaneInfo}
  'pane.list': {params: Record<string, never>; result: PaneInfo[]}
  /** Characters that each program has written so far. */
  'pane.output': {params: Record<string, never>; result: {pane: PaneId; chars: number}[]}
  /** Adds to what the pane's owner wrote of it. */
  'pane.note': {params: {pane: PaneId; meta: Readonly<Record<string, string>>}; result: null}
  'pane.write': {params: {pane: PaneId; data: string}; result: null}
  'pane.resize': {params: {pane: PaneId; cols: number; rows: number}; result: null}
  'pane.stop': {params: {pane: PaneId; graceMs: number}; result: null}
  'pane.close': {params: {pane: PaneId}; result: null}
  'pane.text': {params: {pane: PaneId; lines: number}; result: string}
  /** Opens or changes a view; the size owner is the view that was opened or resized last with `own`. */
  'view.open': {params: ViewSpec & {own: boolean}; result: null}
  'view.ack': {params: {view: ViewId; seq: number}; result: null}
  'view.close': {params: {view: ViewId}; result: null}
  'mail.read': {params: {after: number}; result: MailItem[]}
  'mail.answer': {params: {seq: number; body: unknown}; result: null}
  /**
   * Makes the daemon the host's charge: started now, again after a crash, with back-off and quarantine. With `pid` it
   * runs already, from the time of another host.
   */
  'daemon.supervise': {
    params: {
      pid?: number
      argv: string[]
      cwd: string
      /** The whole environment. */
      env: Record<string, string>
      /** File that its output is appended to. */
      log: string
    }
    result: {pid: number}
  }
  'daemon.release': {params: Record<string, never>; result: null}
  /** Ends the host when no pane runs, or with `force` stops them first. */
  'host.shutdown': {params: {force: boolean}; result: {stopped: number}}
}

export type HostTopics = {
  frame: ViewFrame
  pane: PaneInfo
  mail: MailItem
}
