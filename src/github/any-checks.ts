import * as z from 'zod'
import type {GithubClient} from './client/client.ts'
import {readBaseChecks} from './gate/checks.ts'

const branchShape = z.object({
  commit: z.object({sha: z.string()}),
  protection: z.object({required_status_checks: z.object({contexts: z.array(z.string())}).nullish()}).nullish(),
})
const ruleShape = z.object({type: z.string()})
const workflowsShape = z.object({workflows: z.array(z.object({state: z.string()}))})

/**
 * Whether anything checks a branch: an active workflow, a check or status at its tip, or a check that its protection or
 * a ruleset demands. Throws where one of them cannot be read, as then it is not known.
 */
export async function hasChecks(client: GithubClient, branch: string): Promise<boolean> {
  const [{commit, protection}, rules, {workflows}] = await Promise.all([
    client.request('GET /repos/{owner}/{repo}/branches/{branch}', {branch}, branchShape),
    client.list('GET /repos/{owner}/{repo}/rules/branches/{branch}', {branch}, ruleShape),
    client.request('GET /repos/{owner}/{repo}/actions/workflows', {per_page: 100}, workflowsShape),
  ])
  const isDemanded =
    (protection?.required_status_checks?.contexts ?? []).length > 0 ||
    rules.some(({type}) => type === 'required_status_checks' || type === 'workflows')
  if (isDemanded || workflows.some(({state}) => state === 'active')) return true
  return (await readBaseChecks(client, commit.sha))?.shown ?? false
}
