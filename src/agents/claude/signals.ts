import * as z from 'zod'
import {safeLine, truncate} from '../../base/text.ts'
import {askedWords} from '../../model/agent/asks.ts'
import {WORKS_IN_BACKGROUND} from '../../model/agent/states.ts'
import type {AgentReport} from '../../model/core/facts.ts'
import {ATTENTION, type MailItem} from '../../model/data/pane.ts'
import {QUESTION_TOOL} from '../../model/data/permission.ts'
import {blockedReason, lastSaid} from '../blocked.ts'

const SHOWN_WIDTH = 200

/** What a hook reports about its agent. */
export type Signal =
  | {type: 'ready'; session: string | null; source: string}
  /** `tool` is null while the agent thinks. `detail` is the tool's argument on one line. */
  | {type: 'busy'; tool: string | null; detail: string}
  | {type: 'waiting'; for: 'permission' | 'question'; tool: string; what: string}
  | {type: 'unblocked'}
  /** `blocked`: why the agent says that it is blocked; null: it does not say so. `said`: what it said last. */
  | {type: 'turn-done'; blocked: string | null; said: string}
  | {type: 'turn-failed'; error: string}
  /** A usage limit, after which the client continues by itself; `until` in the client's words. */
  | {type: 'limited'; until: string}
  | {type: 'ended'; reason: string}
  /** The program calls for a person with these words; their meaning depends on the profile. */
  | {type: 'calls'; words: string}

// Every field may be missing or of another kind: the client's next version must not stop the daemon.
const text = z.string().catch('')
const hook = z.object({
  session_id: z.string().nullable().catch(null),
  source: text,
  tool_name: text,
  tool_input: z.record(z.string(), z.unknown()).catch({}),
  cwd: text,
  notification_type: text,
  message: text,
  error: text,
  error_details: text,
  last_assistant_message: text,
  reason: text,
  text,
  background_tasks: z.array(z.unknown()).catch([]),
})
type Hook = z.infer<typeof hook>
const sessionId = z.uuid()

/** The fields of a tool's input that describe a call, best first. */
const DESCRIBING = ['command', 'file_path', 'notebook_path', 'pattern', 'url', 'query', 'description', 'prompt']

/** Reads the signal in a post to a pane's mailbox; null: it says nothing about the agent's state. Pure. */
export function signalOf(item: Pick<MailItem, 'kind' | 'body'>): Signal | null {
  const parsed = hook.safeParse(item.body)
  if (!parsed.success) return null
  const body = parsed.data
  switch (item.kind) {
    case 'SessionStart':
      return {type: 'ready', session: body.session_id, source: body.source}
    case 'UserPromptSubmit':
      return {type: 'busy', tool: null, detail: ''}
    case 'PreToolUse':
      return {type: 'busy', tool: toolName(body), detail: toolDetail(body)}
    case 'PermissionRequest':
      return waiting(body)
    case 'PostToolUse':
    case 'PostToolUseFailure':
    case 'PostToolBatch':
      return {type: 'unblocked'}
    case 'Notification':
      return notified(body)
    case 'Stop':
      // While background tasks run the turn is not over; another Stop follows them.
      return body.background_tasks.length === 0
        ? turnDone(body.last_assistant_message)
        : {type: 'busy', tool: null, detail: WORKS_IN_BACKGROUND}
    case 'StopFailure': {
      // A limit without an end is reported as a failure that may be tried again.
      const until = body.error === 'rate_limit' ? limitEnd(body) : null
      return until === null
        ? {type: 'turn-failed', error: shown(body.error || 'unknown error')}
        : {type: 'limited', until}
    }
    case 'SessionEnd':
      return {type: 'ended', reason: shown(body.reason)}
    case ATTENTION:
      return body.text === '' ? null : {type: 'calls', words: shown(body.text)}
    default:
      return null
  }
}

