import {hasCode} from '../../base/errors.ts'
import {redact} from '../../base/redact.ts'
import {safeText} from '../../base/text.ts'
import type {GithubClient} from '../client/client.ts'
import {checkOfRun, type Run, readRuns} from './checks.ts'

const LINES = 60
const CHARACTERS = 4000
/** GitHub puts the time before each line of a job. */
const TIME = /^\d{4}-\d\d-\d\dT[\d:.]+Z /
const ERROR = '##[error]'

/**
 * The last lines that a failed check printed: of a job of GitHub Actions its log up to the last error, else what the run
 * says of itself. It is text of a program that runs an agent's work, so it holds no secret and no control character.
 * null: the check is none of GitHub's runs, or it says nothing.
 */
export async function readCheckLog(
  client: GithubClient,
  {sha, name}: {sha: string; name: string},
): Promise<string | null> {
  const runs = (await readRuns(client, sha)).filter(run => run.name === name)
  const run = runs.find(one => checkOfRun(one).state === 'failed') ?? runs[0]
  if (!run) return null
  return lastLines((await jobLog(client, run)) ?? ownWords(run))
}

/** null: no job of Actions, or its log is not there any more, or the token may not read it. */
async function jobLog(client: GithubClient, {id, app}: Run): Promise<string | null> {
  if (app?.slug !== 'github-actions') return null
  try {
    // The id of the check run is the job's own.
    const log = await client.tail('GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs', {job_id: id})
    return log === null ? null : upToLastError(log)
  } catch (error) {
    const codes = ['github-not-found', 'github-forbidden', 'github-refused', 'github-unreachable'] as const
    if (codes.some(code => hasCode(error, code))) return null
    throw error
  }
}

/** What comes after the last error only cleans up. */
function upToLastError(log: string): string {
  const lines = log.split('\n').map(line => line.replace(TIME, ''))
  const last = lines.findLastIndex(line => line.includes(ERROR))
  return lines.slice(0, last < 0 ? undefined : last + 1).join('\n')
}

function ownWords({output}: Run): string {
  return [output?.title, output?.summary, output?.text].filter(Boolean).join('\n')
}

function lastLines(text: string): string | null {
  // A secret is found before anything is cut.
  const lines = safeText(redact(text)).trimEnd().split('\n').slice(-LINES)
  return lines.join('\n').slice(-CHARACTERS).trim() || null
}
