import type {AgentId} from './ids.ts'
import type {ThinkLevel} from './think-level.ts'
import type {TraceLevel} from './trace-level.ts'

/** A ticket that somebody asked for; an orphaned branch is gone on with from where it left main. */
export type Pop = {
  issue: number
  agent?: AgentId
  branch?: string
  base?: string
  think?: ThinkLevel
  trace?: TraceLevel
}
