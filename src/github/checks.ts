import {z} from 'zod'
import type {CheckRow} from '../model/data/discussion.ts'
import type {CheckFailure, Checks} from '../model/data/pull.ts'
import type {GithubClient} from './client/client.ts'

const runShape = z.object({
  name: z.string(),
  head_sha: z.string(),
  status: z.string(),
  conclusion: z.string().nullish(),
  html_url: z.string().nullish(),
  output: z.object({title: z.string().nullish(), summary: z.string().nullish()}).nullish(),
})

const statusShape = z.object({
  context: z.string(),
  state: z.enum(['error', 'failure', 'pending', 'success']),
  description: z.string().nullish(),
  target_url: z.string().nullish(),
})

const combinedShape = z.object({sha: z.string(), statuses: z.array(statusShape)})

export type CheckRun = z.infer<typeof runShape>
export type CommitStatus = z.infer<typeof statusShape>

/** Conclusions with which GitHub itself lets a required check pass. */
const PASSED = new Set(['success', 'neutral', 'skipped'])

/** Newest check runs and newest statuses of each context of a commit, as one verdict. */
export async function readChecks(client: GithubClient, sha: string): Promise<Checks> {
  return foldChecks(await findChecks(client, sha))
}

/** Lists the newest checks one by one, for people. */
export async function readCheckRows(client: GithubClient, sha: string): Promise<CheckRow[]> {
  const {runs, statuses} = await findChecks(client, sha)
  return [
    ...runs
      .filter(run => run.head_sha === sha)
      .map(run => rowOf(run.name, verdictOfRun(run), run.conclusion ?? run.status)),
    ...statuses.map(status => rowOf(status.context, verdictOfStatus(status), status.description ?? status.state)),
  ]
}

function rowOf(name: string, verdict: Verdict, word: string): CheckRow {
  if (verdict.state === 'failed') return {name, state: 'failed', summary: verdict.failure.summary}
  return {name, state: word === 'neutral' || word === 'skipped' ? 'neutral' : verdict.state, summary: word}
}

type FoundChecks = {sha: string; runs: readonly CheckRun[]; statuses: readonly CommitStatus[]}

async function findChecks(client: GithubClient, sha: string): Promise<FoundChecks> {
  const [runs, combined] = await Promise.all([
    client.list('GET /repos/{owner}/{repo}/commits/{ref}/check-runs', {ref: sha, filter: 'latest'}, runShape),
    client.request('GET /repos/{owner}/{repo}/commits/{ref}/status', {ref: sha, per_page: 100}, combinedShape),
  ])
  return {sha, runs, statuses: combined.sha === sha ? combined.statuses : []}
}

/**
 * One verdict of all runs and statuses, bound to the commit: runs of another commit do not count. Failed as soon as
 * one failed; passed only when all are done.
 */
export function foldChecks(found: FoundChecks): Checks {
  const verdicts = [
    ...found.runs.filter(run => run.head_sha === found.sha).map(verdictOfRun),
    ...found.statuses.map(verdictOfStatus),
  ]
  const failures = verdicts.flatMap(verdict => (verdict.state === 'failed' ? [verdict.failure] : []))
  const done = verdicts.filter(verdict => verdict.state !== 'pending').length
  const state =
    verdicts.length === 0 ? 'none' : failures.length > 0 ? 'failed' : done < verdicts.length ? 'pending' : 'passed'
  return {sha: found.sha, state, total: verdicts.length, done, failures}
}

type Verdict = {state: 'pending'} | {state: 'passed'} | {state: 'failed'; failure: CheckFailure}

function verdictOfRun(run: CheckRun): Verdict {
  if (run.status !== 'completed') return {state: 'pending'}
  if (PASSED.has(run.conclusion ?? '')) return {state: 'passed'}
  const summary = [run.output?.title, run.output?.summary].filter(Boolean).join('\n')
  const failure = {name: run.name, summary: summary || (run.conclusion ?? 'no conclusion'), url: run.html_url ?? null}
  return {state: 'failed', failure}
}

function verdictOfStatus(status: CommitStatus): Verdict {
  if (status.state === 'pending') return {state: 'pending'}
  if (status.state === 'success') return {state: 'passed'}
  const failure = {name: status.context, summary: status.description ?? status.state, url: status.target_url ?? null}
  return {state: 'failed', failure}
}
