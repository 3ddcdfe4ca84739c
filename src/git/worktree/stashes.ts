import type {Context} from '../context.ts'

/** A stash of this clone; all worktrees share the list. */
export type Stash = {oid: string; branch: string | null; message: string; at: number}

const STASH_REF = 'refs/stash'

/** Every stash, newest first. */
export async function listStashes({runner}: Context): Promise<Stash[]> {
  const there = await runner.git(['rev-parse', '--verify', '--quiet', STASH_REF], {accept: [0, 1, 128]})
  if (there.exitCode !== 0) return []
  const text = await runner.text(['log', '--walk-reflogs', '--format=%H%x00%ct%x00%gs', STASH_REF, '--'])
  return text
    .split('\n')
    .filter(Boolean)
    .map(line => {
      const [oid = '', time, message = ''] = line.split('\0')
      const branch = /^(?:WIP on|On) (.+?): /.exec(message)?.[1] ?? null
      return {oid, branch: branch === '(no branch)' ? null : branch, message, at: Number(time) * 1000}
    })
}

/**
 * Takes a stash off the list; its commit must be in a ref already. Where another process changes the list at the same
 * moment, what went by mistake is put back.
 */
export async function dropStash(context: Context, oid: string): Promise<void> {
  const before = await listStashes(context)
  const index = before.findIndex(stash => stash.oid === oid)
  if (index < 0) return
  await context.runner.git(['reflog', 'delete', '--rewrite', '--updateref', `${STASH_REF}@{${index}}`])
  const after = new Set((await listStashes(context)).map(stash => stash.oid))
  if (after.size === 0 && before.length === 1) await context.runner.git(['update-ref', '-d', STASH_REF])
  for (const stash of before.filter(other => other.oid !== oid && !after.has(other.oid))) {
    await storeStash(context, stash)
  }
}

/** Puts a stash on top of the list. */
export async function storeStash({runner}: Context, {oid, message}: Pick<Stash, 'oid' | 'message'>): Promise<void> {
  await runner.git(['update-ref', '--create-reflog', '-m', message.replace(/\s+/g, ' '), STASH_REF, oid])
}
