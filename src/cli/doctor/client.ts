import {
  type ClientStanding,
  clientStanding,
  NEWEST_CLIENT,
  OLDEST_CLIENT,
  REFUSING_CLIENT,
  UNSAFE_CLIENT,
} from '../../agents/claude/versions.ts'
import {ClambakeError} from '../../base/errors.ts'
import {run} from '../../base/run.ts'
import type {Config} from '../../model/data/config.ts'

const ANSWER_MS = 20_000

/** What the agents' program says about itself. */
export type Client = {program: string} & (
  | {state: 'missing' | 'failed'}
  /** `isClaude`: it calls itself Claude. `standing` null: it prints no version. */
  | {state: 'found'; says: string; isClaude: boolean; standing: ClientStanding | null}
)

/** Runs `agents.command` with `--version`. */
export async function probeClient({env, config}: {env: NodeJS.ProcessEnv; config: Config}): Promise<Client> {
  const [program = '', ...args] = config.agents.command
  try {
    const {stdout} = await run(program, {args: [...args, '--version'], env, timeoutMs: ANSWER_MS})
    const says = stdout.split('\n')[0] ?? ''
    return {program, state: 'found', says, isClaude: /claude/i.test(says), standing: clientStanding(says)}
  } catch (error) {
    if (!(error instanceof ClambakeError)) throw error
    const missing = /ENOENT/.test(String(error.cause ?? error.message))
    return {program, state: missing ? 'missing' : 'failed'}
  }
}

/** What is known of a version, and what to do about it; null: nothing. */
export const STANDINGS: Readonly<Record<ClientStanding, {says: string; mend: string | null; isBad?: true}>> = {
  tried: {says: 'tried with Clambake', mend: null},
  between: {says: `between ${OLDEST_CLIENT} and ${NEWEST_CLIENT}, which were tried`, mend: null},
  newer: {
    says: `newer than ${NEWEST_CLIENT}, the newest that was tried`,
    mend: `if agents' states are shown wrongly, install ${NEWEST_CLIENT}`,
  },
  older: {says: `older than ${OLDEST_CLIENT}, the oldest that was tried`, mend: `update it, to ${NEWEST_CLIENT} say`},
  unsafe: {
    says: `${UNSAFE_CLIENT} loads plugins that an agent's branch brings, and older versions may`,
    mend: `update it: ${OLDEST_CLIENT} or newer is needed`,
    isBad: true,
  },
  refusing: {
    says: `${REFUSING_CLIENT} and older refuse the hooks by which agents report their state`,
    mend: `update it: ${OLDEST_CLIENT} or newer is needed`,
    isBad: true,
  },
}
