import {type Context, presentCommits, resolveCommit} from '../context.ts'
import {mergeTrees} from '../radar/merge-trees.ts'
import {createScratchObjects} from '../radar/scratch-objects.ts'
import {differences} from './made-files.ts'
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
  options: {
    main: string
    heads: readonly string[]
    since: string | null
    /** Files that a bundle has made again, so that they tell nothing of a work. */
    isMade: (path: string) => boolean
  },
): Promise<ReadonlyMap<string, string>> {
  const {main, heads, since, isMade} = options
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
  const landed = new Map<string, string>()
  // Newest first.
  for (const [index, {head, commit, tree}] of named.entries()) {
    const {files, tree: merged} = tried[index]!
    if (landed.has(head) || !files.every(({path}) => isMade(path))) continue
    const isSame =
      merged === tree ||
      (await differences(context, {from: tree, to: merged, env: scratch.env})).every(({path}) => isMade(path))
    if (isSame) landed.set(head, commit)
  }
  return landed
}