/** Turns a post into a report for the decisions; null: it needs none, or the process itself reports it. Pure. */
export function reportOf(item: Pick<MailItem, 'kind' | 'body'>): AgentReport | null {
  const signal = signalOf(item)
  switch (signal?.type) {
    case 'ready':
      // A compacted conversation keeps its state, at work or waiting.
      if (signal.source === 'compact') return null
      // The session goes into the claim, which accepts only a UUID.
      return signal.source === 'clear' && sessionId.safeParse(signal.session).success
        ? {kind: 'cleared', session: signal.session!}
        : {kind: 'ready'}
    case 'busy':
      return {kind: 'busy', activity: signal.tool ?? 'thinking', detail: signal.detail}
    case 'unblocked':
      return {kind: 'busy', activity: 'thinking', detail: ''}
    case 'waiting':
      return {
        kind: 'asks',
        activity: 'asks',
        detail: askedWords({kind: signal.for, tool: signal.tool ?? '', what: signal.what}),
      }
    case 'turn-done':
      return {
        kind: 'turnDone',
        ...(signal.blocked !== null && {blocked: signal.blocked}),
        ...(signal.said !== '' && {said: signal.said}),
      }
    case 'turn-failed':
      return {kind: 'failed', error: signal.error}
    case 'limited':
      return {kind: 'limited', until: signal.until}
    case 'ended':
    case 'calls':
    case undefined:
      return null
  }
}

/** Describes a signal, for `clambake why`. Pure. */
export function signalWords(signal: Signal): string {
  switch (signal.type) {
    case 'ready':
      return `it is ready${signal.source ? ` (${shown(signal.source)})` : ''}`
    case 'busy':
      return [signal.tool ?? 'it thinks', signal.detail].filter(Boolean).join(' ')
    case 'waiting':
      return [`it asks for ${signal.for === 'question' ? 'an answer' : 'permission'}`, signal.tool, signal.what]
        .filter(Boolean)
        .join(' ')
    case 'unblocked':
      return 'a tool is done'
    case 'turn-done':
      return ['its turn is over', signal.blocked ?? signal.said].filter(Boolean).join(': ')
    case 'turn-failed':
      return `its turn failed: ${signal.error}`
    case 'limited':
      return `a usage limit until ${signal.until}`
    case 'ended':
      return `it left${signal.reason ? `: ${signal.reason}` : ''}`
    case 'calls':
      return `it says: ${signal.words}`
  }
}

function turnDone(message: string): Signal {
  const blocked = blockedReason(message)
  return {type: 'turn-done', blocked, said: blocked === null ? lastSaid(message) : ''}
}

function waiting(body: Hook): Signal {
  const tool = toolName(body)
  return {
    type: 'waiting',
    for: tool === QUESTION_TOOL ? 'question' : 'permission',
    tool,
    what: toolDetail(body),
  }
}

function notified(body: Hook): Signal | null {
  switch (body.notification_type) {
    case 'permission_prompt':
      return {type: 'waiting', for: 'permission', tool: '', what: shown(body.message)}
    case 'elicitation_dialog':
      return {type: 'waiting', for: 'question', tool: '', what: shown(body.message)}
    default:
      return null
  }
}

/** The time in `You've hit your session limit · resets 8:31pm (Europe/Berlin)`, as it is written. */
function limitEnd({last_assistant_message: message, error_details: details}: Hook): string | null {
  const found = /\bresets (?:at )?([^·\n(]{1,40})/.exec(`${message}\n${details}`)?.[1]
  return found === undefined ? null : shown(found.trim().replace(/[.,;]$/, ''))
}

function toolName(body: Hook): string {
  // mcp__server__tool
  return shown(body.tool_name.replace(/^mcp__.*?__/, '')) || 'tool'
}

function toolDetail(body: Hook): string {
  const asked = z.array(z.object({question: z.string()})).safeParse(body.tool_input.questions)
  if (asked.success) return shown(asked.data.map(entry => entry.question).join(' · '))
  const value = DESCRIBING.map(name => body.tool_input[name]).find(entry => typeof entry === 'string')
  return shown(typeof value === 'string' ? withinFolder(value, body.cwd) : '')
}

/** Removes the agent's own folder from a path: the end of a path tells files apart. */
function withinFolder(value: string, folder: string): string {
  return folder !== '' && value.startsWith(`${folder}/`) ? value.slice(folder.length + 1) : value
}

function shown(value: string): string {
  return truncate(safeLine(value), SHOWN_WIDTH)
}
