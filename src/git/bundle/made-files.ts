import {mkdirSync, mkdtempSync, readdirSync} from 'node:fs'
import {rm} from 'node:fs/promises'
import {join} from 'node:path'
import {isAlive} from '../../base/run.ts'
import type {MadeFiles} from '../../model/gateways/bundle.ts'
import type {Context} from '../context.ts'
import {withIndex} from '../orphans/with-index.ts'

/** Folders in which files are made again, below that of the worktrees, so that sandboxes admit them. */
const PREFIX = '.making-'

/** An entry of the first tree that the second has otherwise; mode `000000`: the first has none. */
type Difference = {path: string; mode: string; oid: string}

export function isMadeBy(made: readonly Pick<MadeFiles, 'isMade'>[]): (path: string) => boolean {
  return path => made.some(one => one.isMade(path))
}

/** The paths in which two trees differ, with what the first one has there. */
export async function differences(
  {runner}: Context,
  {from, to, env = {}}: {from: string; to: string; env?: Readonly<Record<string, string>>},
): Promise<Difference[]> {
  const text = await runner.text(['diff-tree', '-r', '-z', '--raw', '--no-renames', from, to], {env})
  const fields = text.split('\0')
  const found: Difference[] = []
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [mode = '', , oid = ''] = fields[at]!.trim().slice(1).split(' ')
    found.push({path: fields[at + 1]!, mode, oid})
  }
  return found
}

/** A tree in which some paths are as another tree has them. */
export function withPathsOf(context: Context, tree: string, others: readonly Difference[]): Promise<string> {
  const {runner} = context
  return withIndex(context, async env => {
    await runner.git(['read-tree', tree], {env})
    // Mode 0 takes a path away.
    const lines = others.map(({path, mode, oid}) => `${/^0+$/.test(mode) ? '0' : mode} ${oid}\t${path}\0`)
    await runner.git(['update-index', '--replace', '-z', '--index-info'], {env, input: lines.join('')})
    return runner.text(['write-tree'], {env})
  })
}

/**
 * Makes files again in a folder with all files of `tree`, and gives the tree with them. Nothing else that the commands
 * leave in the folder is taken over.
 */
export async function makeAgain(context: Context, tree: string, made: readonly MadeFiles[]): Promise<string> {
  const {runner, workspaceRoot, commonDir} = context
  mkdirSync(workspaceRoot, {recursive: true})
  await removeLeftBehind(workspaceRoot)
  const folder = mkdtempSync(join(workspaceRoot, `${PREFIX}${process.pid}-`))
  const at = {path: folder, gitDir: commonDir}
  try {
    return await withIndex(context, async env => {
      await runner.git(['read-tree', tree], {env})
      await runner.git(['checkout-index', '--all', '--index', '--quiet'], {at, env})
      for (const one of made) await one.make(folder)
      const args = ['ls-files', '-z', '--modified', '--deleted', '--others', '--exclude-standard']
      const touched = (await runner.text(args, {at, env})).split('\0')
      const paths = new Set(touched.filter(path => path !== '' && isMadeBy(made)(path)))
      const input = [...paths].map(path => `${path}\0`).join('')
      await runner.git(['update-index', '--add', '--remove', '--replace', '-z', '--stdin'], {at, env, input})
      return runner.text(['write-tree'], {at, env})
    })
  } finally {
    await rm(folder, {recursive: true, force: true})
  }
}

/** A killed process left its folder behind. */
async function removeLeftBehind(workspaceRoot: string): Promise<void> {
  for (const name of readdirSync(workspaceRoot).filter(name => name.startsWith(PREFIX))) {
    const pid = Number(name.slice(PREFIX.length).split('-')[0])
    if (!isAlive(pid)) await rm(join(workspaceRoot, name), {recursive: true, force: true})
  }
}
