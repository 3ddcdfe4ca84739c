import {openErrors} from '../command/failures.ts'
import {type Context, isAncestor, mainRef, resolveCommit} from '../context.ts'
import type {Pins} from '../refs/pins.ts'

/** A forced push to main, which removed commits from it. */
export type Rewrite = {from: string; to: string}

/** Fetches branches and rescue refs, and returns main. It prunes nothing and keeps the old tip of a rewritten main. */
export async function fetchAll(context: Context, pins: Pins): Promise<{main: string; rewrite: Rewrite | null}> {
  const {refs, remoteName, mainBranch, log} = context
  const before = await resolveCommit(context, mainRef(context))
  await refs.fetch(
    [
      `+refs/heads/*:refs/remotes/${remoteName}/*`,
      '^refs/heads/clambake/*',
      'refs/clambake/rescue/*:refs/clambake/rescue/*',
      'refs/heads/clambake/rescue/*:refs/clambake/rescue/*',
    ],
    // A note of a deleted branch may be the last name of its commits.
    {doing: 'fetch', prune: false},
  )
  const main = await resolveCommit(context, mainRef(context))
  if (main === null) throw openErrors.noCommits(`${mainBranch} at ${refs.remote.url}`)
  if (before === null || before === main || (await isAncestor(context, before, main))) return {main, rewrite: null}
  // A branch that reaches it today may be gone tomorrow, and the warning names the rescue ref.
  await pins.keep({commit: before, name: mainBranch, always: true})
  log.warn('main was force-pushed; its old tip is kept', {before, main})
  return {main, rewrite: {from: before, to: main}}
}
