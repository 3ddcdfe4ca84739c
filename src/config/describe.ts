import type * as z from 'zod'
import {redact} from '../base/redact.ts'

export type Issue = z.core.$ZodIssue

/** The value at a path of plain data. */
export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  )
}

const KINDS: Record<string, string> = {
  string: 'text in quotes',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list in brackets',
  object: 'a table',
  record: 'a table',
}

/** What a schema expects, as words to follow `must be`. */
export function expected(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return KINDS[issue.expected] ?? issue.expected
    case 'invalid_value':
      return `one of ${issue.values.map(value => JSON.stringify(value)).join(', ')}`
    case 'too_small':
      if (issue.origin === 'string') return 'text that is not empty'
      return issue.origin === 'array'
        ? `a list of ${issue.minimum} or more entries`
        : `${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`
    case 'too_big':
      if (issue.origin === 'string') return `text of at most ${issue.maximum} characters`
      return issue.origin === 'array' ? `a list of at most ${issue.maximum} entries` : `at most ${issue.maximum}`
    case 'invalid_format':
      return issue.message
    case 'invalid_key':
      return `under ${issue.issues[0]?.message}`
    default:
      return issue.message
  }
}

/** A wrong value as the person wrote it, without secrets in it. */
export function shown(value: unknown): string {
  return redact(shownWhole(value))
}

function shownWhole(value: unknown): string {
  if (Array.isArray(value)) return `the list ${JSON.stringify(value)}`
  if (value instanceof Date) return `the date ${value.toISOString()}`
  if (typeof value === 'object' && value !== null) return 'a table'
  return value === undefined ? 'nothing' : JSON.stringify(value)
}
