import {type Context, mainRef} from '../context.ts'
import {tryMerges} from '../radar/merge-trees.ts'
import {createScratchObjects} from '../radar/scratch-objects.ts'

/** What merging each commit into main would do: whether main would stay as it is, and where it would conflict. */
export async function mergeAll(
  context: Context,
  commits: readonly string[],
): Promise<ReadonlyMap<string, {landed: boolean; conflicts: readonly string[]}>> {
  if (commits.length === 0) return new Map()
  const main = await context.runner.text(['rev-parse', `${mainRef(context)}^{commit}`, `${mainRef(context)}^{tree}`])
  const [mainCommit = '', mainTree = ''] = main.split('\n')
  using scratch = createScratchObjects(context)
  const tried = await tryMerges(
    context,
    scratch,
    commits.map(commit => [mainCommit, commit]),
  )
  return new Map(
    tried.map(({tree, files}, index) => [
      commits[index]!,
      {landed: files.length === 0 && tree === mainTree, conflicts: files.map(({path}) => path)},
    ]),
  )
}
