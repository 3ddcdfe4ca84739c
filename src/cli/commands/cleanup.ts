import {z} from 'zod'
import {usageError} from '../../base/errors.ts'
import {defineCommand} from '../define.ts'
import {columns} from '../output/text.ts'

export const cleanup = defineCommand({
  name: 'cleanup',
  summary: 'list worktrees and branches whose work is all on main',
  options: {dryRun: {flags: '--dry-run', description: 'only list them (required: cleanup deletes nothing yet)'}},
  schema: z.object({dryRun: z.boolean().default(false)}),
  examples: [['clambake cleanup --dry-run', 'list what could be deleted, and why that would lose nothing']],
  async run({dryRun}, context) {
    if (!dryRun) {
      throw usageError({
        code: 'only-dry-run',
        message: 'cleanup only lists what could be deleted; it deletes nothing yet',
        kept: 'everything',
        next: 'clambake cleanup --dry-run, then delete by hand what you agree with',
      })
    }
    const daemon = await context.daemon()
    return {plan: await daemon.call('cleanupPlan', {}, {timeoutMs: null})}
  },
  text: ({plan}) =>
    plan.length === 0
      ? 'Nothing to clean up.'
      : columns(
          [{title: 'WHAT'}, {title: 'NAME', max: 70}, {title: 'WHY NOTHING IS LOST'}],
          plan.map(({what, name, reason}) => [what, name, reason]),
        ),
})
