import type {AgentId} from '../../model/data/ids.ts'
import type {Strategy} from '../../model/data/show.ts'
import type {Resolution} from '../../model/mirror/manual-changes.ts'
import type {ShownRow} from '../../model/mirror/shown-row.ts'

/** Which tickets to sync, and which side wins; without `strategy`, the configuration decides. */
export type SyncParams = {
  /** Includes issues without a claim. */
  all?: boolean
  agents?: AgentId[]
  tickets?: number[]
  strategy?: Strategy
}

/** A change by hand on GitHub, which side wins, and what is done about it. */
export type SyncRow = Resolution & {claim: string | null; title: string; agent: AgentId | null}

/** Methods for changes that people made by hand on GitHub. */
export type SyncApi = {
  /** Lists changes by hand and what `sync` would do about each; changes nothing. */
  mismatches: {params: SyncParams; result: SyncRow[]}
  /**
   * Resolves changes by hand. `force` rewrites labels, column and assignee of all tickets; `told` lists those tickets. `shown`: a
   * ticket that differs in anything else by now is left as it is, and its rows are in `fresh`.
   */
  sync: {
    params: SyncParams & {force?: boolean; shown?: ShownRow[]}
    result: {rows: SyncRow[]; fresh: SyncRow[]; told: number[]; compared: number}
  }
}
