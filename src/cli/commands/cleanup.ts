import * as z from 'zod'
import {EXIT} from '../../base/errors.ts'
import {safeLine} from '../../base/text.ts'
import {count} from '../../base/words.ts'
import type {CleanupItem} from '../../protocol/daemon.ts'
import {YES_OPTION} from '../consent.ts'
import {defineCommand} from '../define.ts'
import {whileScanning} from '../output/progress.ts'
import {columns} from '../output/text.ts'

type Step = {item: CleanupItem; kept: string[]; refused: string | null}
type Cleaned = {plan: CleanupItem[]; objectBytes: number; steps: Step[]; outcome: 'plan' | 'declined' | 'done'}

export const cleanup = defineCommand({
  name: 'cleanup',
  summary: 'remove worktrees, branches, notes and old rescues whose work is on main or saved elsewhere',
  does: 'asks',
  options: {
    dryRun: {flags: '--dry-run', description: 'only list them'},
    yes: YES_OPTION,
  },
  schema: () => z.object({dryRun: z.boolean().default(false), yes: z.boolean().default(false)}),
  examples: [
    ['clambake cleanup --dry-run', 'list what would go, why that loses nothing, and what it frees'],
    ['clambake cleanup', 'show the list, then ask'],
    ['clambake cleanup --yes', 'for scripts: do not ask'],
  ],
  async run({dryRun, yes}, context): Promise<Cleaned> {
    const daemon = await context.daemon()
    const found = await whileScanning(context, daemon, () => daemon.call('cleanupPlan', {}, {timeoutMs: null}))
    const cleaned: Cleaned = {...found, steps: [], outcome: 'plan'}
    if (dryRun || found.plan.length === 0) return cleaned
    if (!yes) {
      context.say(planText(found))
      if (!(await context.confirm('Remove all of it?'))) return {...cleaned, outcome: 'declined'}
    }
    const group = crypto.randomUUID()
    for (const item of found.plan) {
      const {what, name} = item
      try {
        const {kept} = await daemon.call('cleanUp', {what, name, group}, {timeoutMs: null})
        cleaned.steps.push({item, kept, refused: null})
      } catch (error) {
        // One that cannot be removed must not hide the others.
        cleaned.steps.push({item, kept: [], refused: error instanceof Error ? error.message : String(error)})
      }
    }
    return {...cleaned, outcome: 'done'}
  },
  text(cleaned) {
    const {plan, steps, outcome} = cleaned
    if (plan.length === 0) return 'Nothing to clean up.'
    if (outcome === 'plan') return planText(cleaned)
    if (outcome === 'declined') return 'Nothing was changed. --yes removes it without asking.'
    const done = steps.filter(({refused}) => refused === null)
    return [
      ...steps.map(({item: {what, name}, kept, refused}) =>
        safeLine(
          refused === null
            ? `✓ ${what} ${name}${kept.length > 0 ? `; kept in ${kept.join(', ')}` : ''}`
            : `✗ ${what} ${name}: ${refused}`,
        ),
      ),
      `${count(done.length, 'thing')} removed, ${freed(
        done.map(({item}) => item),
        cleaned.objectBytes,
      )}; clambake undo takes it back`,
    ].join('\n')
  },
  exit: ({steps, outcome}) =>
    outcome === 'declined' || steps.some(({refused}) => refused !== null) ? EXIT.needsHuman : EXIT.good,
})

function planText({plan, objectBytes}: {plan: readonly CleanupItem[]; objectBytes: number}): string {
  const table = columns(
    [
      {title: 'WHAT'},
      {title: 'NAME', max: 70},
      {title: 'FREES', align: 'right'},
      {title: 'WHY NOTHING IS LOST', max: 80},
    ],
    plan.map(({what, name, bytes, reason}) => [what, name, bytes > 0 ? size(bytes) : '', reason]),
  )
  return `${table}\n\n${count(plan.length, 'thing')}, ${freed(plan, objectBytes)}`
}

function freed(items: readonly CleanupItem[], objectBytes: number): string {
  const now = items.reduce((sum, {bytes}) => sum + bytes, 0)
  const later = objectBytes > 0 ? `, and ${size(objectBytes)} at git's next gc` : ''
  return `${size(now)} of disk freed${later}`
}

/** `12.3 MB`. */
function size(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`
  return bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.ceil(bytes / 1000)} kB`
}
