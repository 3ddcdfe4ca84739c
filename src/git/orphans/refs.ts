import type {Context} from '../context.ts'
import {PINNED_REFS} from '../refs/pinned.ts'
import {RESCUE_REFS} from '../refs/pins.ts'

export type Refs = {
  /** Commits of branches here, on the remote as of the last fetch, of rescues by ref, and of pins by branch. */
  here: Map<string, string>
  there: Map<string, string>
  rescues: Map<string, string>
  pinned: Map<string, string>
}

/** All refs that may hold an agent's work, from one process. */
export async function workRefs(context: Context): Promise<Refs> {
  const remotes = `refs/remotes/${context.remoteName}/`
  const found: Refs = {here: new Map(), there: new Map(), rescues: new Map(), pinned: new Map()}
  const places: readonly [prefix: string, into: Map<string, string>][] = [
    ['refs/heads/', found.here],
    [remotes, found.there],
    [PINNED_REFS, found.pinned],
  ]
  const prefixes = ['refs/heads/', remotes, RESCUE_REFS, PINNED_REFS]
  const text = await context.runner.read(['for-each-ref', '--format=%(objectname) %(refname)', ...prefixes])
  for (const line of text.split('\n').filter(Boolean)) {
    const space = line.indexOf(' ')
    const [oid, ref] = [line.slice(0, space), line.slice(space + 1)]
    if (ref.startsWith(RESCUE_REFS)) found.rescues.set(ref, oid)
    for (const [prefix, into] of places) if (ref.startsWith(prefix)) into.set(ref.slice(prefix.length), oid)
  }
  found.there.delete('HEAD')
  return found
}

/** Commits of the branches of this clone, by branch. */
export async function localHeads(context: Context): Promise<Map<string, string>> {
  return (await workRefs(context)).here
}

/** Commits of the remote's branches as last fetched, by branch; main and what Clambake keeps there are left out. */
export async function remoteBranches(context: Context): Promise<Map<string, string>> {
  const {there} = await workRefs(context)
  const isWork = (branch: string) => branch !== context.mainBranch && !branch.startsWith('clambake/')
  return new Map([...there].filter(([branch]) => isWork(branch)))
}
