import {type Context, mainRef} from '../context.ts'

/**
 * Reads the text of a file on the remote's main branch, as of the last fetch; null: there is none. It never reads a
 * worktree or another branch, and a symbolic link does not count as a file.
 */
export async function readMain(context: Context, path: string): Promise<string | null> {
  const entry = await context.runner.text(['ls-tree', '-z', mainRef(context), '--', `:(literal)${path}`])
  const oid = /^100(?:644|755) blob ([0-9a-f]+)\t/.exec(entry)?.[1]
  return oid === undefined ? null : context.runner.text(['cat-file', 'blob', oid])
}
