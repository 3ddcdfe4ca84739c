import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {type Context, mainRef} from '../context.ts'

/** What merging each commit into main would do: whether main would stay as it is, and where it would conflict. */
export async function mergeAll(
  context: Context,
  commits: readonly string[],
): Promise<ReadonlyMap<string, {landed: boolean; conflicts: readonly string[]}>> {
  if (commits.length === 0) return new Map()
  const main = await context.runner.text(['rev-parse', `${mainRef(context)}^{commit}`, `${mainRef(context)}^{tree}`])
  const [commit, tree] = main.split('\n')
  // The merges write trees and blobs; in the repository they would stay as garbage.
  const objects = await mkdtemp(join(tmpdir(), 'clambake-merge-'))
  try {
    const text = await context.runner.text(
      ['merge-tree', '--write-tree', '--stdin', '-z', '--name-only', '--no-messages'],
      {
        input: `${commits.map(other => `${commit} ${other}`).join('\n')}\n`,
        env: {
          GIT_OBJECT_DIRECTORY: objects,
          // Quoted, because a colon separates folders.
          GIT_ALTERNATE_OBJECT_DIRECTORIES: JSON.stringify(join(context.commonDir, 'objects')),
        },
      },
    )
    return byCommit(text, commits, tree ?? '')
  } finally {
    await rm(objects, {recursive: true, force: true})
  }
}

/** Each answer is a status (1: clean, 0: conflicts), a tree, the paths that conflict, and an empty field. */
function byCommit(
  text: string,
  commits: readonly string[],
  mainTree: string,
): Map<string, {landed: boolean; conflicts: readonly string[]}> {
  const fields = text.split('\0')
  const found = new Map<string, {landed: boolean; conflicts: readonly string[]}>()
  let at = 0
  for (const commit of commits) {
    const isClean = fields[at] === '1'
    const tree = fields[at + 1]
    if (tree === undefined || !/^[0-9a-f]{40,64}$/.test(tree)) break
    const paths: string[] = []
    for (at += 2; fields[at] !== undefined && fields[at] !== ''; at++) paths.push(fields[at]!)
    at++
    found.set(commit, {landed: isClean && tree === mainTree, conflicts: isClean ? [] : [...new Set(paths)]})
  }
  return found
}
