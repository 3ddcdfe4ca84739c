import {ClambakeError} from '../base/errors.ts'
import {safeLine} from '../base/text.ts'
import type {CommandContext} from './context.ts'

export const YES_OPTION = {flags: '--yes', description: 'do not ask'} as const

/**
 * Says what will be done and asks for it, unless `yes` is given. Throws `not-confirmed` after a no, and without a terminal;
 * `again` is the command line, without `--yes`.
 */
export async function consent(
  context: Pick<CommandContext, 'say' | 'confirm'>,
  {yes, plan, question, refused, again}: {yes: boolean; plan: string; question: string; refused: string; again: string},
): Promise<void> {
  if (yes) return
  context.say(plan)
  if (await context.confirm(question)) return
  throw new ClambakeError({
    code: 'not-confirmed',
    message: safeLine(`${refused} without a yes`),
    kept: 'everything as it is',
    next: `clambake ${again} --yes does not ask`,
  })
}
