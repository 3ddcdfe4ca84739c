import type * as z from 'zod'
import {ClambakeError} from '../base/errors.ts'
import {inputProblem} from '../base/input-problem.ts'

/** Checks a call's parameters by the method's schema. Throws `bad-params`, which names the wrong field. */
export function checkParams<T>(schema: z.ZodType<T>, method: string, params: unknown): T {
  const parsed = schema.safeParse(params)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const field = issue?.path.join('.') || 'what was given'
  throw new ClambakeError({
    code: 'bad-params',
    message: `${method}: ${field} ${issue ? inputProblem(issue) : 'is not what it takes'}`,
    kept: 'nothing was done',
  })
}
