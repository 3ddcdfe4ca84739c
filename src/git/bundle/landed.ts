import {type Context, presentCommits, resolveCommit} from '../context.ts'
import {mergeTrees} from '../radar/merge-trees.ts'
import {createScratchObjects} from '../radar/scratch-objects.ts'
import {headsIn} from './message.ts'

/** Commits of main that are looked through. */
const LOOKED_THROUGH = 2000

/**
 * Finds the commits on main that carry these heads, by head, whether they came by a merge commit, a rebase or a fast
 * forward. A message is only a hint, for an agent can write one that names another's head: what a commit carries is in
 * its files already, so merging it again changes nothing.
 */
export async function landedWork(
  context: Context,
  {main, heads, since}: {main: string; heads: readonly string[]; since: string | null},
): Promise<ReadonlyMap<string, string>> {
  const here = new Set(await presentCommits(context, new Set(heads)))
  if (here.size === 0) return new Map()
  const from = since === null ? null : await resolveCommit(context, since)
  const range = from === null ? [main] : [main, `^${from}`]
  const text = await context.runner.text([
    ...['log', '-z', '-n', String(LOOKED_THROUGH), '--format=%H %T%n%B'],
    ...range,
    '--',
  ])
  const named = text.split('\0').flatMap(record => {
    const [commit = '', tree = ''] = record.slice(0, record.indexOf('\n')).split(' ')
    const found = [...new Set(headsIn(record))].filter(head => here.has(head))
    return found.map(head => ({head, commit, tree}))
  })
  using scratch = createScratchObjects(context)
  const tried = await mergeTrees(
    context,
    scratch,
    named.map(({commit, head}) => [commit, head]),
  )
  // Newest first, and the first that landed stays.
  const landed = named.filter(({tree}, index) => tried[index]!.files.length === 0 && tried[index]!.tree === tree)
  return new Map(landed.toReversed().map(({head, commit}) => [head, commit]))
}
