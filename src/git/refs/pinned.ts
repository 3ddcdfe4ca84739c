import {basename, dirname} from 'node:path'
import {type Context, isAncestor, resolveCommit} from '../context.ts'
import {listWorktrees} from '../worktree/list.ts'
import {LANDED_REFS, type Pins, RESCUE_REFS} from './pins.ts'

/** Local refs that keep the last commit that was seen on a branch of a worktree; never pushed. */
export const PINNED_REFS = 'refs/clambake/pinned/'

/** What a branch's deletion from outside must not take away. */
export type Pinned = {
  /** Pins the present commit of every worktree. What a rewritten branch leaves behind is kept too. */
  pinAll(): Promise<void>
}

/** Pins what agents commit as it is seen, so that it outlives a worktree and a branch that are deleted from outside. */
export function createPinned(context: Context, pins: Pins): Pinned {
  const {runner} = context
  /** What was pinned last, so that a look without news starts no process for it. */
  const known = new Map<string, string>()

  /** Moves a pin that is as it was left, or makes a new one; false: it is elsewhere, or its commits were rewritten. */
  async function movedOn(ref: string, {from, to}: {from: string | null; to: string}): Promise<boolean> {
    if (from !== null && !(await isAncestor(context, from, to))) return false
    return (await runner.git(['update-ref', ref, to, from ?? ''], {accept: [0, 1, 128]})).exitCode === 0
  }

  return {
    async pinAll() {
      const worktrees = (await listWorktrees(context))
        .filter(({path}) => dirname(path) === context.workspaceRoot)
        // A detached HEAD has no branch whose name could be pinned.
        .map(({path, branch, head}) => ({name: branch ?? `worktree-${basename(path)}`, head}))
      // A pin goes with its worktree. One that comes back where it was needs another.
      const present = new Set(worktrees.map(({name}) => name))
      for (const name of known.keys()) if (!present.has(name)) known.delete(name)
      for (const {name, head} of worktrees) {
        if (/^0*$/.test(head)) continue
        if (known.get(name) === head) continue
        const ref = pinnedRef(name)
        if (await movedOn(ref, {from: known.get(name) ?? null, to: head})) {
          known.set(name, head)
          continue
        }
        const before = await resolveCommit(context, ref)
        if (before !== null && before !== head && !(await isAncestor(context, before, head))) {
          // Of all refs, only its pin may reach it by now.
          await pins.keep({commit: before, name, always: true})
        }
        if (before !== head) await runner.git(['update-ref', ref, head])
        known.set(name, head)
      }
    },
  }
}

/** The ref of the last commit that was seen on a branch. */
export const pinnedRef = (branch: string): string => `${PINNED_REFS}${branch}`

/** Takes the pin of a branch away, if its commit is in another ref that lasts, or `isSafe` says so. */
export async function unpin(
  context: Context,
  branch: string,
  isSafe: (commit: string) => Promise<boolean>,
): Promise<void> {
  const ref = pinnedRef(branch)
  const commit = await resolveCommit(context, ref)
  if (commit === null) return
  const lasting = [RESCUE_REFS, 'refs/heads/', LANDED_REFS]
  const kept = await context.runner.read(['for-each-ref', '--count=1', `--contains=${commit}`, ...lasting])
  if (kept === '' && !(await isSafe(commit))) return
  await context.runner.git(['update-ref', '-d', ref, commit])
}
