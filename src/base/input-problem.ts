import type * as z from 'zod'

/** What is wrong with a value, by a schema's issue, as words to follow it: `is not one of merge, squash, rebase`. */
export function inputProblem(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_value':
      return `is not one of ${issue.values.join(', ')}`
    case 'too_big':
      return issue.origin === 'string' ? `has more than ${issue.maximum} characters` : `is more than ${issue.maximum}`
    case 'too_small':
      if (issue.origin !== 'string') return `is less than ${issue.minimum}`
      return issue.minimum === 1 ? 'is empty' : `has fewer than ${issue.minimum} characters`
    case 'invalid_union':
      return inputProblem(issue.errors.map(([first]) => first).find(isAboutText) ?? NO_VALUE)
    case 'invalid_type':
      return WRONG_TYPE[issue.expected] ?? 'is not a value that it takes'
    default:
      return issue.message
  }
}

/** Whether an alternative failed for its text. An option whose value may be left out has `true` as another alternative. */
function isAboutText(issue: z.core.$ZodIssue | undefined): issue is z.core.$ZodIssue {
  return (
    issue !== undefined &&
    issue.code !== 'invalid_type' &&
    !(issue.code === 'invalid_value' && issue.values[0] === true)
  )
}

const WRONG_TYPE: Readonly<Record<string, string>> = {number: 'is not a number', int: 'is not a whole number'}
const NO_VALUE: z.core.$ZodIssue = {code: 'custom', message: 'is not a value that it takes', path: [], input: undefined}
