import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {type Context, mainRef} from '../context.ts'

/** Paths in which merging `commit` into main (as of the last fetch) would conflict. Writes nothing that stays. */
export async function conflictsWithMain(context: Context, commit: string): Promise<readonly string[]> {
  return (await tryMerge(context, commit)).conflicts
}

async function tryMerge(context: Context, commit: string): Promise<{tree: string; conflicts: readonly string[]}> {
  // The merge writes trees and blobs; in the repository they would stay as garbage.
  const objects = await mkdtemp(join(tmpdir(), 'clambake-merge-'))
  try {
    const {exitCode, stdout} = await context.runner.git(
      ['merge-tree', '--write-tree', '-z', '--name-only', '--no-messages', mainRef(context), commit],
      {
        accept: [0, 1],
        env: {
          GIT_OBJECT_DIRECTORY: objects,
          // Quoted, because a colon separates folders.
          GIT_ALTERNATE_OBJECT_DIRECTORIES: JSON.stringify(join(context.commonDir, 'objects')),
        },
      },
    )
    const [tree = '', ...paths] = stdout.split('\0').filter(Boolean)
    return {tree: tree.trim(), conflicts: exitCode === 0 ? [] : [...new Set(paths)]}
  } finally {
    await rm(objects, {recursive: true, force: true})
  }
}
