import * as z from 'zod'
import {ClambakeError, hasCode} from '../base/errors.ts'
import type {GithubClient} from './client/client.ts'
import {reasonOf, statusOf} from './client/errors.ts'
import {isProtected} from './repository.ts'
import {anything} from './shapes.ts'

const PROTECTION = '/repos/{owner}/{repo}/branches/{branch}/protection'
/** A ruleset protects the branch, or a protection that the token may not read. */
const BY_OTHERS = 'protected by others'

const enabled = z.object({enabled: z.boolean()}).nullish()
const protectionShape = z.object({
  required_status_checks: z.object({strict: z.boolean().default(false), contexts: z.array(z.string())}).nullish(),
  required_pull_request_reviews: z
    .object({required_approving_review_count: z.number().default(0), dismiss_stale_reviews: z.boolean().default(false)})
    .nullish(),
  restrictions: z.unknown().optional(),
  enforce_admins: enabled,
  required_linear_history: enabled,
  allow_force_pushes: enabled,
  allow_deletions: enabled,
})

/**
 * Pull requests that have passed these checks, without a demand on reviews. GitHub forbids rewriting and deleting of what is
 * protected, unless asked for it.
 */
function ours(checks: readonly string[]) {
  return {
    // Not strict: Clambake brings a branch up to date by itself, one ticket at a time.
    required_status_checks: checks.length === 0 ? null : {strict: false, contexts: checks},
    required_pull_request_reviews: {required_approving_review_count: 0},
    restrictions: null,
    // Administrators may still push the first commits of the repository.
    enforce_admins: false,
  }
}

/**
 * What protects a branch, in a form that can be compared; null: nothing does. Throws `protection-needs-plan`,
 * `protection-needs-admin`, `no-such-branch`: then it cannot be set either.
 */
export async function readProtection(client: GithubClient, branch: string): Promise<string | null> {
  if (await isOpen(client, branch)) {
    // GitHub says only here whether it could be set.
    await explained(client, branch, () => read(client, branch))
    return null
  }
  try {
    return (await read(client, branch)) ?? BY_OTHERS
  } catch (error) {
    if (statusOf(error) === 403) return BY_OTHERS
    throw error
  }
}

/** Protects a branch that nothing protects yet; one that is protected is left as it is. Throws as `readProtection`. */
export async function ensureProtection(
  client: GithubClient,
  branch: string,
  checks: readonly string[],
): Promise<string | null> {
  const found = await readProtection(client, branch)
  if (found !== null) return found
  await explained(client, branch, () => client.request(`PUT ${PROTECTION}`, {branch, ...ours(checks)}, anything))
  return read(client, branch)
}

/** Takes the protection off a branch; a branch without any is fine. */
export async function ensureNoProtection(client: GithubClient, branch: string): Promise<void> {
  try {
    await client.request(`DELETE ${PROTECTION}`, {branch}, anything)
  } catch (error) {
    if (statusOf(error) !== 404) throw error
  }
}

async function isOpen(client: GithubClient, branch: string): Promise<boolean> {
  try {
    return !(await isProtected(client, branch))
  } catch (error) {
    if (statusOf(error) !== 404) throw error
    throw new ClambakeError({
      code: 'no-such-branch',
      message: `GitHub has no branch ${branch} yet`,
      next: `git push origin ${branch}, then run this command again`,
      cause: error,
    })
  }
}

/** null: it has none, or the token may not see it. */
async function read(client: GithubClient, branch: string): Promise<string | null> {
  try {
    return JSON.stringify(await client.request(`GET ${PROTECTION}`, {branch}, protectionShape))
  } catch (error) {
    if (statusOf(error) === 404) return null
    throw error
  }
}

async function explained<T>(client: GithubClient, branch: string, send: () => Promise<T>): Promise<T> {
  try {
    return await send()
  } catch (error) {
    const status = statusOf(error)
    if (status === 403 && /\bupgrade\b/i.test(reasonOf(error))) {
      throw new ClambakeError({
        code: 'protection-needs-plan',
        message: `GitHub's plan of ${client.owner} has no protected branches in private repositories: ${reasonOf(error)}`,
        next: `make ${client.slug} public or take a plan that has them; Clambake works without`,
        cause: error,
      })
    }
    if ((status !== 403 || hasCode(error, 'github-rate-limited')) && status !== 404) {
      throw error
    }
    throw new ClambakeError({
      code: 'protection-needs-admin',
      message: `The token may not protect ${branch}: ${reasonOf(error)}`,
      next: `ask an administrator of ${client.slug} to run clambake init, or give the token the permission Administration`,
      cause: error,
    })
  }
}
