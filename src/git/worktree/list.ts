import {realpath} from 'node:fs/promises'
import {dirname, join, relative, resolve, sep} from 'node:path'
import {ClambakeError, isSystemError} from '../../base/errors.ts'
import {plainText, statOrNull} from '../../base/files.ts'
import type {Worktree} from '../../model/gateways/git.ts'
import type {Context} from '../context.ts'

/** A worktree whose `.git` file and git folder name each other; commands then name both. */
export type VerifiedWorktree = {readonly path: string; readonly gitDir: string; readonly commonDir?: string}

export type ListedWorktree = Worktree & {lockReason: string | null}

/** All worktrees but the main checkout, as git knows them. */
export async function listWorktrees(context: Context): Promise<ListedWorktree[]> {
  const text = await context.runner.read(['worktree', 'list', '--porcelain', '-z'])
  return text
    .split('\0\0')
    .filter(block => block.trim() !== '')
    .slice(1)
    .map(block => parseBlock(block.replace(/^\0+/, '')))
}

function parseBlock(block: string): ListedWorktree {
  const fields = new Map(
    block
      .split('\0')
      .filter(Boolean)
      .map(line => {
        const space = line.indexOf(' ')
        return space < 0 ? [line, ''] : [line.slice(0, space), line.slice(space + 1)]
      }),
  )
  return {
    path: fields.get('worktree') ?? '',
    branch: fields.get('branch')?.replace(/^refs\/heads\//, '') ?? null,
    head: fields.get('HEAD') ?? '',
    locked: fields.has('locked'),
    lockReason: fields.get('locked') ?? null,
    prunable: fields.has('prunable'),
  }
}

/**
 * The real path for a worktree, inside the workspace root. No folder on the way may be a symbolic link: an agent could
 * have redirected it. Throws `worktree-outside`.
 */
export async function placeInside(context: Context, path: string): Promise<string> {
  const wanted = resolve(context.workspaceRoot, path)
  const inside = relative(context.workspaceRoot, wanted)
  const outside = new ClambakeError({
    code: 'worktree-outside',
    message: `${path} is not inside the workspace folder ${context.workspaceRoot}`,
    kept: 'nothing was changed',
    next: 'set agents.workspace_root in clambake.toml to a folder without symbolic links below it',
  })
  if (inside === '' || inside.split(sep)[0] === '..') throw outside
  const root = await realOrSame(context.workspaceRoot)
  const parent = await realOrSame(dirname(wanted))
  if (parent !== dirname(join(root, inside))) throw outside
  const real = join(root, inside)
  if (await isSymlink(real)) throw outside
  return real
}

/**
 * Checks that the folder is a worktree of this repository and nothing else: its `.git` is a plain file that names a
 * folder in this repository's git folder, and that folder names the worktree. Throws `worktree-foreign`.
 */
export async function verifyWorktree(context: Context, path: string): Promise<VerifiedWorktree> {
  return verifyAt(context, await placeInside(context, path))
}

/** The same for a worktree anywhere, such as one that a person made: only to read it. Throws `worktree-foreign`. */
export async function verifyAnyWorktree(context: Context, path: string): Promise<VerifiedWorktree> {
  return verifyAt(context, await realOrSame(path))
}

async function verifyAt(context: Context, real: string): Promise<VerifiedWorktree> {
  const foreign = (why: string) =>
    new ClambakeError({
      code: 'worktree-foreign',
      message: `${real} is not a worktree of this repository: ${why}`,
      kept: 'it was not touched',
      next: 'look at the folder; move it away if it has your work',
    })
  const link = join(real, '.git')
  const kind = await statOrNull(link)
  if (!kind) throw foreign('it has no .git file')
  if (!kind.isFile()) throw foreign('its .git is not a plain file')
  const gitDir = /^gitdir: (.+?)\n*$/.exec((await plainText(link)) ?? '')?.[1]
  if (gitDir === undefined) throw foreign('its .git file names no git folder')
  const ours = join(context.commonDir, 'worktrees')
  const named = await realOrSame(resolve(real, gitDir))
  if (dirname(named) !== ours) throw foreign(`its .git file leads to ${gitDir}`)
  if ((await textOrNull(join(named, 'gitdir'))) !== link) throw foreign('its git folder belongs to another worktree')
  const common = await textOrNull(join(named, 'commondir'))
  if (common === null || resolve(named, common) !== context.commonDir) throw foreign('its git folder was led elsewhere')
  return {path: real, gitDir: named}
}

async function isSymlink(path: string): Promise<boolean> {
  return (await statOrNull(path))?.isSymbolicLink() ?? false
}

async function textOrNull(path: string): Promise<string | null> {
  return (await plainText(path))?.replace(/\n+$/, '') ?? null
}

/** Real path of the longest part that exists, with the rest as it is. */
export async function realOrSame(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (error) {
    if (!isSystemError(error, 'ENOENT')) throw error
    const parent = dirname(path)
    return parent === path ? path : join(await realOrSame(parent), path.slice(parent.length))
  }
}
