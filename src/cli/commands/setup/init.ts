import * as z from 'zod'
import {EXIT} from '../../../base/errors.ts'
import {MANIFEST_FILE, PROJECT_TYPES} from '../../../model/init/manifest.ts'
import {defineCommand, FORMAT_OPTION, format} from '../../define.ts'
import type {Done} from '../../init/apply.ts'
import {agentCount} from '../../inputs.ts'

export const init = defineCommand({
  name: 'init',
  summary: 'set this repository up: labels, board, protection, checks, configuration',
  does: 'asks',
  options: {
    projectType: {flags: '--project-type <type>', description: `${PROJECT_TYPES.join(', ')}; default: a guess`},
    template: {flags: '--template <type>', description: 'same as --project-type'},
    agents: {flags: '--agents <n>', description: 'number of agents at once, 1 to 12'},
    existingRepo: {flags: '--existing-repo', description: 'never replace your files, and do not ask to'},
    upgrade: {flags: '--upgrade-to-multi-agent', description: 'raise the number of agents to --agents, or to 8'},
    observability: {
      flags: '--observability <level>',
      description: 'send traces: off, basic (to a collector) or full (to Phoenix)',
    },
    dryRun: {flags: '--dry-run', description: 'only print the plan; write nothing anywhere'},
    yes: {
      flags: '--yes',
      description: 'answer yes to all questions, except about replacing your files; needed without a terminal',
    },
    force: {flags: '--force', description: 'replace your files, if they are committed'},
    undo: {flags: '--undo', description: 'remove what init wrote, unless it was changed since'},
    format: FORMAT_OPTION,
  },
  schema: () =>
    z.object({
      projectType: z.enum(PROJECT_TYPES).optional(),
      template: z.enum(PROJECT_TYPES).optional(),
      agents: agentCount.optional(),
      existingRepo: z.boolean().default(false),
      upgrade: z.boolean().default(false),
      observability: z.enum(['off', 'basic', 'full']).optional(),
      dryRun: z.boolean().default(false),
      yes: z.boolean().default(false),
      force: z.boolean().default(false),
      undo: z.boolean().default(false),
      format,
    }),
  same: [['projectType', 'template']],
  apart: [
    ['existingRepo', 'force'],
    ...(['projectType', 'template', 'agents', 'existingRepo', 'upgrade', 'observability', 'force'] as const).map(
      key => ['undo', key] as const,
    ),
  ],
  examples: [
    ['clambake init --dry-run', 'print what would be created or changed, here and on GitHub'],
    ['clambake init', 'print it, ask, and do it; safe to repeat'],
    ['clambake init --project-type webapp --agents 8 --observability full', 'with checks for a web application'],
    ['clambake init --existing-repo --upgrade-to-multi-agent --agents 12', 'change from one agent to twelve'],
    ['clambake init --undo', 'remove what init wrote, unless it was changed since'],
  ],
  async run(input, context): Promise<Initialized> {
    const {projectType, template, existingRepo, force, undo} = input
    const {runInit, runUndo} = await import('../../init/run.ts')
    const quiet = context.json
    const {dryRun, yes, agents, upgrade, observability} = input
    const how = {dryRun, yes, quiet}
    const project = projectType ?? template
    const options = {project, agents, upgrade, observability, existing: existingRepo, force}
    const done = await (undo ? runUndo(how, context) : runInit(options, how, context))
    return {dryRun, undo, yes, ...done}
  },
  json: ({dryRun, undo, steps, next}) => ({dryRun, undo, steps, next}),
  async text({dryRun, steps, next}) {
    const {summary} = await import('../../init/text.ts')
    if (steps.length === 0) return `clambake init wrote nothing here: there is no ${MANIFEST_FILE}.`
    if (dryRun) return '\nNothing was written: that was only the plan.'
    return [...summary(steps), ...(next.length > 0 ? ['', 'Next:', ...next.map(line => `  ${line}`)] : [])].join('\n')
  },
  exit({steps, dryRun, yes}) {
    const has = (outcome: Done['outcome']) => steps.some(step => step.outcome === outcome)
    const isRefused = (has('declined') && !has('done')) || (has('waits') && !yes)
    return !dryRun && (has('failed') || isRefused) ? EXIT.needsHuman : EXIT.good
  },
})

type Initialized = {dryRun: boolean; undo: boolean; yes: boolean; steps: readonly Done[]; next: string[]}
