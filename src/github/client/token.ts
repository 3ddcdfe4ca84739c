import {ClambakeError, usageError} from '../../base/errors.ts'
import {run} from '../../base/run.ts'
import type {Config} from '../../model/data/config.ts'

const GH_TIMEOUT_MS = 10_000

/**
 * The token for GitHub: the variable that `github.token_env` names, else GITHUB_TOKEN, GH_TOKEN, else what the
 * `gh` program is logged in with. Throws `no-token`.
 */
export async function findToken(options: {
  env: NodeJS.ProcessEnv
  config: Config['github']
  /** Gives the output of `gh auth token`, null without a login or without `gh`. */
  runGh: () => Promise<string | null>
}): Promise<string> {
  const {env, config} = options
  if (config.token_env !== undefined) {
    const token = env[config.token_env]?.trim()
    if (token) return token
    throw usageError({
      code: 'no-token',
      message: `github.token_env names ${config.token_env}, which is not set`,
      next: `set ${config.token_env}, or remove token_env from clambake.toml`,
    })
  }
  const token = env.GITHUB_TOKEN?.trim() || env.GH_TOKEN?.trim() || (await options.runGh())?.trim()
  if (token) return token
  throw usageError({
    code: 'no-token',
    message: 'There is no token for GitHub',
    next: 'set GITHUB_TOKEN, or run gh auth login',
  })
}

/** `gh auth token` for a host, `github.com` or an Enterprise server's. */
export async function ghAuthToken(host: string, env: NodeJS.ProcessEnv): Promise<string | null> {
  try {
    const {stdout} = await run('gh', {args: ['auth', 'token', '--hostname', host], env, timeoutMs: GH_TIMEOUT_MS})
    return stdout.trim() || null
  } catch (error) {
    // `gh` is missing or not logged in: the caller handles that.
    if (error instanceof ClambakeError) return null
    throw error
  }
}
