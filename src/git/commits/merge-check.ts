import {type Context, mainRef} from '../context.ts'
import {tryMerges} from '../radar/merge-trees.ts'
import {createScratchObjects} from '../radar/scratch-objects.ts'

/** Paths in which merging `commit` into main (as of the last fetch) would conflict. Writes nothing that stays. */
export async function conflictsWithMain(context: Context, commit: string): Promise<readonly string[]> {
  using scratch = createScratchObjects(context)
  const [tried] = await tryMerges(context, scratch, [[mainRef(context), commit]])
  return (tried?.files ?? []).map(({path}) => path)
}
