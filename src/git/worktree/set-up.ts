import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import type {Context} from '../context.ts'
import {statOrNull, verifyWorktree} from './list.ts'

/** The note's file, in the worktree's own git folder: it is removed with the worktree and not shown in its status. */
const MARK = 'clambake-set-up'

/** Whether the worktree was noted to be set up. */
export async function isSetUp(context: Context, path: string): Promise<boolean> {
  return (await statOrNull(await markOf(context, path))) !== null
}

/** Notes that the worktree is set up; the note goes when the worktree does. */
export async function markSetUp(context: Context, path: string): Promise<void> {
  await writeFile(await markOf(context, path), '')
}

async function markOf(context: Context, path: string): Promise<string> {
  return join((await verifyWorktree(context, path)).gitDir, MARK)
}
