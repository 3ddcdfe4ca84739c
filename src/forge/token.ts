import {registerSecret} from '../base/redact.ts'
import {findToken, ghAuthToken} from '../github/client/token.ts'
import type {Config} from '../model/data/config.ts'

/**
 * Reads the token for GitHub when it is first needed, once, and keeps it out of logs. `host`: the one that `gh` is asked
 * about. Throws `no-token`.
 */
export function tokenReader(options: {
  config: Config['github']
  env: NodeJS.ProcessEnv
}): (host: () => string) => Promise<string> {
  const {config, env} = options
  let known: string | undefined
  return async host => {
    known ??= await findToken({env, config, runGh: () => ghAuthToken(host(), env)})
    registerSecret(known)
    return known
  }
}
