import type {AgentId} from '../data/ids.ts'
import type {Orphan} from '../gateways/git.ts'

/** What is done about a finding; each is safe to repeat, and nothing that an agent made is lost by it. */
export type Treatment =
  /** Takes the labels off that say an agent has the issue, and makes it ready again. */
  | {do: 'clear-labels'; issue: number; remove: readonly string[]}
  /** Looks at the pull request again; one that was merged by hand finishes its ticket. */
  | {do: 'look-at-pull'; issue: number; pull: number}
  /** Ends the process that still has the slot. */
  | {do: 'free-slot'; issue: number; agent: AgentId}
  | {do: 'stop-pane'; pane: string}
  | {do: 'recover'; kind: Orphan['kind']; name: string; action: RecoverAction}
  | {do: 'reset'; issue: number}

export type RecoverAction = 'resume' | 'open-pull' | 'leave'
