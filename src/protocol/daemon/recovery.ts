import type {RecoverAction} from '../../model/core/treatment.ts'
import type {AgentId} from '../../model/data/ids.ts'
import type {Orphan} from '../../model/gateways/git.ts'
import type {Finding} from '../../model/recovery/finding.ts'
import type {Need} from '../../model/recovery/needs.ts'

/** What a reset did. `saved` names the rescue ref; null: there was no worktree. */
export type ResetReport = {agent: AgentId; ticket: number; steps: string[]; saved: string | null; isReady: boolean}

/** Methods for orphaned work, contradictions and resets of slots. */
export type RecoveryApi = {
  orphans: {params: Record<string, never>; result: Orphan[]}
  /** Applies one action to one orphan, named by its kind and name as `orphans` gave them; deletes nothing. */
  recover: {
    params: {kind: Orphan['kind']; name: string; action: RecoverAction}
    result: {done: string; pull: number | null; ticket: number | null}
  }
  /**
   * Finds contradictions about one agent, one issue or all. `needs`: what waits for a person, as the header counts it;
   * `unread`: sources that could not be read.
   */
  diagnose: {
    params: {agent?: AgentId; issue?: number}
    result: {findings: Finding[]; needs: Need[]; unread: string[]}
  }
  /** Carries out the treatment of one finding if the finding is still true. */
  cure: {params: Pick<Finding, 'pattern' | 'subject'>; result: {done: string}}
  /** Ends an agent, keeps its work in a rescue ref and gives its ticket back. `dryRun`: only lists the steps. */
  reset: {params: {agent: AgentId; dryRun?: boolean}; result: ResetReport}
  /** Lists worktrees and branches that could be removed because their work is on main; removes nothing. */
  cleanupPlan: {
    params: Record<string, never>
    result: {what: 'worktree' | 'branch' | 'claim' | 'rescue'; name: string; reason: string}[]
  }
}
