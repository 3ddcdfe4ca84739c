import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {Context} from '../context.ts'

/** Runs a task with an index of its own, so that no worktree's is touched. */
export async function withIndex<T>(_: Context, task: (env: {GIT_INDEX_FILE: string}) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'clambake-index-'))
  try {
    return await task({GIT_INDEX_FILE: join(folder, 'index')})
  } finally {
    await rm(folder, {recursive: true, force: true})
  }
}
