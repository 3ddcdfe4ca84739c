import {CONFIG_FILE} from '../../config/load.ts'
import {emptyManifest, MANIFEST_FILE, type Manifest} from '../../model/init/manifest.ts'
import {planInit} from '../../model/init/plan.ts'
import {isCannot, type Step} from '../../model/init/step.ts'
import {planUndo} from '../../model/init/undo.ts'
import {askPerson} from '../confirm.ts'
import type {CommandContext} from '../context.ts'
import {type Answer, applySteps, type Done} from './apply.ts'
import {askSteps} from './ask.ts'
import {type InitOptions, type Survey, surveyForInit, surveyForUndo} from './survey.ts'
import {doneLine, planText} from './text.ts'

/** `quiet`: prints and asks nothing on the way. */
export type How = {dryRun: boolean; yes: boolean; quiet: boolean}

/** Where a protected main gets what init wrote from. */
const SETUP_BRANCH = 'set-up-clambake'

type Ran = {steps: Done[]; next: string[]}

/** Shows the plan of `init`, asks the person, and does it. */
export async function runInit(options: InitOptions, how: How, context: CommandContext): Promise<Ran> {
  const {wanted, project, ...survey} = await surveyForInit(context, options)
  const steps = planInit(survey.found, wanted)
  const manifest = {...survey.found.manifest, project}
  const done = await carryOut(steps, {survey, manifest, columns: wanted.board.columns, how, context})
  if (how.dryRun) return {steps: done, next: []}
  // The daemon takes up all other settings by itself.
  const waits = done.some(
    ({subject, where, outcome}) => subject === 'setting' && where.startsWith('github.') && outcome === 'done',
  )
  const stale = waits && (await context.runningDaemon()) !== undefined
  return {
    steps: done,
    next: [
      ...nextSteps(done, {routing: wanted.labels[0]!.name, survey}),
      ...(stale ? ['clambake daemon restart: the daemon takes up the board; agents keep running'] : []),
    ],
  }
}

/** Removes what the manifest names. */
export async function runUndo(how: How, context: CommandContext): Promise<Ran> {
  const {used, ...survey} = await surveyForUndo(context)
  const steps = planUndo(survey.found, used)
  if (steps.length === 0) return {steps: [], next: []}
  // What people changed since is theirs from now on; what GitHub does not let us see is tried again.
  const manifest = steps.some(({action}) => action === 'cannot') ? survey.found.manifest : onlyPlanned(survey, steps)
  return {steps: await carryOut(steps, {survey, manifest, columns: [], how, context}), next: []}
}

/** The manifest without the entries that no step removes. */
function onlyPlanned({found: {manifest}}: Survey, steps: readonly Step[]): Manifest {
  const works = steps.flatMap(({work}) => (work === null ? [] : [work]))
  const touched = new Set(works.map(work => ('path' in work ? work.path : null)))
  const deleted = new Set(works.map(work => (work.kind === 'delete-label' ? work.name : null)))
  return {
    ...emptyManifest,
    project: manifest.project,
    files: Object.fromEntries(Object.entries(manifest.files).filter(([path]) => touched.has(path))),
    edits: manifest.edits.filter(({path}) => touched.has(path)),
    labels: manifest.labels.filter(({name}) => deleted.has(name)),
    board: works.some(({kind}) => kind === 'delete-board') ? manifest.board : null,
    protection: works.some(({kind}) => kind === 'unprotect') ? manifest.protection : null,
  }
}

async function carryOut(
  steps: readonly Step[],
  options: {survey: Survey; manifest: Manifest; columns: readonly string[]; how: How; context: CommandContext},
): Promise<Done[]> {
  const {survey, how, context} = options
  const say = (line: string) => (how.quiet ? undefined : context.say(line))
  say(planText(steps))
  if (how.dryRun) return steps.map(({work: _, ...step}) => ({...step, outcome: 'planned' as const}))
  if (!steps.some(({work}) => work !== null))
    return applySteps(steps, {...options, answers: new Map(), onDone: () => {}})
  const answers = await answersTo(steps, {survey, how, context, say})
  if (!(answers instanceof Map)) {
    return steps.map(({work, ...step}) => {
      if (step.action === 'cannot') return {...step, outcome: 'failed'}
      return {...step, outcome: work === null ? 'kept' : answers}
    })
  }
  say('')
  return applySteps(steps, {
    ...options,
    answers,
    onDone(done) {
      const line = doneLine(done)
      if (line !== null) say(line)
    },
  })
}

/** The person's answers to the steps, or what all of them become: a no, or no terminal to ask in. */
async function answersTo(
  steps: readonly Step[],
  {survey, how, context, say}: {survey: Survey; how: How; context: CommandContext; say: (line: string) => void},
): Promise<Map<Step, Answer> | 'declined' | 'waits'> {
  if (how.yes) return new Map(steps.map(step => [step, step.replaces ? 'unasked' : 'yes']))
  if (how.quiet || !context.interactive) return 'waits'
  return askPerson(
    async yes => {
      say('')
      if (!(await yes('Do this?'))) return 'declined'
      return askSteps(steps, {...survey, env: context.env, say, yes})
    },
    {next: 'clambake init asks again; --yes accepts everything that replaces none of your files'},
  )
}

function nextSteps(steps: readonly Done[], {routing, survey}: {routing: string; survey: Survey}): string[] {
  const done = steps.filter(({outcome}) => outcome === 'done')
  if (done.length === 0) return []
  const files = done.flatMap(({subject, where}) =>
    subject === 'file' ? [where] : subject === 'setting' ? [CONFIG_FILE] : [],
  )
  const tops = [...new Set([...files.map(topOf), topOf(MANIFEST_FILE)])].sort()
  const {branch, protection} = survey.found
  const isProtected =
    (!isCannot(protection) && protection !== null) || done.some(({subject}) => subject === 'protection')
  const commit = `git add ${tops.join(' ')} && git commit -m "Set up Clambake"`
  // The branch comes before the commit: one on a protected main could not be pushed.
  const push = isProtected
    ? [
        `git switch -c ${SETUP_BRANCH}`,
        commit,
        `git push -u origin ${SETUP_BRANCH} && gh pr create --fill, and merge it: agents see what ${branch} has`,
      ]
    : [commit, `git push origin ${branch}: agents see what ${branch} has`]
  return [
    ...push,
    `gh issue create --label ${routing}, then clambake`,
    ...(files.some(path => path.endsWith('clambake-landing.yml'))
      ? ['gh variable set CLAMBAKE_PACKAGE, if work should land without your machine (the workflow says how)']
      : []),
  ]
}

/** The first folder of a path, like `.clambake`, or the file itself. */
function topOf(path: string): string {
  return path.split('/')[0] ?? path
}
