import {type Context, mainRef} from '../context.ts'

/**
 * Text of a file as main has it on the remote, as of the last fetch; null: there is none. What stands in a worktree
 * or on another branch is never read, and a symbolic link is no file.
 */
export async function readMain(context: Context, path: string): Promise<string | null> {
  const entry = await context.runner.text(['ls-tree', '-z', mainRef(context), '--', `:(literal)${path}`])
  const oid = /^100(?:644|755) blob ([0-9a-f]+)\t/.exec(entry)?.[1]
  return oid === undefined ? null : context.runner.text(['cat-file', 'blob', oid])
}
