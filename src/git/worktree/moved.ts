import {existsSync, lstatSync, readdirSync, writeFileSync} from 'node:fs'
import {basename, dirname, join} from 'node:path'
import {plainText} from '../../base/files.ts'
import type {Context} from '../context.ts'

/**
 * Joins worktrees with their clone again after its folder was moved: both name each other by whole paths, and git would
 * forget the worktrees, with what only they name. Only a worktree whose old place is gone is touched, and only where a
 * folder of its name in the workspace names the same entry of the clone.
 */
export async function rejoinMoved({commonDir, workspaceRoot, log}: Context): Promise<void> {
  const entries = join(commonDir, 'worktrees')
  if (!existsSync(entries)) return
  for (const id of readdirSync(entries)) {
    const note = join(entries, id, 'gitdir')
    const old = (await plainText(note))?.trim()
    if (old === undefined || old === '' || existsSync(old)) continue
    const place = join(workspaceRoot, basename(dirname(old)))
    const file = join(place, '.git')
    if (!lstatSync(place, {throwIfNoEntry: false})?.isDirectory()) continue
    const named = /^gitdir: (.*)$/.exec((await plainText(file))?.trim() ?? '')?.[1]
    if (named === undefined || basename(named) !== id || existsSync(named)) continue
    writeFileSync(file, `gitdir: ${join(entries, id)}\n`)
    writeFileSync(note, `${file}\n`)
    log.info('a worktree was moved with its clone', {from: dirname(old), to: place})
  }
}
