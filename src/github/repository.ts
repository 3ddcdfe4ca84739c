import * as z from 'zod'
import {usageError} from '../base/errors.ts'
import type {GithubGateway} from '../model/gateways/github.ts'
import type {GithubClient} from './client/client.ts'
import {statusOf} from './client/errors.ts'

const repositoryShape = z.object({
  full_name: z.string(),
  default_branch: z.string(),
  html_url: z.string(),
  has_issues: z.boolean(),
  private: z.boolean(),
  parent: z.object({full_name: z.string()}).optional(),
  permissions: z.object({push: z.boolean().optional()}).optional(),
})

/** The repository; throws `repository-not-found` also when the token may not see it, GitHub makes no difference. */
export async function readRepository(client: GithubClient): ReturnType<GithubGateway['repository']> {
  try {
    const raw = await client.request('GET /repos/{owner}/{repo}', {}, repositoryShape)
    return {
      fullName: raw.full_name,
      defaultBranch: raw.default_branch,
      url: raw.html_url,
      hasIssues: raw.has_issues,
      isPrivate: raw.private,
      forkOf: raw.parent?.full_name ?? null,
      canPush: raw.permissions?.push ?? null,
    }
  } catch (error) {
    if (statusOf(error) !== 404) throw error
    throw usageError({
      code: 'repository-not-found',
      message: `GitHub has no repository ${client.slug} that this token may see`,
      next: 'check github.owner and github.repo in clambake.toml and what the token may see',
      cause: error,
    })
  }
}

/** The login that the token belongs to. Throws `github-forbidden` for an installation's token, which belongs to no user. */
export async function readViewer(client: GithubClient): Promise<string> {
  return (await client.request('GET /user', {}, z.object({login: z.string()}))).login
}

/** Whether a branch has a protection or a ruleset; no right to administrate is needed to see that. */
export async function isProtected(client: GithubClient, branch: string): Promise<boolean> {
  const shape = z.object({protected: z.boolean()})
  return (await client.request('GET /repos/{owner}/{repo}/branches/{branch}', {branch}, shape)).protected
}
