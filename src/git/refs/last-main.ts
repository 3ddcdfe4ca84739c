import {type Context, resolveCommit} from '../context.ts'

/** Local refs that remember the tip of main as Clambake last saw it; never pushed. */
const LAST_MAIN_REFS = 'refs/clambake/last-main/'

/** The tip of main that Clambake saw last and has nothing to ask about. */
export type LastMain = {
  /** null: none was seen in this clone yet. */
  tip(): Promise<string | null>
  move(to: string): Promise<void>
}

/**
 * Remembers the tip of main in a ref, so that a forced push is noticed whoever fetched it first, and when no daemon ran. In
 * memory it is kept too: an agent can write refs.
 */
export function createLastMain(context: Context): LastMain {
  const {runner, mainBranch} = context
  const ref = `${LAST_MAIN_REFS}${mainBranch}`
  let known: string | null = null
  return {
    async tip() {
      known ??= await resolveCommit(context, ref)
      return known
    },
    async move(to) {
      if (known === to) return
      await runner.git(['update-ref', ref, to])
      known = to
    },
  }
}
