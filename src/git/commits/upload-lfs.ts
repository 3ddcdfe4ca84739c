import {ClambakeError} from '../../base/errors.ts'
import {type Context, mainRef} from '../context.ts'

/** No pointer of git-lfs is longer. */
const POINTER_BYTES = 1024
/** A pointer in the output of `git cat-file --batch`: a line about the object, then the object. */
const POINTER = /^[0-9a-f]+ blob \d+\nversion https:\/\/[^\n]*\n(?:ext-[^\n]*\n)*oid sha256:([0-9a-f]{64})$/gm

/**
 * Uploads the content of git-lfs that a branch names and main does not, before the branch itself is pushed: by the hook
 * that the clone had when Clambake first worked in it, else by git-lfs. A clone without git-lfs costs nothing here.
 * Throws `lfs-not-uploaded`.
 */
export async function uploadLfs(context: Context, {branch, head}: {branch: string; head: string}): Promise<void> {
  const {lfs, runner, refs, remoteName} = context
  if (lfs === null) return
  const pointers = await newPointers(context, head)
  if (pointers.length === 0) return
  const {remote} = refs
  const ref = `refs/heads/${branch}`
  const result = await (lfs.hook === null
    ? runner.program('git', {args: ['lfs', 'push', '--object-id', remote.pushUrl, ...pointers], input: '', remote})
    : runner.program(lfs.hook, {
        args: [remoteName, remote.pushUrl],
        input: `${ref} ${head} ${ref} ${'0'.repeat(head.length)}\n`,
        remote,
      }))
  if (result.exitCode === 0) return
  const said = `${result.stderr}\n${result.stdout}`.trim().split('\n').slice(-3).join('; ')
  throw new ClambakeError({
    code: 'lfs-not-uploaded',
    message: `${branch} has ${pointers.length === 1 ? 'a file' : `${pointers.length} files`} of Git LFS whose content could not be uploaded: ${said}`,
    kept: 'its commits and their content are in the clone, and nothing was pushed',
    next: `see that git lfs push ${remoteName} ${branch} works in the clone, then try again`,
  })
}

/** The content's ids in the pointers that the commits add to main. */
async function newPointers(context: Context, head: string): Promise<string[]> {
  const {runner} = context
  const args = ['rev-list', '--objects', '--no-object-names', `--filter=blob:limit=${POINTER_BYTES + 1}`, head]
  const objects = await runner.text([...args, `^${mainRef(context)}`])
  const kinds = await runner.text(['cat-file', '--batch-check=%(objectname) %(objecttype)'], {input: objects})
  const blobs = kinds.split('\n').flatMap(line => /^(\S+) blob$/.exec(line)?.[1] ?? [])
  if (blobs.length === 0) return []
  const texts = await runner.text(['cat-file', '--batch'], {input: blobs.join('\n')})
  const found = new Set([...texts.matchAll(POINTER)].map(match => match[1]!))
  return [...found]
}
