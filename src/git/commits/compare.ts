import {systemClock} from '../../base/clock.ts'
import {createGitRunner} from '../command/run-git.ts'
import {PLAIN_DIFF} from '../worktree/inspect.ts'

/**
 * Compares a file with the `text` that would replace it, as a unified diff without its header; '': no change. `file`
 * null: there is none yet. Writes nothing.
 */
export async function compareWithFile(options: {
  dir: string
  env: NodeJS.ProcessEnv
  file: string | null
  text: string
}): Promise<string> {
  const {dir, env, file, text} = options
  const runner = createGitRunner({dir, env, token: async () => null, now: () => systemClock.now()})
  const {stdout} = await runner.git(['diff', '--no-index', ...PLAIN_DIFF, '--', file ?? '/dev/null', '-'], {
    input: text,
    accept: [0, 1],
  })
  const start = stdout.indexOf('@@ ')
  return start < 0 ? '' : stdout.slice(start)
}
