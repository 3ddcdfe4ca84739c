import {isDeepStrictEqual} from 'node:util'
import type {Clock} from '../../base/clock.ts'
import {type ErrorData, toErrorData} from '../../base/errors.ts'
import {repeat} from '../../base/repeat.ts'
import {CONFIG_FILE, loadConfig} from '../../config/load.ts'
import type {Config} from '../../model/data/config.ts'

const LOOK_MS = 15_000

/**
 * Looks at the configuration file while the daemon runs, and reports one that is wrong, or that says something else than
 * at the start: the daemon keeps what it has until a person lets it reload.
 */
export function watchConfiguration(options: {
  root: string
  env: NodeJS.ProcessEnv
  clock: Clock
  onTrouble: (name: string, error: ErrorData | null) => void
}): Disposable {
  const {root, env, clock, onTrouble} = options
  let first: Config | null = null
  return repeat(clock, 0, async () => {
    try {
      const {config} = await loadConfig({root, env})
      first ??= config
      onTrouble('configuration', isDeepStrictEqual(config, first) ? null : changed())
    } catch (error) {
      const {message, ...more} = toErrorData(error)
      const line = message.replaceAll(/\s*\n\s*/g, '; ')
      onTrouble('configuration', {...more, message: line, kept: 'the daemon works by what it read before'})
    }
    return LOOK_MS
  })
}

function changed(): ErrorData {
  return {
    code: 'wrong-config',
    message: `${CONFIG_FILE} has changed, and the daemon works by what it read before`,
    kept: 'agents at work continue',
    next: 'clambake daemon reload takes it up; agents keep running',
    exitCode: 1,
  }
}
