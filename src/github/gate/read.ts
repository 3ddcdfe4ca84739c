import * as z from 'zod'
import {ClambakeError} from '../../base/errors.ts'
import type {ForgeReading, GateChecks, GateIssue} from '../../model/landing/gate/reading.ts'
import type {GithubClient} from '../client/client.ts'
import {isGone} from '../client/errors.ts'
import type {createShowing} from '../showing.ts'
import {isHere, placeFields} from '../transferred.ts'
import {readBaseChecks, readGateChecks} from './checks.ts'
import {readGatePull} from './pull.ts'
import {readGateByRest} from './rest.ts'

const issueShape = z.object({
  ...placeFields,
  state: z.enum(['open', 'closed']),
  state_reason: z.string().nullish(),
  labels: z.array(z.union([z.string(), z.object({name: z.string().optional()})])),
  /** Pull requests come as issues, too. */
  pull_request: z.unknown().optional(),
})

/**
 * Reads all that GitHub says of a pull request and of the issue that it is for, every list to its last page. Nothing is
 * taken from memory: the answer decides about a merge.
 */
export function createGateReader(
  client: GithubClient,
  options: {
    showing: ReturnType<typeof createShowing>
    board: string | null
    /** The branch that work is meant for; null: GitHub's default branch. */
    defaultBranch: string | null
  },
): (asked: {pull: number; issue: number}) => Promise<ForgeReading> {
  const {showing, board} = options
  return async ({pull: number, issue}) => {
    const [told, seen] = await Promise.all([readPull(client, number), readIssue(client, issue)])
    const [checks, column] = await Promise.all([
      readGateChecks(client, told.pull.head.sha),
      seen && board !== null ? showing([issue]).then(all => all.get(issue)?.column ?? null) : null,
    ])
    const baseChecks = leavesOpen(checks) ? await readBaseChecks(client, told.pull.base.sha) : null
    const defaultBranch = options.defaultBranch ?? told.defaultBranch
    return {...told, defaultBranch, checks, baseChecks, issue: seen && {...seen, column}}
  }
}

/**
 * Whether the head's own checks do not say enough: if more will come, the base's tell what is usual here; and one that
 * fails there too is not the work's failure.
 */
function leavesOpen({checks, suites}: GateChecks): boolean {
  const idle = suites.some(({completed, runs}) => !completed && runs === 0)
  return checks.length === 0 || idle || checks.some(({state}) => state === 'failed')
}

type Told = Omit<ForgeReading, 'checks' | 'baseChecks' | 'issue'>

/** A server without GraphQL, or without the fields that are asked for, tells less and demands at least as much. */
async function readPull(client: GithubClient, number: number): Promise<Told> {
  try {
    return await readGatePull(client, number)
  } catch (error) {
    if (!(error instanceof ClambakeError)) throw error
    if (error.code !== 'github-refused' && error.code !== 'github-not-found') throw error
    return readGateByRest(client, number)
  }
}

/** null: the issue was deleted or transferred. */
export async function readIssue(client: GithubClient, number: number): Promise<GateIssue> {
  try {
    const raw = await client.request(
      'GET /repos/{owner}/{repo}/issues/{issue_number}',
      {issue_number: number},
      issueShape,
    )
    if (raw.pull_request !== undefined || !(await isHere(client, raw, number))) return null
    const labels = raw.labels.map(label => (typeof label === 'string' ? label : (label.name ?? '')))
    return {state: raw.state, reason: raw.state_reason ?? null, labels, column: null}
  } catch (error) {
    if (isGone(error)) return null
    throw error
  }
}
