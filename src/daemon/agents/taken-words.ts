import * as z from 'zod'
import {holdsPrompt} from '../../agents/claude/input-line.ts'
import {broken, safeText} from '../../base/text.ts'
import type {Message} from '../../model/data/message.ts'
import type {MailItem, PaneInfo} from '../../model/data/pane.ts'

const submitted = z.object({prompt: z.string()})

/**
 * Whether an agent has taken these words of a review, by what its client posted since they were sent: a daemon that was
 * killed between the prompt and its note would say them again. Other messages may be the same twice, and are not told
 * apart.
 */
export function wasTaken(
  mail: readonly MailItem[],
  {key, ticket, text, at}: Message,
  paneOf: (pane: string) => PaneInfo | undefined,
): boolean {
  if (key === undefined) return false
  const words = broken(safeText(text).trim())
  return mail.some(item => {
    if (item.kind !== 'UserPromptSubmit' || item.at < at) return false
    const body = submitted.safeParse(item.body)
    return paneOf(item.pane)?.meta.ticket === String(ticket) && body.success && holdsPrompt(body.data.prompt, words)
  })
}
