import * as z from 'zod'
import type {MailItem} from '../../model/data/pane.ts'

/** The tool by which a client in plan mode asks whether its plan is good. It takes a yes only with its own input. */
export const PLAN_TOOL = 'ExitPlanMode'

/** Where the client keeps its plans; the request itself does not hold the text. */
const PLAN_FILE = /\/plans\/[^/]+\.md$/
const call = z.object({
  tool_name: z.string(),
  tool_input: z.object({
    file_path: z.string(),
    content: z.string().optional(),
    old_string: z.string().optional(),
    new_string: z.string().optional(),
  }),
})

/** The plan after a tool call that writes or edits it, from the plan before; else as it was. Pure. */
export function planAfter(
  {kind, body}: Pick<MailItem, 'kind' | 'body'>,
  before: string | undefined,
): string | undefined {
  const parsed = kind === 'PreToolUse' ? call.safeParse(body).data : undefined
  if (!parsed || !PLAN_FILE.test(parsed.tool_input.file_path)) return before
  const {content, old_string: from, new_string: to} = parsed.tool_input
  if (content !== undefined) return content
  return from === undefined || to === undefined ? before : before?.replace(from, () => to)
}
