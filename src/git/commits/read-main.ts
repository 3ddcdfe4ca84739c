import type {Context} from '../context.ts'

/**
 * Reads the text of a file on the remote's main branch, in the commit that our own last fetch brought; null: there is
 * none. It never reads a worktree, another branch or a ref, and a symbolic link does not count as a file.
 */
export async function readMain(
  context: Context,
  {path, fetch}: {path: string; fetch: () => Promise<{main: string}>},
): Promise<string | null> {
  const main = context.fetched.main ?? (await fetch()).main
  const entry = await context.runner.text(['ls-tree', '-z', main, '--', `:(literal)${path}`])
  const oid = /^100(?:644|755) blob ([0-9a-f]+)\t/.exec(entry)?.[1]
  return oid === undefined ? null : context.runner.text(['cat-file', 'blob', oid])
}
