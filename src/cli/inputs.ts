import * as z from 'zod'
import {durationMs} from '../base/duration.ts'
import {type AgentId, parseAgentId} from '../model/data/ids.ts'
import {THINK_LEVELS} from '../model/data/think-level.ts'
import {parseMemoryRef} from '../model/hub/memory/memory.ts'

/** An issue on a command line: `123` or `#123`. */
export const issueNumber = z
  .string()
  .regex(/^#?[1-9]\d{0,8}$/, 'is not an issue number like 123 or #123')
  .transform(text => Number(text.replace('#', '')))

/** The argument that names an agent, for commands whose schema has `agent: agentName`. */
export const agentArgument = {
  key: 'agent',
  name: 'agent',
  required: true,
  description: 'the agent, like agent001, a1 or 1',
} as const

/** The argument for commands that take several agents, whose schema has `agents: z.array(agentName)`. */
export const agentsArgument = {
  key: 'agents',
  name: 'agents...',
  required: false,
  description: 'agents, like agent001, a1 or 1',
} as const

/** An agent in any spelling: `agent001`, `a1`, `1`. */
export const agentName = z.string().transform((text, check): AgentId => {
  const id = parseAgentId(text)
  if (id) return id
  check.addIssue({code: 'custom', message: 'is not an agent; use a name like agent001'})
  return z.NEVER
})

/** Agents with a comma between them: `agent001,a2`. */
export const agentList = z.string().transform((text, check): AgentId[] => {
  const ids = text.split(',').map(name => parseAgentId(name.trim()))
  const known = ids.filter(id => id !== undefined)
  if (known.length === ids.length) return known
  check.addIssue({code: 'custom', message: 'contains a name that is not an agent; use names like agent001,agent002'})
  return z.NEVER
})

export const thinkLevel = z.enum(THINK_LEVELS)

/** More than any count, line or message number that a person means, and less than what loses digits. */
const LARGEST = 999_999_999

export const positiveInteger = z
  .string()
  .regex(/^[1-9]\d*$/, 'is not a whole number above 0')
  .transform(Number)
  .pipe(z.number().max(LARGEST))

/** How many agents run at once. */
export const agentCount = z
  .string()
  .regex(/^(?:[1-9]|1[0-2])$/, 'is not a number from 1 to 12')
  .transform(Number)

/** Options of questions: `2`, `1,3`; with a slash between questions: `1,2/3`. */
export const optionNumbers = z
  .string()
  .regex(/^[1-9]\d*([,/][1-9]\d*)*$/, 'is not a choice like 2, 1,3 or 1/2')
  .transform(text => text.split('/').map(part => part.split(',').map(Number)))

/** Labels with a comma between them: `bug,docs`. */
export const labelList = z.string().transform((text, check): string[] => {
  const labels = text
    .split(',')
    .map(label => label.trim())
    .filter(Boolean)
  if (labels.length > 0) return labels
  check.addIssue({code: 'custom', message: 'contains no label'})
  return z.NEVER
})

/** A time in milliseconds: `90s`, `10m`, `2h`; a bare number is in seconds. */
export const duration = z
  .string()
  .regex(/^\d+(\.\d+)?[smh]?$/, 'is not a time like 90s, 10m or 2h')
  .transform(text => durationMs(text) ?? Number.parseFloat(text) * 1000)
  .refine(ms => ms > 0, 'is no time in which anything could be done')

/** A memory as recall names it: `12`, or `g12` for one of all projects. */
export const memoryName = z.string().transform((text, check) => {
  const parsed = parseMemoryRef(text)
  if (parsed !== null) return parsed.ref
  check.addIssue({code: 'custom', message: 'is not a memory like 12 or g12'})
  return z.NEVER
})

/** A time with its unit, such as `30m`, in milliseconds. */
export const lifetime = z.string().transform((text, check) => {
  const ms = durationMs(text)
  if (ms !== null) return ms
  check.addIssue({code: 'custom', message: 'is not a time such as 90s, 30m or 2h'})
  return z.NEVER
})
