import type {GateChange} from '../../model/landing/gate/reading.ts'
import {changesSince} from '../commits/gate-changes.ts'
import {type Context, presentCommits} from '../context.ts'
import {commitsOf, ownCommits} from './own-commits.ts'

/** Answers that are kept, newest last: more works than are bundled at once. */
const KEPT = 200

type WorkChanges = (
  main: string,
  heads: readonly string[],
) => Promise<ReadonlyMap<string, readonly GateChange[] | null>>

/**
 * How heads differ from the commits at which they left main, all of them in a few processes; null: a head is not here
 * or shares no commit with main. What two commits are to each other never changes, so it is found out once.
 */
export function createWorkChanges(context: Context): WorkChanges {
  const known = new Map<string, readonly GateChange[]>()

  return async (main, heads) => {
    const bases = await basesOf(context, main, heads)
    const asked = [...bases].map(([head, base]) => ({head, base}))
    const keyOf = ({head, base}: {head: string; base: string}) => `${base} ${head}`
    const fresh = await changesSince(
      context,
      asked.filter(pair => !known.has(keyOf(pair))),
    )
    for (const pair of asked) {
      const changes = fresh.get(pair.head) ?? known.get(keyOf(pair))!
      known.delete(keyOf(pair))
      known.set(keyOf(pair), changes)
    }
    const answer = new Map<string, readonly GateChange[] | null>(heads.map(head => [head, null]))
    for (const pair of asked) answer.set(pair.head, known.get(keyOf(pair))!)
    for (const oldest of known.keys()) if (known.size > KEPT) known.delete(oldest)
    return answer
  }
}

/** Where each head left main; one that is not here, or shares no commit with main, is left out. */
async function basesOf(context: Context, main: string, heads: readonly string[]): Promise<Map<string, string>> {
  const here = await presentCommits(context, new Set(heads))
  const commits = await ownCommits(context, {main, heads: here})
  const bases = new Map<string, string>()
  for (const head of here) {
    const {starts} = commitsOf(commits, head)
    if (starts.length === 1) bases.set(head, starts[0]!)
    if (starts.length < 2) continue
    // Main was merged into it, so that git has to choose.
    const answer = await context.runner.git(['merge-base', main, head], {accept: [0, 1]})
    if (answer.exitCode === 0) bases.set(head, answer.stdout)
  }
  return bases
}
