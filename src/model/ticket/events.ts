import type {Failure} from '../data/assignment.ts'
import type {AgentId} from '../data/ids.ts'
import type {Pull} from '../data/pull.ts'
import type {WorkState} from '../gateways/git.ts'

export type TicketEvent =
  | {type: 'claimed'; at: number; base: string; session: string; branch?: string | undefined}
  | {type: 'claimLost'; at: number; reason: string}
  | {type: 'prepared'; at: number; worktree: string}
  | {type: 'setUp'; at: number}
  | {type: 'started'; at: number; session?: string | undefined}
  | {type: 'turnDone'; at: number}
  /** Its turn is over, and it says that it cannot go on. */
  | {type: 'gaveUp'; at: number; reason: string}
  | {type: 'exited'; at: number}
  | {type: 'bottle'; at: number}
  | {type: 'inspected'; at: number; work: WorkState}
  /** `head` passed all commands, or one failed. */
  | {type: 'verified'; at: number; head: string; failure: Failure | null}
  | {type: 'bottled'; at: number; head: string}
  /** The agent committed on before its work was verified or pushed. */
  | {type: 'headMoved'; at: number}
  | {type: 'land'; at: number}
  | {type: 'opened'; at: number; pull: number}
  | {type: 'pullSeen'; at: number; pull: Pull; noChecksIsGreen: boolean; conflicts: readonly string[]}
  | {type: 'checksLate'; at: number; reason: string}
  | {type: 'look'; at: number; epoch: number}
  | {type: 'merge'; at: number}
  | {type: 'mergedNow'; at: number; commit: string}
  | {type: 'mergeRefused'; at: number; reason: string}
  | {type: 'landingBusy'; at: number}
  | {type: 'finished'; at: number}
  | {type: 'assign'; at: number; agent: AgentId}
  | {type: 'retry'; at: number}
  | {type: 'stop'; at: number; reason: string}
  /** Its agent is ended for now; the ticket goes on when agents may be started again. */
  | {type: 'park'; at: number; reason: string}
  /** It is given back. */
  | {type: 'reset'; at: number; reason: string}
  | {type: 'failed'; at: number; reason: string; lost: boolean}
