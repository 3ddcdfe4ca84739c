import {resolve} from 'node:path'
import * as z from 'zod'
import {ClambakeError, EXIT, usageError} from '../../base/errors.ts'
import {safeLine, shellWord} from '../../base/text.ts'
import {count} from '../../base/words.ts'
import {globMatcher} from '../../model/data/recovery/glob.ts'
import {type Orphan, RECOVER_ACTIONS, type RecoverAction} from '../../model/data/recovery/orphan.ts'
import type {RescueRow, Restored} from '../../protocol/daemon.ts'
import {consent} from '../consent.ts'
import type {CommandContext, DaemonConnection} from '../context.ts'
import {defineCommand} from '../define.ts'
import {whileScanning} from '../output/progress.ts'
import {orphanTable, rescueTable, restoredText} from '../output/recovery.ts'

type Step = {
  kind: Orphan['kind']
  name: string
  action: RecoverAction
  why: string
  done: string | null
  kept: string[]
  refused: string | null
}
type Recovered =
  | {orphans: Orphan[]; steps: Step[]; all: boolean}
  | {rescues: RescueRow[]}
  | {ref: string; into: string; files: Restored[]}

export const recover = defineCommand({
  name: 'recover',
  summary: 'find orphaned work, and continue, review or archive it; restore files of a rescue',
  does: 'asks',
  args: [
    {
      key: 'names',
      name: 'branch...',
      required: false,
      description: 'a branch, worktree, stash, ref or issue from the list; with --restore, paths (default: only list)',
    },
  ],
  options: {
    scan: {flags: '--scan', description: 'only list what is orphaned (default without a branch)'},
    scanAll: {
      flags: '--scan-all',
      description: 'list also what you left, every branch, rescue and stash, and commits that no ref reaches',
    },
    pattern: {flags: '--pattern <glob>', description: 'all orphans whose name matches, like "agent-*"'},
    action: {
      flags: '--action <what>',
      description: `${RECOVER_ACTIONS.join(', ')} (default: what is proposed for each)`,
    },
    autoPr: {flags: '--auto-pr', description: 'open a pull request for a person for all that have work'},
    createPrs: {flags: '--create-prs', description: 'the same as --auto-pr'},
    listRescues: {flags: '--list-rescues', description: 'list every rescue ref of this clone'},
    restore: {flags: '--restore <ref>', description: 'write the files of a rescue, or only the named paths'},
    into: {flags: '--into <folder>', description: 'where --restore writes (default: a new folder); overwrites nothing'},
    dryRun: {flags: '--dry-run', description: 'only print what would be done'},
    force: {flags: '--force', description: 'recover also what cannot be judged with certainty'},
    yes: {flags: '--yes', description: 'do not ask; one that is named, with an --action, is not asked about'},
  },
  schema: () =>
    z.object({
      names: z.array(z.string()).default([]),
      scan: z.boolean().default(false),
      scanAll: z.boolean().default(false),
      pattern: z.string().optional(),
      action: z.enum(RECOVER_ACTIONS).optional(),
      autoPr: z.boolean().default(false),
      createPrs: z.boolean().default(false),
      listRescues: z.boolean().default(false),
      restore: z.string().optional(),
      into: z.string().optional(),
      dryRun: z.boolean().default(false),
      force: z.boolean().default(false),
      yes: z.boolean().default(false),
    }),
  apart: [
    ...(['names', 'pattern', 'action', 'autoPr', 'createPrs', 'force'] as const).map(key => ['scan', key] as const),
    ...(['autoPr', 'createPrs'] as const).map(key => ['action', key] as const),
    ['names', 'pattern'],
    ...(['names', 'scan', 'scanAll', 'pattern', 'action', 'autoPr', 'createPrs', 'restore', 'force'] as const).map(
      key => ['listRescues', key] as const,
    ),
    ...(['scan', 'scanAll', 'pattern', 'action', 'autoPr', 'createPrs', 'dryRun', 'force'] as const).map(
      key => ['restore', key] as const,
    ),
  ],
  examples: [
    ['clambake recover', 'list what has no owner: commits, tests, conflicts, age, proposal'],
    ['clambake recover agent001/7-cart', 'show what is proposed for this branch, ask, and do it'],
    ['clambake recover 7 --action resume', 'let an agent continue the work on issue 7'],
    ['clambake recover --pattern "agent-*" --create-prs', 'open a pull request for each of these branches'],
    ['clambake recover --scan-all --dry-run', 'print what would be done with everything'],
    ['clambake recover --list-rescues', 'list all saved work'],
    ['clambake recover --restore REF src/a.ts --into .', 'write one file back; one that is there stays'],
  ],
  async run(input, context): Promise<Recovered> {
    if (input.into !== undefined && input.restore === undefined) {
      throw usageError({
        code: 'bad-usage',
        message: 'recover: --into only works with --restore',
        next: 'clambake recover --restore REF --into FOLDER; clambake recover --list-rescues lists the refs',
      })
    }
    const daemon = await context.daemon()
    if (input.listRescues) return {rescues: await daemon.call('rescues', {}, {timeoutMs: null})}
    if (input.restore !== undefined) return restore(input, daemon, context)
    const {names, scan, scanAll, pattern, dryRun} = input
    const action = input.autoPr || input.createPrs ? 'open-pull' : input.action
    const isNamed = names.length > 0 || pattern !== undefined
    // What is named counts, whether or not it is proposed.
    const all = scanAll || isNamed
    const orphans = await whileScanning(context, daemon, () => daemon.call('orphans', {all}, {timeoutMs: null}))
    if (scan || (!isNamed && action === undefined && !dryRun)) return {orphans, steps: [], all: scanAll}
    const steps: Step[] = []
    const group = crypto.randomUUID()
    const picked = chosen(orphans, {names, pattern, action})
    const isPlain = names.length === 1 && action !== undefined
    if (!dryRun && !isPlain && picked.length > 0) {
      await consent(context, {
        yes: input.yes,
        plan: picked.map(orphan => describe(planned(orphan, action))).join('\n'),
        question: `Do this with ${count(picked.length, 'orphan')}?`,
        refused: `${count(picked.length, 'orphan')} ${picked.length === 1 ? 'was' : 'were'} left`,
        again: [
          'recover',
          ...names.map(shellWord),
          ...(pattern === undefined ? [] : ['--pattern', shellWord(pattern)]),
        ].join(' '),
      })
    }
    for (const orphan of picked) {
      const isOne = names.length === 1
      const step = await carryOut(orphan, {action, dryRun, force: input.force, group, isOne}, daemon)
      steps.push(step)
      if (picked.length > 1) context.say(describe(step))
    }
    return {orphans, steps, all: scanAll}
  },
  text(result, {clock}) {
    if ('rescues' in result) return rescueTable(result.rescues, clock.now())
    if ('files' in result) return restoredText(result)
    const {orphans, steps, all} = result
    if (steps.length > 1) return summary(steps)
    if (steps.length > 0) return steps.map(describe).join('\n')
    return orphanTable(orphans, {at: clock.now(), all})
  },
  exit: result =>
    ('steps' in result && result.steps.some(({refused}) => refused !== null)) ||
    ('files' in result && result.files.some(({what}) => what === 'refused'))
      ? EXIT.needsHuman
      : EXIT.good,
})

