import {rm} from 'node:fs/promises'
import {join} from 'node:path'
import {makeTemporaryFolder} from '../../base/files.ts'
import type {Context} from '../context.ts'

/** Runs a task with an index of its own, so that no worktree's is touched. */
export async function withIndex<T>(_: Context, task: (env: {GIT_INDEX_FILE: string}) => Promise<T>): Promise<T> {
  const folder = makeTemporaryFolder('clambake-index-')
  try {
    return await task({GIT_INDEX_FILE: join(folder, 'index')})
  } finally {
    await rm(folder, {recursive: true, force: true})
  }
}
