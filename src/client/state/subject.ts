import type {StoredEvent} from '../../model/data/event.ts'
import type {AgentId} from '../../model/data/ids.ts'
import type {Places} from '../../model/radar/hunks.ts'
import type {
  DaemonState,
  HeldRow,
  IssueDetail,
  MailRow,
  Message,
  PeerRow,
  PullDetail,
  PullRow,
  TicketRow,
  WhyAnswer,
} from '../../protocol/daemon.ts'

export type ConflictRow = DaemonState['conflicts'][number]

/** The thing that commands and detail views are about. Events, conflicts and sessions leave the state, so they are held whole. */
export type Subject =
  | {kind: 'issue'; number: number}
  | {kind: 'pull'; number: number}
  | {kind: 'agent'; agent: AgentId}
  | {kind: 'conflict'; conflict: ConflictRow}
  | {kind: 'event'; event: StoredEvent}
  | {kind: 'peer'; peer: PeerRow}

/** The content of a detail view, as it was when the view was opened. */
export type Detail =
  | {kind: 'issue'; issue: IssueDetail; row: TicketRow | null; why: WhyAnswer['facts']}
  | {kind: 'pull'; pull: PullDetail; row: PullRow | null}
  | {kind: 'agent'; why: WhyAnswer; messages: readonly Message[]; history: readonly StoredEvent[]}
  | ({kind: 'conflict'; conflict: ConflictRow} & Places)
  | {kind: 'event'; event: StoredEvent}
  /** `at`: when it was asked for. */
  | {kind: 'peer'; peer: PeerRow; held: readonly HeldRow[]; mail: readonly MailRow[]; at: number}