async function restore(
  {restore, names, into}: {restore?: string | undefined; names: string[]; into?: string | undefined},
  daemon: DaemonConnection,
  {cwd}: CommandContext,
): Promise<Recovered> {
  const ref = restore ?? ''
  const folder = into === undefined ? null : resolve(cwd, into)
  return {ref, ...(await daemon.call('restore', {ref, paths: names, into: folder}, {timeoutMs: null}))}
}

/** What is to be done with an orphan. */
function planned({kind, name, proposal, why}: Orphan, action: RecoverAction | undefined): Step {
  return {kind, name, action: action ?? proposal, why, done: null, kept: [], refused: null}
}

async function carryOut(
  orphan: Orphan,
  options: {action: RecoverAction | undefined; dryRun: boolean; force: boolean; group: string; isOne: boolean},
  daemon: DaemonConnection,
): Promise<Step> {
  const {dryRun, force, group, isOne} = options
  const step = planned(orphan, options.action)
  const {kind, name, action} = step
  if (dryRun) return step
  try {
    const {done, kept} = await daemon.call('recover', {kind, name, action, force, group}, {timeoutMs: null})
    return {...step, done, kept}
  } catch (error) {
    // Of several orphans, one that cannot be recovered must not hide the others.
    if (isOne) throw error
    return {...step, refused: error instanceof Error ? error.message : String(error)}
  }
}

function summary(steps: readonly Step[]): string {
  const what = count(steps.length, 'orphan')
  if (steps.every(({done, refused}) => done === null && refused === null)) return `${what}; nothing was changed`
  const refused = steps.filter(step => step.refused !== null).length
  const isUndoable = steps.some(({action, done}) => done !== null && (action === 'archive' || action === 'leave'))
  const undo = isUndoable ? '; clambake undo takes what was archived or left back' : ''
  return `${what}, ${refused} refused${undo}`
}

function describe({kind, name, action, why, done, kept, refused}: Step): string {
  if (refused !== null) return safeLine(`✗ ${kind} ${name}: ${refused}`)
  if (done === null) return safeLine(`would ${action}: ${kind} ${name} (${why})`)
  return safeLine(`✓ ${done}${kept.length > 0 && action === 'archive' ? `; kept in ${kept.join(', ')}` : ''}`)
}

/** The orphans that match names or a pattern; with neither all. Throws `no-orphan`, `ambiguous-orphan`. */
function chosen(
  orphans: readonly Orphan[],
  {names, pattern, action}: {names: readonly string[]; pattern: string | undefined; action: RecoverAction | undefined},
): readonly Orphan[] {
  if (names.length > 0) return names.map(name => named(orphans, name))
  const matches = pattern === undefined ? () => true : globMatcher(pattern)
  // A pull request of what main has, or of what has one already, would help no one.
  const hasWork = ({kind, commits, landed, pull}: Orphan) =>
    kind !== 'rescue' && kind !== 'claim' && commits > 0 && landed === null && pull?.state !== 'open'
  return orphans.filter(
    orphan =>
      matches(orphan.name) &&
      (action === undefined ? orphan.proposal !== 'leave' : action !== 'open-pull' || hasWork(orphan)),
  )
}

function named(orphans: readonly Orphan[], name: string): Orphan {
  const issue = /^#?[1-9]\d*$/.test(name) ? Number(name.replace('#', '')) : null
  const exact = orphans.filter(orphan => orphan.name === name)
  // A rescue of an issue is named by its ref only.
  const found =
    exact.length > 0
      ? exact
      : orphans.filter(orphan => issue !== null && orphan.issue === issue && orphan.kind !== 'rescue')
  const [one, ...more] = found
  if (one && more.length === 0) return one
  if (one) {
    throw usageError({
      code: 'ambiguous-orphan',
      message: `${name} means ${found.map(orphan => orphan.name).join(' and ')}`,
      next: `name one of them: clambake recover ${shellWord(one.name)}`,
    })
  }
  throw new ClambakeError({
    code: 'no-orphan',
    message: `${name} does not exist or already has an owner`,
    next: 'clambake recover --scan-all lists everything that is orphaned',
  })
}
