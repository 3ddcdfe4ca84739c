import {ClambakeError} from '../../base/errors.ts'
import {hasCredential, hasSecret} from '../../base/redact.ts'
import {safeLine} from '../../base/text.ts'
import {shortSha} from '../../base/words.ts'
import {type Context, mainRef} from '../context.ts'
import {PLAIN_DIFF} from '../worktree/inspect.ts'
import {findsInPieces} from './in-pieces.ts'

/**
 * Refuses commits that bring a token or a key, before they leave this machine. What the remote's branch has already is
 * not looked at, so a person who pushes such commits by hand lets them pass; `onTop`: its tip, where the head is on top of it.
 * Throws `push-refused`, as a server that protects against secrets does.
 */
export async function refuseCredentials(
  context: Context,
  {branch, head, onTop}: {branch: string; head: string; onTop: string | null},
): Promise<void> {
  const commits = [head, `^${mainRef(context)}`, ...(onTop === null ? [] : [`^${onTop}`])]
  const log = await context.runner.text(['log', ...PLAIN_DIFF, '-p', '-U0', '--format=%x00%H%n%B', ...commits, '--'])
  if (!(await findsInPieces(log, piece => hasCredential(withoutRemoved(piece))))) return
  const found = withoutRemoved(log).split('\0').find(hasCredential)
  if (found === undefined) return
  const commit = shortSha(found.slice(0, found.indexOf('\n')))
  const file =
    found
      .split(/^diff --git /m)
      .find(hasCredential)
      ?.split('\n')[0] ?? ''
  const where = /^a\/(.+) b\/\1$/.exec(file)?.[1]
  const said = `push protection of Clambake: commit ${commit} holds a token or a key${where ? ` in ${safeLine(where)}` : ''}; take it out of that commit too, not only in a later one`
  throw new ClambakeError({
    code: 'push-refused',
    message: `${branch} was not pushed: ${said}`,
    kept: 'the commits, in the worktree and the clone; nothing left this machine',
    next: `take it out, or, if it is none, push the commits by hand: git push ${context.remoteName} ${branch}`,
    said,
  })
}

/** Whether a diff of any length brings what looks like a secret. */
export function bringsSecret(diff: string): Promise<boolean> {
  return findsInPieces(diff, piece => hasSecret(withoutRemoved(piece)))
}

/** A diff without the lines that it takes away: what leaves main is there already. */
function withoutRemoved(diff: string): string {
  return diff.replace(/^-(?!-- ).*$/gm, '')
}
