import {z} from 'zod'
import {type AgentId, parseAgentId} from '../model/data/ids.ts'
import {THINK_LEVELS} from '../model/data/think-level.ts'

/** `123` or `#123` on a command line. */
export const issueNumber = z
  .string()
  .regex(/^#?[1-9]\d*$/, 'is no issue number like 123 or #123')
  .transform(text => Number(text.replace('#', '')))

/** Any spelling of a slot. */
export const agentName = z.string().transform((text, check): AgentId => {
  const id = parseAgentId(text)
  if (id) return id
  check.addIssue({code: 'custom', message: 'is no agent; name one like agent001'})
  return z.NEVER
})

/** `agent001,a2`: agents with a comma between them. */
export const agentList = z.string().transform((text, check): AgentId[] => {
  const ids = text.split(',').map(name => parseAgentId(name.trim()))
  const known = ids.filter(id => id !== undefined)
  if (known.length === ids.length) return known
  check.addIssue({code: 'custom', message: 'names what is no agent; name them like agent001,agent002'})
  return z.NEVER
})

export const thinkLevel = z.enum(THINK_LEVELS, {error: `is none of ${THINK_LEVELS.join(', ')}`})

export const positiveInteger = z
  .string()
  .regex(/^[1-9]\d*$/, 'is no whole number above 0')
  .transform(Number)

/** `2`, `1,3`; with a slash between questions: `1,2/3`. */
export const optionNumbers = z
  .string()
  .regex(/^[1-9]\d*([,/][1-9]\d*)*$/, 'is no choice like 2, 1,3 or 1/2')
  .transform(text => text.split('/').map(part => part.split(',').map(Number)))

/** `bug,docs`: labels with a comma between them. */
export const labelList = z.string().transform((text, check): string[] => {
  const labels = text
    .split(',')
    .map(label => label.trim())
    .filter(Boolean)
  if (labels.length > 0) return labels
  check.addIssue({code: 'custom', message: 'names no label'})
  return z.NEVER
})

const UNIT_MS: Record<string, number> = {s: 1000, m: 60_000, h: 3_600_000}

/** `90s`, `10m`, `2h` in milliseconds; a bare number counts seconds. */
export const duration = z
  .string()
  .regex(/^\d+(\.\d+)?[smh]?$/, 'is no time like 90s, 10m or 2h')
  .transform(text => Number.parseFloat(text) * (UNIT_MS[text.at(-1)!] ?? 1000))
