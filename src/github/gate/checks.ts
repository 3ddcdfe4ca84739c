import * as z from 'zod'
import type {CheckRow} from '../../model/data/discussion.ts'
import type {ForgeReading, GateCheck, GateChecks} from '../../model/landing/gate/reading.ts'
import type {GithubClient} from '../client/client.ts'

const COMMIT = '/repos/{owner}/{repo}/commits/{ref}'

const text = z.string().nullish()

const runShape = z.object({
  id: z.number(),
  name: z.string(),
  head_sha: z.string(),
  status: z.string(),
  conclusion: z.string().nullish(),
  html_url: z.string().nullish(),
  app: z.object({slug: z.string().nullish()}).nullish(),
  check_suite: z.object({id: z.number()}).nullish(),
  output: z.object({title: text, summary: text, text}).nullish(),
})
export type Run = z.infer<typeof runShape>

const statusShape = z.object({
  context: z.string(),
  state: z.string(),
  description: z.string().nullish(),
  target_url: z.string().nullish(),
})
type Status = z.infer<typeof statusShape>

const suiteShape = z.object({
  id: z.number().nullish(),
  app: z.object({slug: z.string().nullish()}).nullish(),
  status: z.string().nullish(),
  conclusion: z.string().nullish(),
  latest_check_runs_count: z.number(),
})
type Suite = z.infer<typeof suiteShape>

/** Conclusions with which GitHub itself lets a required check pass. */
const PASSED = ['success', 'neutral', 'skipped']
/** Of these, those that checked nothing. */
const QUIET = ['neutral', 'skipped']
/** Conclusions that say something of the work; with any other a run ended without a verdict. */
const FAILED = ['failure', 'timed_out']

/** All check runs, statuses and suites of a commit, every list to its last page. */
export async function readGateChecks(client: GithubClient, sha: string): Promise<GateChecks> {
  const [{runs, checks}, suites] = await Promise.all([
    readEach(client, sha),
    client.list(`GET ${COMMIT}/check-suites`, {ref: sha}, suiteShape),
  ])
  return {
    sha,
    checks: [...checks, ...suites.flatMap(suite => verdictBeside(runs, suite))],
    suites: suites.map(({app, status, latest_check_runs_count: runs}) => ({
      app: app?.slug ?? 'unknown app',
      completed: status === 'completed',
      runs,
    })),
  }
}

/**
 * What a suite that has ended says, if none of its runs says it: a workflow that could not start, that nobody approved or
 * that was cancelled before its first job has no run at all.
 */
function verdictBeside(runs: readonly Run[], {id, app, status, conclusion, ...suite}: Suite): GateCheck[] {
  if (status !== 'completed' || PASSED.includes(conclusion ?? '')) return []
  const mine = runs.filter(run => run.check_suite != null && run.check_suite.id === id)
  const isTold = mine.some(run => checkOfRun(run).state !== 'passed')
  // A server that does not say whose a run is, or gives no verdict of a suite with runs, tells by the runs alone.
  const isUnclear = suite.latest_check_runs_count > 0 && (mine.length === 0 || conclusion == null)
  if (isTold || isUnclear) return []
  const summary = (conclusion ?? 'ended without a verdict').replaceAll('_', ' ')
  return [{name: app?.slug ?? 'unknown app', state: stateOf(conclusion ?? ''), summary, url: null}]
}

/** The newest check run and status of each name of a commit. */
async function readEach(client: GithubClient, sha: string): Promise<{runs: Run[]; checks: GateCheck[]}> {
  const [runs, statuses] = await Promise.all([
    readRuns(client, sha),
    client.list(`GET ${COMMIT}/statuses`, {ref: sha}, statusShape),
  ])
  return {runs, checks: [...runs.map(checkOfRun), ...newest(statuses).map(checkOfStatus)]}
}

/** The newest run of each check of a commit. */
export async function readRuns(client: GithubClient, sha: string): Promise<Run[]> {
  const runs = await client.list(`GET ${COMMIT}/check-runs`, {ref: sha, filter: 'latest'}, runShape)
  return runs.filter(run => run.head_sha === sha)
}

/** The newest checks of a commit one by one, for people. */
export async function readCheckRows(client: GithubClient, sha: string): Promise<CheckRow[]> {
  const {checks} = await readEach(client, sha)
  return checks.map(({name, state, isQuiet, summary}) => ({name, state: isQuiet ? 'neutral' : state, summary}))
}

/** Whether a base's tip was checked at all, which apps left a suite without a run on it, and which checks failed. */
export async function readBaseChecks(client: GithubClient, tip: string): Promise<ForgeReading['baseChecks']> {
  const {checks, suites} = await readGateChecks(client, tip)
  return {
    shown: checks.length > 0 || suites.some(({runs}) => runs > 0),
    idleApps: suites.filter(({completed, runs}) => !completed && runs === 0).map(({app}) => app),
    failing: checks.filter(({state}) => state === 'failed').map(({name}) => name),
  }
}

/** The newest status of each context; GitHub lists them newest first. */
function newest(statuses: readonly Status[]): Status[] {
  const seen = new Map<string, Status>()
  for (const status of statuses) if (!seen.has(status.context)) seen.set(status.context, status)
  return [...seen.values()]
}

/** A check run as the gate looks at it. */
export function checkOfRun({name, status, conclusion, html_url, output}: Run): GateCheck {
  const words = [output?.title, output?.summary].filter(Boolean).join('\n')
  return {
    name,
    state: status === 'completed' ? stateOf(conclusion ?? '') : 'pending',
    ...(status === 'completed' && QUIET.includes(conclusion ?? '') ? {isQuiet: true} : {}),
    summary: words || (conclusion ?? status).replaceAll('_', ' '),
    url: html_url ?? null,
  }
}

function stateOf(conclusion: string): GateCheck['state'] {
  if (PASSED.includes(conclusion)) return 'passed'
  return FAILED.includes(conclusion) ? 'failed' : 'stopped'
}

function checkOfStatus({context, state, description, target_url}: Status): GateCheck {
  const states: {[state: string]: GateCheck['state']} = {success: 'passed', pending: 'pending', failure: 'failed'}
  return {
    name: context,
    // `error`: what checks could not say anything of the work.
    state: states[state] ?? 'stopped',
    summary: description || state,
    url: target_url ?? null,
  }
}
