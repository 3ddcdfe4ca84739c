import type {PathChange} from '../../model/radar/overlap.ts'
import type {Context} from '../context.ts'
import {tryMerges} from '../radar/merge-trees.ts'

/** As many as a merge compares for renames: those that it finds must be seen here too. */
const RENAME_LIMIT = 7000

/** A path that one tree has otherwise than another. `mode` null: it is gone. */
export type TreeChange = PathChange & {mode: string | null; oid: string}

/** Everything is an object of the repository, so commits of it can be pushed. */
export const IN_PLACE = {env: {}} as const

/** What each head would change on main if it landed alone; null: it does not merge. All heads in two processes. */
export async function changesOntoMain(
  context: Context,
  {main, mainTree, heads}: {main: string; mainTree: string; heads: readonly string[]},
): Promise<ReadonlyMap<string, readonly TreeChange[] | null>> {
  const tried = await tryMerges(
    context,
    IN_PLACE,
    heads.map(head => [main, head]),
  )
  const merged = tried.flatMap(({tree, files}) => (files.length === 0 ? [tree] : []))
  const changes = await treeChanges(context, mainTree, merged)
  return new Map(
    heads.map((head, index) => {
      const {tree, files} = tried[index]!
      return [head, files.length === 0 ? (changes.get(tree) ?? []) : null]
    }),
  )
}

/** How trees differ from another one, in one process; a moved file is told as moved. */
export async function treeChanges(
  {runner}: Context,
  from: string,
  trees: readonly string[],
): Promise<ReadonlyMap<string, readonly TreeChange[]>> {
  const wanted = [...new Set(trees)].filter(tree => tree !== from)
  if (wanted.length === 0) return new Map()
  const text = await runner.text(
    ['diff-tree', '--stdin', '-r', '-z', '--raw', '--no-ext-diff', '--no-textconv', '-M', `-l${RENAME_LIMIT}`],
    {input: wanted.map(tree => `${from} ${tree}\n`).join('')},
  )
  return parse(text)
}

/**
 * Parses `diff-tree --stdin -z --raw` of pairs of trees: a line with both, then `:modes ids M NUL path NUL` or with a move
 * `:modes ids R100 NUL old NUL new NUL`.
 */
function parse(text: string): Map<string, TreeChange[]> {
  const fields = text.split('\0')
  const all = new Map<string, TreeChange[]>()
  let current: TreeChange[] = []
  for (let at = 0; at < fields.length; at++) {
    const [, pair, entry = ''] = /^(?:[0-9a-f]{40,64} ([0-9a-f]{40,64})\n)?(.*)$/s.exec(fields[at]!)!
    if (pair !== undefined) {
      current = []
      all.set(pair, current)
    }
    const found = /^:\d+ (\d+) [0-9a-f]+ ([0-9a-f]+) ([A-Z])\d*$/.exec(entry)
    if (!found) continue
    const [, mode = '', oid = '', status] = found
    const isMove = status === 'R' || status === 'C'
    const from = status === 'R' ? fields[at + 1]! : null
    current.push({path: fields[at + (isMove ? 2 : 1)]!, from, mode: status === 'D' ? null : mode, oid})
    at += isMove ? 2 : 1
  }
  return all
}
