import * as z from 'zod'
import {safeLine, safeText, truncate, withNumbers} from '../../base/text.ts'
import type {Answer, AskedQuestion, OpenRequest} from '../../model/agent/asks.ts'
import type {MailItem} from '../../model/data/pane.ts'
import {QUESTION_TOOL} from '../../model/data/permission.ts'
import {PLAN_TOOL} from './plans.ts'
import {signalOf} from './signals.ts'

/** A tool's input may hold a whole file; a person does not read more than this before answering. */
const MAX_INPUT = 16_000
const NAME_WIDTH = 200
/** Indents the further lines of a value, so that none of them can look like another field. */
const INDENT = '  '

const question = z.object({
  question: z.string(),
  multiSelect: z.boolean().catch(false),
  options: z.array(z.object({label: z.string(), description: z.string().catch('')})).catch([]),
})
const rule = z.object({toolName: z.string(), ruleContent: z.string().optional()})
/** The one kind of suggestion that is passed on: rules that allow. The others would change the permission mode. */
const suggestion = z.object({
  type: z.literal('addRules'),
  behavior: z.literal('allow'),
  rules: z.array(rule).min(1),
})
/** A call's input; one that is no record is shown whole, so that no call looks as if it had none. */
const toolInput = z
  .unknown()
  .optional()
  .transform(given => z.record(z.string(), z.unknown()).safeParse(given).data ?? (given == null ? {} : {input: given}))
// Every field may be missing or of another kind: the client's next version must not stop the daemon.
const body = z.object({
  agent_id: z.string().catch(''),
  tool_use_id: z.string().catch(''),
  tool_name: z.string().catch(''),
  tool_input: toolInput,
  cwd: z.string().catch(''),
  permission_suggestions: z.array(z.unknown()).catch([]),
})

/** Reads a permission request from a post; null: it is none, or no one waits for its answer. Pure. */
export function requestOf(item: MailItem): OpenRequest | null {
  if (item.kind !== 'PermissionRequest' || !item.reply) return null
  const parsed = body.safeParse(item.body)
  if (!parsed.success) return null
  const {tool_name: tool, tool_input: input, cwd: directory, permission_suggestions: suggestions} = parsed.data
  const signal = signalOf(item)
  const questions = tool === QUESTION_TOOL ? questionsOf(input) : []
  const updates = suggestions.flatMap(entry => {
    const found = suggestion.safeParse(entry)
    return found.success ? [{...found.data, destination: 'session'}] : []
  })
  return {
    pane: item.pane,
    tool,
    input,
    directory,
    what: signal?.type === 'waiting' ? signal.what : '',
    call: callOf(parsed.data),
    by: parsed.data.agent_id,
    updates,
    asks: {
      id: item.seq,
      kind: isAnswerable(questions) ? 'question' : 'permission',
      tool: truncate(safeLine(tool), NAME_WIDTH) || 'tool',
      input: inputText(input),
      directory: safeLine(directory),
      since: item.at,
      rule: updates.length === 0 ? null : safeLine(updates.flatMap(({rules}) => rules.map(ruleText)).join(', ')),
      questions: isAnswerable(questions) ? questions.map(safeQuestion) : [],
    },
  }
}

/** Reads the tool call that is about to begin, which a request names only by its input; null: none begins. Pure. */
export function beginningOf(item: Pick<MailItem, 'kind' | 'body'>): {call: string; toolUse: string} | null {
  const parsed = item.kind === 'PreToolUse' ? body.safeParse(item.body).data : undefined
  return parsed ? {call: callOf(parsed), toolUse: parsed.tool_use_id} : null
}

/** The tool call that has ended; empty: the post names none. Pure. */
export function endedCall({kind, body: posted}: Pick<MailItem, 'kind' | 'body'>): string {
  return kind === 'PostToolUse' || kind === 'PostToolUseFailure' ? (body.safeParse(posted).data?.tool_use_id ?? '') : ''
}

const notification = z.object({notification_type: z.literal('permission_prompt')})

/** Whether the client reminds of a request that its terminal shows, in words that name none. Pure. */
export function isReminder({kind, body: posted}: Pick<MailItem, 'kind' | 'body'>): boolean {
  return kind === 'Notification' && notification.safeParse(posted).success
}

/** The id of the subagent that posted; empty: the agent itself. Pure. */
export function authorOf({body: posted}: Pick<MailItem, 'body'>): string {
  return body.safeParse(posted).data?.agent_id ?? ''
}

/** Names a call, equal for the same tool with exactly the same input in the same folder. */
export function callOf({
  tool_name: tool,
  tool_input: input,
  cwd,
}: Pick<z.infer<typeof body>, 'tool_name' | 'tool_input' | 'cwd'>): string {
  return JSON.stringify([tool, cwd, sorted(input)])
}

