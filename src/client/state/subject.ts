import type {StoredEvent} from '../../model/data/event.ts'
import type {AgentId} from '../../model/data/ids.ts'
import type {DaemonState, Discussion, Message, PullDetail, TicketRow, WhyAnswer} from '../../protocol/daemon.ts'

export type ConflictRow = DaemonState['conflicts'][number]

/** What commands and detail views are about. Events and conflicts come and go in the state, so they are held whole. */
export type Subject =
  | {kind: 'issue'; number: number}
  | {kind: 'pull'; number: number}
  | {kind: 'agent'; agent: AgentId}
  | {kind: 'conflict'; conflict: ConflictRow}
  | {kind: 'event'; event: StoredEvent}

/** What a detail view shows, as it was when it was opened. */
export type Detail =
  | {kind: 'issue'; issue: Discussion; row: TicketRow | null}
  | {kind: 'pull'; pull: PullDetail}
  | {kind: 'agent'; why: WhyAnswer; messages: readonly Message[]; history: readonly StoredEvent[]}
  | {kind: 'conflict'; conflict: ConflictRow}
  | {kind: 'event'; event: StoredEvent}
