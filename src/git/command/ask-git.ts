import {systemClock} from '../../base/clock.ts'
import type {Location} from '../location.ts'
import {checkGit, locate} from '../open.ts'
import {createGitRunner} from './run-git.ts'

/** Asks git where the repository around a real path is. Throws as `openRepository`. */
export async function askGit(dir: string, env: NodeJS.ProcessEnv): Promise<Location> {
  const runner = createGitRunner({dir, env, token: async () => null, now: () => systemClock.now()})
  // Both run at once; a problem of git itself is reported first.
  const [checked, located] = await Promise.allSettled([checkGit(runner, env), locate(runner, dir)])
  if (checked.status === 'rejected') throw checked.reason
  if (located.status === 'rejected') throw located.reason
  return located.value
}
