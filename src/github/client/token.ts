import {ClambakeError, usageError} from '../../base/errors.ts'
import {isTimeout, run} from '../../base/run.ts'
import type {Config} from '../../model/data/config.ts'

const GH_TIMEOUT_MS = 10_000

/** Variables that may hold the token, the first that is set wins. */
const TOKEN_VARIABLES = ['GITHUB_TOKEN', 'GH_TOKEN']

/**
 * The environment variable that `findToken` reads: the one that `github.token_env` names, else GITHUB_TOKEN, else
 * GH_TOKEN. undefined: none of these is set, so it asks `gh`.
 */
export function tokenVariable(env: NodeJS.ProcessEnv, config: Config['github']): string | undefined {
  return config.token_env ?? TOKEN_VARIABLES.find(name => env[name]?.trim())
}

/** Finds the token for GitHub: in the variable that `tokenVariable` names, else the `gh` login. Throws `no-token`. */
export async function findToken(options: {
  env: NodeJS.ProcessEnv
  config: Config['github']
  /** Returns the output of `gh auth token`; null without a login or without `gh`. */
  runGh: () => Promise<string | null>
}): Promise<string> {
  const {env, config} = options
  const variable = tokenVariable(env, config)
  const token = (variable === undefined ? await options.runGh() : env[variable])?.trim()
  if (token) return token
  if (variable !== undefined) {
    throw usageError({
      code: 'no-token',
      message: `github.token_env names ${variable}, which is not set`,
      next: `set ${variable}, or remove token_env from clambake.toml`,
    })
  }
  throw usageError({
    code: 'no-token',
    message: 'There is no token for GitHub',
    next: 'set GITHUB_TOKEN, or run gh auth login',
  })
}

/**
 * Runs `gh auth token` for a host, `github.com` or an Enterprise server's. null: `gh` is missing or not logged in. Throws
 * `no-token` when it does not end.
 */
export async function ghAuthToken(host: string, env: NodeJS.ProcessEnv): Promise<string | null> {
  try {
    const {stdout} = await run('gh', {args: ['auth', 'token', '--hostname', host], env, timeoutMs: GH_TIMEOUT_MS})
    return stdout.trim() || null
  } catch (error) {
    if (isTimeout(error)) {
      throw usageError({
        code: 'no-token',
        message: `There is no token for GitHub: gh auth token did not answer in ${GH_TIMEOUT_MS / 1000} seconds`,
        next: 'run gh auth token and see what it waits for, or set GITHUB_TOKEN',
      })
    }
    // `gh` is missing or not logged in: the caller handles that.
    if (error instanceof ClambakeError) return null
    throw error
  }
}
