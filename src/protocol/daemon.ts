import type {AgentsApi} from './daemon/agents.ts'
import type {HubApi} from './daemon/hub.ts'
import type {LandingApi} from './daemon/landing.ts'
import type {QueueApi} from './daemon/queue.ts'
import type {ReadApi} from './daemon/read.ts'
import type {RecoveryApi} from './daemon/recovery.ts'
import type {ReviewApi} from './daemon/review.ts'
import type {DaemonState} from './daemon/state.ts'
import type {SyncApi} from './daemon/sync.ts'

export type {Answer, Asks} from '../model/agent/asks.ts'
export type {DiffText} from '../model/data/diff.ts'
export type {Discussion} from '../model/data/discussion.ts'
export type {Message} from '../model/data/message.ts'
export type {CleanupItem} from '../model/data/recovery/leftover.ts'
export type {Orphan, RecoverAction} from '../model/data/recovery/orphan.ts'
export type {RescueRow, Restored} from '../model/data/recovery/rescue.ts'
export type {Finding} from '../model/recovery/finding.ts'
export type {Need} from '../model/recovery/needs.ts'
export type {ReviewComment, ReviewDraft, ReviewReader, SentReview} from '../model/review/comments.ts'
export type {ChangedFile, Changes, DiffHunk, DiffLine, DiffOf, FileDiff} from '../model/review/diff.ts'
export type * from './daemon/agents.ts'
export type * from './daemon/hub.ts'
export type * from './daemon/landing.ts'
export type * from './daemon/queue.ts'
export type * from './daemon/read.ts'
export type * from './daemon/recovery.ts'
export type * from './daemon/review.ts'
export type * from './daemon/state.ts'
export type * from './daemon/sync.ts'

/** Every method of the daemon, by topic. */
export type DaemonApi = QueueApi &
  AgentsApi &
  HubApi &
  LandingApi &
  RecoveryApi &
  SyncApi &
  ReviewApi &
  ReadApi & {
    state: {params: Record<string, never>; result: DaemonState}
    refresh: {params: Record<string, never>; result: null}
    shutdown: {params: Record<string, never>; result: null}
  }

export type DaemonTopics = {
  /** The slices that changed. */
  state: Partial<DaemonState>
  /** A failure that the person should see; it is shown as a toast. */
  notice: {level: 'info' | 'warning' | 'error'; text: string; kept?: string; next?: string}
}
