import * as z from 'zod'
import type {AgentReport} from '../../model/core/facts.ts'
import type {PaneId} from '../../model/data/ids.ts'
import type {MailItem} from '../../model/data/pane.ts'
import {reportOf} from './signals.ts'

/** Ids are kept as long as a tool runs; a longer one is cut. */
const LONGEST_ID = 200
const id = z
  .string()
  .catch('')
  .transform(text => text.slice(0, LONGEST_ID))
const hook = z.object({
  tool_use_id: id,
  agent_id: id,
  prompt_id: id,
  prompt: z.string().catch(''),
})
/** A tool that has begun and has not ended: of which turn and subagent, and how it is shown. */
type Running = {toolUse: string; by: string; turn: string; shown: AgentReport}

const ENDS = ['PostToolUse', 'PostToolUseFailure']
/** As many are remembered of a pane: a client runs a few at a time, and an agent can post beginnings without end. */
const MOST = 200
/** After these nothing of the same agent or subagent runs. */
const ENDS_ALL = ['PostToolBatch', 'Stop', 'StopFailure', 'SessionStart']
/** The client's own news that a task in the background ended, posted as a prompt. */
const NEWS = /^\s*<(?:task-notification|system-reminder)\b/

/** Whether a post is the client's news of a task, and no prompt. Pure. */
export function isNews({kind, body}: Pick<MailItem, 'kind' | 'body'>): boolean {
  return kind === 'UserPromptSubmit' && NEWS.test(hook.safeParse(body).data?.prompt ?? '')
}

/** Knows which tools run, so that neither the end of another tool nor a queued message hides one. */
export function createRunningTools() {
  const running = new Map<PaneId, readonly Running[]>()
  return {
    /** Reads the report of a post, as `reportOf` does, beside what still runs. */
    take(item: MailItem): AgentReport | null {
      const report = reportOf(item)
      const parsed = hook.safeParse(item.body)
      if (!parsed.success) return report
      const {tool_use_id: toolUse, agent_id: by, prompt_id: turn} = parsed.data
      const before = running.get(item.pane) ?? []
      if (item.kind === 'PreToolUse' && report) {
        // Tools of an earlier turn were interrupted, which no hook says.
        const others = before.filter(tool => tool.toolUse !== toolUse && (tool.by !== by || tool.turn === turn))
        running.set(item.pane, [...others, {toolUse, by, turn, shown: report}].slice(-MOST))
        return report
      }
      const left = ENDS.includes(item.kind)
        ? before.filter(tool => tool.toolUse !== toolUse)
        : ENDS_ALL.includes(item.kind)
          ? before.filter(tool => tool.by !== by)
          : before
      running.set(item.pane, left)
      const saysOnlyBusy = report?.kind === 'busy' && (item.kind === 'UserPromptSubmit' || item.kind.startsWith('Post'))
      return saysOnlyBusy ? (left.at(-1)?.shown ?? report) : report
    },
    /** Forgets what ran: the pane was closed, or its agent was interrupted. */
    forget: (pane: PaneId) => void running.delete(pane),
  }
}
