import {ClambakeError} from '../../base/errors.ts'
import {silentLog} from '../../base/log.ts'
import {openSetup} from '../../forge/open.ts'
import type {Checkout} from '../../git/checkout.ts'
import type {Config} from '../../model/data/config.ts'
import type {SetupGateway} from '../../model/init/gateway.ts'
import {type Cannot, isCannot} from '../../model/init/step.ts'
import type {CommandContext} from '../context.ts'

export type OpenGithub = {setup: SetupGateway; slug: string; branch: string}

/** Connects to the repository on GitHub, or says why it cannot. `init` can write files without it. */
export async function reachGithub(
  {env, clock}: Pick<CommandContext, 'env' | 'clock'>,
  {config, checkout}: {config: Config; checkout: Checkout},
): Promise<OpenGithub | Cannot> {
  return attempt(async () => {
    const remoteUrl = await checkout.remoteUrl()
    const {setup, slug} = await openSetup({remoteUrl, config, env, clock, log: silentLog})
    const {defaultBranch, canPush} = await setup.repository()
    const branch = config.github.default_branch ?? defaultBranch
    if (canPush !== false) return {setup, slug, branch}
    const next = `ask an administrator of ${slug} for write access, or to run clambake init`
    throw new ClambakeError({code: 'read-only-token', message: `The token may only read ${slug}`, next})
  })
}

/** Gives the task's result, or why it failed. */
async function attempt<T>(task: () => Promise<T>): Promise<T | Cannot> {
  try {
    return await task()
  } catch (error) {
    if (!(error instanceof ClambakeError)) throw error
    return {cannot: error.message, next: error.next ?? 'fix it, then run the command again'}
  }
}

/** As `attempt`, for a task that needs GitHub. */
export async function asked<T>(
  reached: OpenGithub | Cannot,
  question: (reached: OpenGithub) => Promise<T>,
): Promise<T | Cannot> {
  return isCannot(reached) ? reached : attempt(() => question(reached))
}
