import type {AgentId} from '../../model/data/ids.ts'
import type {LoadBalance} from '../../model/data/load-balance.ts'
import type {ThinkLevel} from '../../model/data/think-level.ts'
import type {TraceLevel} from '../../model/data/trace-level.ts'
import type {RouteFilter, RouteRow} from '../../model/routing/select.ts'

/** The cost of a decision: milliseconds and calls of GitHub's API, with those of a fresh look if one was needed. */
export type Decided = {ms: number; calls: number}

/** The report of `--once`. */
export type PassReport = {
  merged: readonly number[]
  skipped: readonly {number: number; reason: string}[]
  needsHuman: readonly {number: number; reason: string}[]
  /** Why nothing landed, and how landing continues; null: landing is not halted. */
  halted: string | null
  agents: number
  /** Agents' commits that no ref holds. Always empty; anything else is a defect. */
  lost: readonly string[]
  apiCalls: number
  durationMs: number
}

/** Methods that choose and claim issues. */
export type QueueApi = {
  /**
   * Starts an agent on one ticket (`issue`) or the next in order; `mine`: of those assigned to the token's user. An issue
   * that is for a person, of a stranger, blocked or waiting is refused with `gated` unless `force` is given, or `over`: the refusal that
   * a person was shown and passes over, and no other. `passed` says what was passed over, `taken` why this one is the next.
   */
  pop: {
    params: {issue?: number; mine?: boolean; think?: ThinkLevel; force?: boolean; over?: string}
    result: {ticket: number; title: string; agent: AgentId; branch: string; taken?: string; passed?: readonly string[]}
  }
  /** Gives the order of the queue with reasons. `gate`: the first reason that holds an issue back. */
  peek: {
    params: {limit: number}
    result: {
      queue: {number: number; title: string; reasons: string[]; gate: string | null}[]
      decided: Decided
    }
  }
  /** Claims up to `max` tickets that pass the filter. `order` says why each open issue was chosen or held back. */
  route: {
    params: RouteFilter & {
      max?: number
      dryRun?: boolean
      think?: ThinkLevel
      /** How many agents may work afterwards, including those that work already. */
      maxConcurrent?: number
      balance?: LoadBalance
      /** Asks GitHub again which issues are open, and for each dependency that it does not list as open. */
      checkDependencies?: boolean
      trace?: TraceLevel
    }
    result: {
      claimed: {ticket: number; agent: AgentId; taken?: string}[]
      refused: {ticket: number; reason: string}[]
      order: RouteRow[]
      decided: Decided
    }
  }
  /** Does one whole pass; resolves when all agents have ended and everything has landed or needs a person. */
  pass: {params: {agents: boolean; timeoutMs: number | null}; result: PassReport}
}
