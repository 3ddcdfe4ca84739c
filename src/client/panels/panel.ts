import type {StoredEvent} from '../../model/data/event.ts'
import type {DaemonState, PeerRow, PullRow, TicketRow} from '../../protocol/daemon.ts'
import type {ConflictRow, Subject} from '../state/subject.ts'

/** The rows of each panel. */
export type PanelRows = {issues: TicketRow; pulls: PullRow; conflicts: ConflictRow; events: StoredEvent; peers: PeerRow}
export type Panel = keyof PanelRows

/** One order of a panel's rows. */
export type Order<Row> = {name: string; sort: (rows: readonly Row[]) => readonly Row[]}

/** The slices of the daemon's state that rows can come from. */
export type RowSlice = Exclude<keyof DaemonState, 'header'>

/**
 * A list panel of the left column: where its rows come from and how they are named, found, ordered and used. It sees the
 * slices of `from` only, as its list is made again when one of these changes and at no other slice.
 */
export type PanelSpec<Row, From extends readonly RowSlice[] = readonly RowSlice[]> = {
  /** In the border and in the help: `Pull requests`. */
  name: string
  /** In the tabs of a small terminal: `PRs`. */
  short: string
  /** Height in proportion to the other panels. */
  weight: number
  /** The slices of the daemon's state that the rows are made of. */
  from: From
  rows: (state: Pick<DaemonState, From[number]>) => readonly Row[]
  /** Identity of a row within its list: a selection and a mark hold on to it. */
  keyOf: (row: Row) => string
  /** The text that the words of a filter are looked for in. */
  textOf: (row: Row) => string
  /** The first one is the default. */
  orders: readonly [Order<Row>, ...Order<Row>[]]
  /** What commands act on when the row is selected. */
  subjectOf: (row: Row) => Subject
  /** The ticket that lands when the row is marked; without it, marks of this panel choose nothing to land. */
  landedBy?: (row: Row) => number | null
  /** Lines at the bottom of the panel that hold no rows. */
  bottomLines?: number
  /** Whether it has nothing to show and takes one line, its title, unless it has the keyboard. */
  collapsed?: (state: Pick<DaemonState, From[number]>) => boolean
  /** A selection on the first row stays on the first row when new rows come in above it. */
  followsFirst?: boolean
}
