import {ClambakeError} from '../../base/errors.ts'
import {run} from '../../base/run.ts'
import type {Config} from '../../model/data/config.ts'
import {bad, type Finding, good} from './finding.ts'

const ANSWER_MS = 10_000
/** The namespaces that the sandbox needs, around a program that does nothing. */
const TRIAL = ['--unshare-user', '--unshare-pid', '--unshare-ipc', '--ro-bind', '/', '/', '--proc', '/proc', 'true']

/** Says whether agents can run in a sandbox here, by trying one. */
export async function checkSandbox({env, config}: {env: NodeJS.ProcessEnv; config: Config}): Promise<Finding[]> {
  const {profile} = config.agents
  const isWanted = config.profiles[profile]?.sandbox === 'bwrap'
  if (!isWanted && process.platform !== 'linux') return []
  const {works, detail, mend} = await tryBwrap(env)
  if (!isWanted) {
    return [good('sandbox', works ? `not used; ${detail}: sandbox = "bwrap" in a profile` : `not used; ${detail}`)]
  }
  return [
    works
      ? good('sandbox', `profile ${profile}: agents see their worktree and git alone; ${detail}`)
      : bad('sandbox', `profile ${profile}: ${detail}, and no agent starts without it`, mend),
  ]
}

async function tryBwrap(env: NodeJS.ProcessEnv): Promise<{works: boolean; detail: string; mend: string}> {
  const bwrap = (...args: string[]) => run('bwrap', {args, env, timeoutMs: ANSWER_MS, accept: [0, 1]})
  try {
    const version = (await bwrap('--version')).stdout
    const {exitCode, stderr} = await bwrap(...TRIAL)
    if (exitCode === 0) return {works: true, detail: `${version} works`, mend: ''}
    return {
      works: false,
      detail: `${version} may not make namespaces (${stderr.split('\n')[0]})`,
      mend: 'allow user namespaces to bwrap (sysctl user.max_user_namespaces, AppArmor), or choose another profile',
    }
  } catch (error) {
    if (!(error instanceof ClambakeError)) throw error
    const mend = 'install bubblewrap (Linux), or choose another agents.profile'
    return {works: false, detail: 'bubblewrap is not installed', mend}
  }
}
