import type {PathChange} from '../../model/radar/overlap.ts'
import type {Context} from '../context.ts'
import type {ScratchObjects} from './scratch-objects.ts'

/** As many as a merge compares for renames: those that it finds must be seen here too. */
const RENAME_LIMIT = 7000

/** What each commit changes against its parent, by commit, in one process. */
export async function changesOf(
  context: Context,
  scratch: ScratchObjects,
  commits: readonly string[],
): Promise<Map<string, PathChange[]>> {
  const changes = new Map(commits.map(commit => [commit, [] as PathChange[]]))
  if (commits.length === 0) return changes
  const text = await context.runner.text(
    ['diff-tree', '--stdin', '-r', '-z', '--raw', '--no-ext-diff', '--no-textconv', '-M', `-l${RENAME_LIMIT}`],
    {input: [...changes.keys()].map(commit => `${commit}\n`).join(''), env: scratch.env},
  )
  const fields = text.split('\0')
  let current: PathChange[] = []
  for (let at = 0; at < fields.length; at++) {
    const field = fields[at]!
    if (!field.startsWith(':')) {
      current = changes.get(field) ?? current
      continue
    }
    const isRename = / R\d+$/.test(field)
    const path = fields[at + (isRename ? 2 : 1)]!
    current.push({path, from: isRename ? fields[at + 1]! : null})
    at += isRename ? 2 : 1
  }
  return changes
}
