import {relative, resolve} from 'node:path'
import * as z from 'zod'
import {safeLine, truncate} from '../../base/text.ts'
import type {OpenRequest} from '../../model/agent/asks.ts'
import type {MailItem} from '../../model/data/pane.ts'
import type {ToolCall} from '../../model/hub/holds/call.ts'
import type {ConflictSide} from '../../model/radar/conflict.ts'
import {callOf} from './requests.ts'

/** The kind of the post by which Claude asks before it edits a file, or uses another tool that may be held. */
export const BEFORE_EDIT = 'BeforeEdit'
/** The client's tools that write a file, as a matcher of hooks. */
export const EDITING_TOOLS = ['Edit', 'Write', 'MultiEdit', 'NotebookEdit'] as const
/** All tools by which something can be used that another session holds. */
export const HOLDABLE_TOOLS = ['Bash', ...EDITING_TOOLS, 'mcp__.*'] as const

const PATH_WIDTH = 200
/** More sides than this are counted instead of named. */
const NAMED = 3
/** Names that Clambake itself gives. A branch or a folder may be called anything, and an agent would read it. */
const OWN_NAME = /^(?:#|PR )\d+$/

// Every field may be missing or of another kind: the client's next version must not stop the daemon.
const text = z.string().catch('')
const body = z.object({
  tool_name: text,
  tool_input: z.record(z.string(), z.unknown()).catch({}),
  cwd: text,
})

/** A call that edits a file; `path`: within its agent's worktree. */
export type Edit = {call: string; path: string}

/** Reads the edit in a post of an agent that works in `worktree`; null: it edits no file there. Reads no disk. Pure. */
export function editOf(item: Pick<MailItem, 'body'>, worktree: string): Edit | null {
  const posted = body.safeParse(item.body).data
  if (!posted || !EDITING_TOOLS.some(tool => tool === posted.tool_name)) return null
  const {file_path: file, notebook_path: notebook} = posted.tool_input
  const named = [file, notebook].find(path => typeof path === 'string' && path !== '')
  if (typeof named !== 'string') return null
  const path = relative(worktree, resolve(posted.cwd || worktree, named))
  return path === '' || path.startsWith('..') ? null : {call: callOf(posted), path}
}

/** The call in a post of an agent that works in `worktree`, as it is looked at before it is made. Pure. */
export function toolCallOf(item: Pick<MailItem, 'body'>, worktree: string): {call: string; toolCall: ToolCall} | null {
  const posted = body.safeParse(item.body).data
  if (!posted || posted.tool_name === '') return null
  const toolCall = {
    tool: posted.tool_name,
    input: posted.tool_input,
    directory: posted.cwd || worktree,
    root: worktree,
  }
  return {call: callOf(posted), toolCall}
}

/** What an agent and its person should know before the edit. Pure. */
export function editWarning({path}: Edit, others: readonly ConflictSide[]): string {
  const names = [
    ...new Set(others.map(({label}) => (OWN_NAME.test(label) ? label : 'a worktree of yours or of others'))),
  ]
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : ''
  const has = names.length > 1 ? 'have' : 'has'
  const who = `${names.slice(0, NAMED).join(', ')}${more}`
  return `${who} ${has} changed ${truncate(safeLine(path), PATH_WIDTH)} too, and ${has} not landed yet: what lands second may conflict.`
}

/** The hook's answer that goes to the agent beside the call. */
export function warnAnswer(warning: string): unknown {
  const advice = 'Keep your change there as small as your task allows, and do not repeat what the other one does.'
  return {hookSpecificOutput: {hookEventName: 'PreToolUse', additionalContext: `${warning} ${advice}`}}
}

/** The hook's answer that makes the client ask for a permission. */
export function askAnswer(warning: string): unknown {
  return {
    hookSpecificOutput: {
      hookEventName: 'PreToolUse',
      permissionDecision: 'ask',
      permissionDecisionReason: warning,
    },
  }
}

/** The hook's answer by which the client does not make the call, and the agent is told why. */
export function denyAnswer(reason: string): unknown {
  return {
    hookSpecificOutput: {
      hookEventName: 'PreToolUse',
      permissionDecision: 'deny',
      permissionDecisionReason: reason,
    },
  }
}

/** The hook's answer to which the client does what it would do without the hook. */
export const NO_OBJECTION = {}

/** Shows in a request why it is asked, above the tool's input. */
export function withWarning(request: OpenRequest, warning: string | null): OpenRequest {
  if (warning === null) return request
  return {...request, asks: {...request.asks, input: `asked because: ${warning}\n${request.asks.input}`}}
}
