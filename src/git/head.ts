import {run} from '../base/run.ts'

/** The commit that a folder's checkout is at, in short; null: it is in no repository, or that has no commit. */
export async function shortHead(folder: string, env: NodeJS.ProcessEnv): Promise<string | null> {
  const {stdout} = await run('git', {
    args: ['rev-parse', '--verify', '--quiet', '--short=12', 'HEAD^{commit}'],
    cwd: folder,
    env: {...env},
    accept: [0, 1, 128],
  })
  return stdout.trim() || null
}
