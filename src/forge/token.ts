import type {Clock} from '../base/clock.ts'
import {registerSecret} from '../base/redact.ts'
import {findToken, ghAuthToken, tokenVariable} from '../github/client/token.ts'
import type {Config} from '../model/data/config.ts'

/** A login of `gh` may be renewed while the daemon runs; a variable stays as it is. */
const ASK_GH_AGAIN_MS = 5 * 60_000

/**
 * Reads the token for GitHub when it is first needed, and keeps it out of logs. That of `gh` is read again every few minutes,
 * beside the requests: none waits for that, and while it fails the last token counts. `host`: the one that `gh` is asked about.
 * Throws `no-token`.
 */
export function tokenReader(options: {
  config: Config['github']
  env: NodeJS.ProcessEnv
  clock: Clock
}): (host: () => string) => Promise<string> {
  const {config, env, clock} = options
  const isOfGh = tokenVariable(env, config) === undefined
  let known: string | undefined
  let readAt = 0

  async function read(host: () => string): Promise<string> {
    readAt = clock.monotonic()
    known = await findToken({env, config, runGh: () => ghAuthToken(host(), env)})
    registerSecret(known)
    return known
  }

  return async host => {
    if (known === undefined) return read(host)
    if (isOfGh && clock.monotonic() - readAt >= ASK_GH_AGAIN_MS) read(host).catch(() => {})
    return known
  }
}
