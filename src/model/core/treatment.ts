import type {AgentId} from '../data/ids.ts'
import type {Orphan, RecoverAction} from '../data/recovery/orphan.ts'

/** A cure of a finding. Each is safe to repeat, and loses nothing that an agent made. */
export type Treatment =
  /** Removes the labels that name an agent, and makes the issue ready again. */
  | {do: 'clear-labels'; issue: number; remove: readonly string[]}
  /** Looks at the pull request again; one that was merged by hand finishes its ticket. */
  | {do: 'look-at-pull'; issue: number; pull: number}
  /** Ends the process that still has the slot. */
  | {do: 'free-slot'; issue: number; agent: AgentId}
  /** Looks at the work of a ticket whose agent has no process, as after any end of it. */
  | {do: 'note-end'; issue: number; agent: AgentId}
  | {do: 'stop-pane'; pane: string}
  /** Ends what an agent that has ended left running in its worktree. */
  | {do: 'end-left'; issue: number | null; worktree: string}
  | {do: 'recover'; kind: Orphan['kind']; name: string; action: RecoverAction}
  | {do: 'reset'; issue: number}
