import type {AgentId} from './ids.ts'
import type {ThinkLevel} from './think-level.ts'
import type {TraceLevel} from './trace-level.ts'

/** A ticket that was asked for. `inOrder`: as the next one, and not by its number. `branch`, `base`: an orphaned branch to resume, and where it left main. */
export type Pop = {
  issue: number
  inOrder?: boolean
  agent?: AgentId
  branch?: string
  base?: string
  think?: ThinkLevel
  trace?: TraceLevel
}
