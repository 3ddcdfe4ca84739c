import {z} from 'zod'
import {EXIT, usageError} from '../../base/errors.ts'
import {count} from '../../base/words.ts'
import type {Orphan} from '../../model/gateways/git.ts'
import type {RecoverAction} from '../../protocol/daemon.ts'
import {defineCommand} from '../define.ts'
import {age, columns} from '../output/text.ts'

const ACTIONS = ['resume', 'open-pull', 'leave'] as const

type Step = {kind: Orphan['kind']; name: string; action: RecoverAction; done: string | null; refused: string | null}
type Recovered = {orphans: Orphan[]; steps: Step[]}

export const recover = defineCommand({
  name: 'recover',
  summary: 'find orphaned branches, worktrees and claims, and continue their work',
  args: [
    {
      key: 'branch',
      name: 'branch',
      required: false,
      description: 'a branch, worktree, claim or issue from the list (default: only list)',
    },
  ],
  options: {
    scan: {flags: '--scan', description: 'only list the orphans (default without a branch)'},
    pattern: {flags: '--pattern <glob>', description: 'all orphans whose name matches, like "agent001/*"'},
    action: {
      flags: '--action <what>',
      description: `${ACTIONS.join(', ')} (default: what is proposed for each)`,
    },
    dryRun: {flags: '--dry-run', description: 'only print what would be done'},
  },
  schema: z.object({
    branch: z.string().optional(),
    scan: z.boolean().default(false),
    pattern: z.string().optional(),
    action: z.enum(ACTIONS).optional(),
    dryRun: z.boolean().default(false),
  }),
  examples: [
    ['clambake recover', 'list orphans with commits, age and proposed action'],
    ['clambake recover agent001/7-cart', 'do what is proposed for this branch'],
    ['clambake recover 7 --action open-pull', 'open a pull request with the work on issue 7'],
    ['clambake recover --pattern "agent00?/*" --dry-run', 'print what would be done with all of these'],
  ],
  async run({branch, scan, pattern, action, dryRun}, context): Promise<Recovered> {
    const daemon = await context.daemon()
    const orphans = await daemon.call('orphans', {}, {timeoutMs: null})
    if (scan || (branch === undefined && pattern === undefined)) return {orphans, steps: []}
    const steps: Step[] = []
    for (const {kind, name, proposal} of chosen(orphans, {branch, pattern})) {
      const step: Step = {kind, name, action: action ?? proposal, done: null, refused: null}
      steps.push(step)
      if (dryRun) continue
      try {
        const {done} = await daemon.call('recover', {kind, name, action: step.action}, {timeoutMs: null})
        step.done = done
      } catch (error) {
        // Of several orphans, one that cannot be recovered must not hide the others.
        if (pattern === undefined) throw error
        step.refused = error instanceof Error ? error.message : String(error)
      }
    }
    return {orphans, steps}
  },
  async text({orphans, steps}, {clock}) {
    if (steps.length > 0) return steps.map(describe).join('\n')
    if (orphans.length === 0) return 'No orphans: every branch, worktree and claim has an owner.'
    return [
      await columns(
        [
          {title: 'KIND'},
          {title: 'NAME', max: 60},
          {title: 'ISSUE', align: 'right'},
          {title: 'COMMITS', align: 'right'},
          {title: 'LINES', align: 'right'},
          {title: 'DIRTY', align: 'right'},
          {title: 'AGE', align: 'right'},
          {title: 'PROPOSED'},
        ],
        orphans.map(orphan => [
          orphan.kind,
          orphan.name,
          orphan.issue === null ? '' : `#${orphan.issue}`,
          String(orphan.commits),
          String(orphan.lines),
          String(orphan.dirty),
          orphan.lastActivity === null ? '' : age(clock.now() - orphan.lastActivity),
          orphan.proposal,
        ]),
      ),
      '',
      `${count(orphans.length, 'orphan')}; clambake recover NAME does what is proposed, and deletes nothing`,
    ].join('\n')
  },
  exit: ({steps}) => (steps.some(({refused}) => refused !== null) ? EXIT.needsHuman : EXIT.good),
})

function describe({kind, name, action, done, refused}: Step): string {
  if (refused !== null) return `✗ ${kind} ${name}: ${refused}`
  return done === null ? `would ${action}: ${kind} ${name}` : `✓ ${done}`
}

/** The orphans that match a name or a pattern. Throws `no-orphan`, `ambiguous-orphan`. */
function chosen(
  orphans: readonly Orphan[],
  {branch, pattern}: {branch: string | undefined; pattern: string | undefined},
): readonly Orphan[] {
  if (pattern !== undefined) {
    const matches = globMatcher(pattern)
    return orphans.filter(({name}) => matches(name))
  }
  const issue = /^#?[1-9]\d*$/.test(branch ?? '') ? Number(branch?.replace('#', '')) : null
  const found = orphans.filter(orphan => orphan.name === branch || (issue !== null && orphan.issue === issue))
  if (found.length === 1) return found
  throw usageError({
    code: found.length === 0 ? 'no-orphan' : 'ambiguous-orphan',
    message:
      found.length === 0
        ? `${branch} does not exist or already has an owner`
        : `${branch} means ${found.map(({name}) => name).join(' and ')}`,
    next: found.length === 0 ? 'clambake recover --scan lists the orphans' : 'name one of them',
  })
}

/** Matches names against a glob, in which `*` is any text and `?` is one character. */
function globMatcher(glob: string): (name: string) => boolean {
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  const pattern = new RegExp(`^${source}$`)
  return name => pattern.test(name)
}