type AnsweredRequest = Pick<OpenRequest, 'tool' | 'input' | 'updates'>

/**
 * Builds the hook's answer in the client's format. A chosen answer needs a question for each choice and an option for
 * each number; `choicesFit` checks that first.
 */
export function permissionAnswer(answer: Answer, request?: AnsweredRequest): unknown {
  return {hookSpecificOutput: {hookEventName: 'PermissionRequest', decision: decision(answer, request)}}
}

function decision(answer: Answer, request?: AnsweredRequest): Record<string, unknown> {
  switch (answer.kind) {
    case 'allow':
      return {behavior: 'allow', ...itsInput(request)}
    case 'always': {
      const updates = request?.updates ?? []
      return {behavior: 'allow', ...itsInput(request), ...(updates.length === 0 ? {} : {updatedPermissions: updates})}
    }
    case 'deny':
      return {behavior: 'deny', ...(answer.message === undefined ? {} : {message: answer.message})}
    case 'choose': {
      const input = request?.input ?? {}
      const answers = questionsOf(input).map(({question: text, options}, index): [string, string] => [
        text,
        (answer.choices[index] ?? []).map(number => options[number - 1]?.label ?? '').join(', '),
      ])
      return {behavior: 'allow', updatedInput: {...input, answers: Object.fromEntries(answers)}}
    }
  }
}

/** The input that a client in plan mode wants back with a yes, or it ignores it. */
function itsInput(request: AnsweredRequest | undefined): {updatedInput?: OpenRequest['input']} {
  return request?.tool === PLAN_TOOL ? {updatedInput: request.input} : {}
}

/** Shows the plan in a request that asks whether it is good. */
export function withPlan(request: OpenRequest, plan: string | undefined): OpenRequest {
  if (request.tool !== PLAN_TOOL || typeof request.input.plan === 'string') return request
  const input = inputText({...request.input, plan: plan ?? 'its text is only in its terminal'})
  return {...request, asks: {...request.asks, input}}
}

/** Whether each question has a choice: one option, or at least one where several may be chosen. */
export function choicesFit(questions: readonly AskedQuestion[], choices: readonly (readonly number[])[]): boolean {
  return (
    questions.length > 0 &&
    questions.length === choices.length &&
    questions.every(({options, multiSelect}, index) => {
      const chosen = choices[index]!
      const exist = chosen.every(number => Number.isInteger(number) && number >= 1 && number <= options.length)
      return exist && chosen.length >= 1 && (multiSelect || chosen.length === 1)
    })
  )
}

function questionsOf(input: Readonly<Record<string, unknown>>): AskedQuestion[] {
  const found = z.array(question).safeParse(input.questions)
  return found.success ? found.data : []
}

/** Whether a question can be answered from here; one without options is answered in the agent's terminal. */
function isAnswerable(questions: readonly AskedQuestion[]): boolean {
  return questions.length > 0 && questions.every(({options}) => options.length > 0)
}

function safeQuestion({question: text, multiSelect, options}: AskedQuestion): AskedQuestion {
  return {
    question: safeLine(text),
    multiSelect,
    options: options.map(({label, description}) => ({label: safeLine(label), description: safeLine(description)})),
  }
}

function ruleText({toolName, ruleContent}: z.infer<typeof rule>): string {
  return ruleContent === undefined ? toolName : `${toolName}(${ruleContent})`
}

/** Writes each field as `name: value`. It says how much is cut off, since that would be allowed unread. */
function inputText(input: Readonly<Record<string, unknown>>): string {
  const text = Object.entries(input)
    .map(([name, value]) => {
      const shown = typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? '')
      const lines = safeText(withVisibleControls(shown)).replaceAll('\t', INDENT).split('\n')
      const [first = '', ...rest] = lines.length > 1 ? ['', ...lines] : lines
      return [`${safeLine(name)}: ${first}`.trimEnd(), ...rest.map(line => INDENT + line)].join('\n')
    })
    .join('\n')
  const over = text.length - MAX_INPUT
  return over <= 0 ? text : `${text.slice(0, MAX_INPUT)}\n… and ${over} more characters that are not shown here`
}

/** Writes control characters out, and those that are not seen: removing them would hide a part of the command. */
function withVisibleControls(text: string): string {
  return withNumbers(text)
    .replaceAll('\r\n', '\n')
    .replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, char => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`)
}

/** Sorts the keys of every object. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, entry]): [string, unknown] => [key, sorted(entry)])
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)))
}
