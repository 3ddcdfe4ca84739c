import {copyFile, mkdir, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {makeTemporaryFolder, statOrNull} from '../../base/files.ts'
import {type Context, presentCommits} from '../context.ts'
import type {VerifiedWorktree} from './list.ts'
import {idsNamedBy, type NestedRepository} from './nested.ts'

/** A look into a nested repository by our configuration alone: nothing that its own names is run. */
export type NestedReader = AsyncDisposable & {
  /** A temporary repository that borrows the nested one's objects and has a copy of its index. */
  reader: VerifiedWorktree
  /** Commits that its refs, logs and unfinished operations name. */
  commits: readonly string[]
  /** Those of them that a ref of a remote names. */
  onRemotes: readonly string[]
}

/** Opens a repository inside a worktree for reading, by a git folder of our own that none of its settings reach. */
export async function openNested(
  context: Context,
  {gitDir, workTree}: Pick<NestedRepository, 'gitDir' | 'workTree'>,
): Promise<NestedReader> {
  const scratch = makeTemporaryFolder('clambake-nested-')
  await using cleanup = new AsyncDisposableStack()
  cleanup.defer(() => rm(scratch, {recursive: true, force: true}))
  const named = gitDir === null ? {all: [], onRemotes: []} : await idsNamedBy(gitDir)
  const own = join(scratch, 'git')
  const reader = {path: workTree ?? scratch, gitDir: own, commonDir: own}
  await makeReader(own, {gitDir, isSha256: named.all.some(id => id.length === 64)})
  const commits = await presentCommits(context, named.all, reader)
  const onRemotes = await presentCommits(context, named.onRemotes, reader)
  const owned = cleanup.move()
  return {reader, commits, onRemotes, [Symbol.asyncDispose]: () => owned.disposeAsync()}
}

async function makeReader(
  reader: string,
  {gitDir, isSha256}: {gitDir: string | null; isSha256: boolean},
): Promise<void> {
  await mkdir(join(reader, 'objects/info'), {recursive: true})
  await mkdir(join(reader, 'refs'))
  await writeFile(join(reader, 'HEAD'), 'ref: refs/heads/none\n')
  const format = isSha256
    ? '\trepositoryformatversion = 1\n[extensions]\n\tobjectformat = sha256\n'
    : '\trepositoryformatversion = 0\n'
  await writeFile(join(reader, 'config'), `[core]\n${format}`)
  if (gitDir === null) return
  await writeFile(join(reader, 'objects/info/alternates'), `${join(gitDir, 'objects')}\n`)
  for (const file of ['index', 'shallow']) {
    if ((await statOrNull(join(gitDir, file)))?.isFile()) await copyFile(join(gitDir, file), join(reader, file))
  }
}
