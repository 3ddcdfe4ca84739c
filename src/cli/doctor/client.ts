import {ClambakeError} from '../../base/errors.ts'
import {run} from '../../base/run.ts'
import type {Config} from '../../model/data/config.ts'

const ANSWER_MS = 20_000
/** The oldest supported version of the Claude client. */
const OLDEST = [2, 1] as const
export const OLDEST_CLIENT = OLDEST.join('.')

/** What the agents' program says about itself. */
export type Client = {program: string} & (
  | {state: 'missing' | 'failed'}
  /** `isClaude`: it calls itself Claude. `recent` null: it prints no version. */
  | {state: 'found'; says: string; isClaude: boolean; recent: boolean | null}
)

/** Runs `agents.command` with `--version`. */
export async function probeClient({env, config}: {env: NodeJS.ProcessEnv; config: Config}): Promise<Client> {
  const [program = '', ...args] = config.agents.command
  try {
    const {stdout} = await run(program, {args: [...args, '--version'], env, timeoutMs: ANSWER_MS})
    const says = stdout.split('\n')[0] ?? ''
    const [major, minor] = (/(\d+)\.(\d+)/.exec(says) ?? []).slice(1).map(Number)
    const recent =
      major === undefined || minor === undefined
        ? null
        : major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])
    return {program, state: 'found', says, isClaude: /claude/i.test(says), recent}
  } catch (error) {
    if (!(error instanceof ClambakeError)) throw error
    const missing = /ENOENT/.test(String(error.cause ?? error.message))
    return {program, state: missing ? 'missing' : 'failed'}
  }
}
