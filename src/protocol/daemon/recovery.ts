import type {Treatment} from '../../model/core/treatment.ts'
import type {AgentId} from '../../model/data/ids.ts'
import type {CleanupItem} from '../../model/data/recovery/leftover.ts'
import type {Orphan, RecoverAction} from '../../model/data/recovery/orphan.ts'
import type {RescueRow, Restored} from '../../model/data/recovery/rescue.ts'
import type {Meant} from '../../model/hub/meant.ts'
import type {Finding} from '../../model/recovery/finding.ts'
import type {Need} from '../../model/recovery/needs.ts'

/** What a reset did, or would do, to a ticket with its claim. `saved` names the rescue ref; null: there was no worktree. */
export type ResetReport = Meant & {agent: AgentId; steps: string[]; saved: string | null; isReady: boolean}

/** A finding with the claim that its issue has; null: none of this daemon. */
export type FoundNow = Finding & {claim: string | null}

/** Methods for orphaned work, contradictions and resets of slots. */
export type RecoveryApi = {
  /** Orphaned work, judged; `all`: with what a person left, older rescues, branches of any name, lost commits. */
  orphans: {params: {all?: boolean}; result: Orphan[]}
  /** What a scan of orphans that runs now is at; null: none runs. */
  scanStep: {params: Record<string, never>; result: {step: string; count: number} | null}
  /**
   * Applies one action to one orphan, named by its kind and name as `orphans` gave them. Whatever is put away is in a
   * rescue ref first. `force`: also where its worth is not certain; calls of one `group` are undone together.
   */
  recover: {
    params: {kind: Orphan['kind']; name: string; action: RecoverAction; force?: boolean; group?: string}
    result: {done: string; pull: number | null; ticket: number | null; kept: string[]}
  }
  rescues: {params: Record<string, never>; result: RescueRow[]}
  /** Writes files of a rescue, and overwrites none; without paths all. `into`: an absolute folder. */
  restore: {
    params: {ref: string; paths: string[]; into: string | null}
    result: {into: string; files: Restored[]}
  }
  /**
   * Undoes a person's last step that took something away. `at`: that of the step that was shown; another is refused.
   * `dryRun`: only says what it was.
   */
  undo: {params: {dryRun?: boolean; at?: string}; result: {what: string; at: string; by: string; done: string[]} | null}
  /**
   * Finds contradictions about one agent, one issue or all. `needs`: what waits for a person, as the header counts it;
   * `unread`: sources that could not be read.
   */
  diagnose: {
    params: {agent?: AgentId; issue?: number}
    result: {findings: FoundNow[]; needs: Need[]; unread: string[]}
  }
  /**
   * Carries out the treatment of one finding if the finding is still true. `shown`: with this treatment and claim and no other.
   * Throws `needs-person`, `finding-moved`.
   */
  cure: {
    params: Pick<Finding, 'pattern' | 'subject'> & {shown?: {treatment: Treatment; claim: string | null}}
    result: {done: string}
  }
  /** Ends an agent, keeps its work in a rescue ref and gives its ticket back. `meant`: this ticket of it and no other; `dryRun`: only lists the steps. */
  reset: {params: {agent: AgentId; meant?: Meant; dryRun?: boolean; group?: string}; result: ResetReport}
  /** What may be removed because its work is on main or saved elsewhere. `objectBytes`: freed at git's next gc. */
  cleanupPlan: {params: Record<string, never>; result: {plan: CleanupItem[]; objectBytes: number}}
  /** Removes one thing of the plan, if it still is one; calls of one `group` are undone together. */
  cleanUp: {
    params: {what: CleanupItem['what']; name: string; group: string}
    result: {done: string; kept: string[]}
  }
}
