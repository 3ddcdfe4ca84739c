import type * as z from 'zod'
import type {McpSession} from './session.ts'

/** A tool as a model sees it, and what it does. */
export type Tool = {
  name: string
  /** What it is for, in one or two sentences, and one example. */
  description: string
  /** Few fields, hardly any of them needed: a small model fills them in. */
  input: z.ZodObject
  /** It changes nothing that others see. */
  readOnly: boolean
  /** Checks the arguments and answers in plain lines; throws ZodError and ClambakeError. */
  run(argument: unknown, session: McpSession): Promise<string>
}

/** Defines a tool whose arguments are checked by its schema before it runs. */
export function defineTool<Schema extends z.ZodObject>(
  tool: Omit<Tool, 'run' | 'input' | 'description'> & {
    input: Schema
    says: string
    example: z.input<Schema>
    run(input: z.output<Schema>, session: McpSession): Promise<string>
  },
): Tool {
  const {says, example, ...rest} = tool
  return {
    ...rest,
    description: `${says} Example: ${JSON.stringify(example)}`,
    run: (argument, session) => tool.run(tool.input.parse(withoutNulls(argument)), session),
  }
}

/** Models write null for what they leave out. */
function withoutNulls(argument: unknown): unknown {
  if (typeof argument !== 'object' || argument === null || Array.isArray(argument)) return argument ?? {}
  return Object.fromEntries(Object.entries(argument).filter(([, value]) => value !== null))
}
