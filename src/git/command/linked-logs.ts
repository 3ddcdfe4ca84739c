import {join} from 'node:path'
import {ClambakeError} from '../../base/errors.ts'
import {statOrNull} from '../../base/files.ts'

/** Commands that add lines to logs of refs, or rewrite them. */
const LOGGING = ['update-ref', 'reflog']

/**
 * Throws `git-failed` where a log of refs that the command may write is a link, or in a folder that is one. An agent can make
 * it, in a sandbox too, and git would write into whatever file of the person it leads to, of a stash the agent's own words.
 */
export async function refuseLinkedLogs(options: {
  args: readonly string[]
  input?: string | Uint8Array | undefined
  /** The clone's git folder, and that of the worktree. */
  gitFolders: () => Promise<readonly string[]>
}): Promise<void> {
  const {args, input, gitFolders} = options
  if (!LOGGING.includes(args[0] ?? '')) return
  const words = [...args, typeof input === 'string' ? input : ''].join('\n')
  const refs = words.match(/\brefs\/[^\s@{}]+/g) ?? []
  for (const folder of await gitFolders()) {
    for (const ref of ['HEAD', ...refs]) {
      let path = folder
      for (const part of ['logs', ...ref.split('/')]) {
        path = join(path, part)
        const found = await statOrNull(path)
        if (!found) break
        if (found.isSymbolicLink()) throw linked(path)
      }
    }
  }
}

function linked(path: string): ClambakeError {
  return new ClambakeError({
    code: 'git-failed',
    message: `${path}, where git notes how refs moved, is a link, which an agent may have made`,
    kept: 'what it leads to, and all refs',
    next: 'look where it leads, and remove the link',
  })
}
