import type {Context} from '../context.ts'
import type {ScratchObjects} from './scratch-objects.ts'

/** Texts of files of a tree by their paths, from one process; what is not there, or is no text, is left out. */
export async function markedFiles(
  context: Context,
  {env}: Pick<ScratchObjects, 'env'>,
  {tree, paths}: {tree: string; paths: readonly string[]},
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>()
  if (paths.length === 0) return found
  const input = paths.map(path => `${tree}:${path}\0`).join('')
  const out = Buffer.from(await context.runner.bytes(['cat-file', '--batch', '-z'], {input, env}))
  let at = 0
  for (const path of paths) {
    // It repeats the name, which may hold line ends and more.
    const missing = Buffer.from(`${tree}:${path} missing\n`)
    if (out.subarray(at, at + missing.length).equals(missing)) {
      at += missing.length
      continue
    }
    const end = out.indexOf('\n', at)
    const [, type, size = ''] = out.toString('latin1', at, end).split(' ')
    const content = out.subarray(end + 1, end + 1 + Number(size))
    at = end + 1 + Number(size) + 1
    if (type === 'blob' && !content.includes(0)) found.set(path, content.toString())
  }
  return found
}
