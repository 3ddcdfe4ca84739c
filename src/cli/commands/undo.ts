import * as z from 'zod'
import {EXIT} from '../../base/errors.ts'
import {safeLine} from '../../base/text.ts'
import {YES_OPTION} from '../consent.ts'
import {defineCommand} from '../define.ts'
import {age} from '../output/text.ts'

export const undo = defineCommand({
  name: 'undo',
  summary: 'take back your last archive, leave, reset or cleanup',
  does: 'asks',
  options: {
    dryRun: {flags: '--dry-run', description: 'only print what would come back'},
    yes: YES_OPTION,
  },
  schema: () => z.object({dryRun: z.boolean().default(false), yes: z.boolean().default(false)}),
  examples: [
    ['clambake undo', 'show what was done last, then ask'],
    ['clambake undo --dry-run', 'only show it'],
  ],
  async run({dryRun, yes}, context) {
    const daemon = await context.daemon()
    const step = await daemon.call('undo', {dryRun: true}, {timeoutMs: null})
    if (step === null || dryRun) return {step, outcome: 'shown' as const}
    if (!yes) {
      context.say(
        `${safeLine(step.what)}, ${age(context.clock.now() - Date.parse(step.at))} ago, by ${safeLine(step.by)}`,
      )
      if (!(await context.confirm('Take it back?'))) return {step, outcome: 'declined' as const}
    }
    return {step: await daemon.call('undo', {at: step.at}, {timeoutMs: null}), outcome: 'done' as const}
  },
  text({step, outcome}, {clock}) {
    if (step === null) return 'There is nothing to undo.'
    if (outcome === 'declined') return 'Nothing was changed. --yes takes it back without asking.'
    const line = `${step.what}, ${age(clock.now() - Date.parse(step.at))} ago, by ${step.by}`
    if (outcome === 'shown') return safeLine(`would take back: ${line}`)
    return [`✓ taken back: ${line}`, ...step.done].map(safeLine).join('\n')
  },
  exit: ({outcome}) => (outcome === 'declined' ? EXIT.needsHuman : EXIT.good),
})
