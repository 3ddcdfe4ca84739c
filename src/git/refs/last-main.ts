import {textOrNull, writePrivateFile} from '../../base/files.ts'
import {type Context, resolveCommit} from '../context.ts'

/** Local refs that keep the tip of main as Clambake last saw it from git's gc; never pushed. */
const LAST_MAIN_REFS = 'refs/clambake/last-main/'

/** The tip of main that Clambake saw last and has nothing to ask about. */
export type LastMain = {
  /** null: none was seen in this clone yet. */
  tip(): Promise<string | null>
  move(to: string): Promise<void>
}

/**
 * Remembers the tip of main, so that a forced push is noticed whoever fetched it first, and when no daemon ran. What counts
 * is `file`, as an agent can write refs; the ref keeps the commit. `readOnly` leaves the file as it is.
 */
export function createLastMain(context: Context, {file, readOnly}: {file: string; readOnly: boolean}): LastMain {
  const {runner, mainBranch} = context
  const ref = `${LAST_MAIN_REFS}${mainBranch}`
  /** undefined: not read yet. */
  let known: string | null | undefined

  async function read(): Promise<string | null> {
    const text = textOrNull(file)?.trim() ?? ''
    // A loss of power may have left zeroes in its place.
    const noted = /^[0-9a-f]{40,64}$/.test(text) ? text : null
    // A clone that was made again in the same place may not have it.
    return (noted !== null ? await resolveCommit(context, noted) : null) ?? resolveCommit(context, ref)
  }

  return {
    async tip() {
      if (known === undefined) {
        const found = await read()
        // It may have moved while it was read.
        known ??= found
      }
      return known
    },
    async move(to) {
      if (known === to) return
      await runner.git(['update-ref', ref, to])
      // Last: what a kill leaves behind is an older tip, which main still has.
      if (!readOnly) writePrivateFile(file, `${to}\n`)
      known = to
    },
  }
}
