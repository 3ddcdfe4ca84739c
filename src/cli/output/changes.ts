import {safeLine, safeText} from '../../base/text.ts'

/** How a file would change. `file` is its name for people. */
type Changes = {file: string /** A unified diff without its head; '': no change. */; diff: string}

/**
 * Compares a file with the text that would replace it. `dir` is absolute, `path` absolute or in `dir`; with `isNew` the
 * file counts as empty.
 */
export async function changesOf(options: {
  dir: string
  env: NodeJS.ProcessEnv
  path: string
  isNew: boolean
  text: string
}): Promise<Changes> {
  const {dir, env, path, isNew, text} = options
  const {compareWithFile} = await import('../../git/commits/compare.ts')
  return {file: path, diff: await compareWithFile({dir, env, file: isNew ? null : path, text})}
}

/** The change as lines for people; after `most` lines the rest is only counted. */
export function changeLines({file, diff}: Changes, most = Number.POSITIVE_INFINITY): string[] {
  const name = safeLine(file)
  if (diff === '') return [`${name}: nothing to change`]
  const lines = safeText(diff).split('\n')
  const more = lines.length - most
  return [
    `--- ${name}`,
    `+++ ${name}`,
    ...lines.slice(0, Math.min(lines.length, most)),
    ...(more > 0 ? [`… and ${more} more lines`] : []),
  ]
}
