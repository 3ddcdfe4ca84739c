import {safeLine, safeText} from '../../base/text.ts'

/** What a yes would change in a file, found without writing anything. `file`: how people are told of it. */
export type Changes = {file: string /** A unified diff without its head; '': nothing. */; diff: string}

/**
 * Compares a file with the text that is to take its place. `dir`: an absolute folder; `path`: in it, or absolute;
 * `isNew`: nothing of a person's stands there.
 */
export async function changesOf(options: {
  dir: string
  env: NodeJS.ProcessEnv
  path: string
  isNew: boolean
  text: string
}): Promise<Changes> {
  const {dir, env, path, isNew, text} = options
  const {compareWithFile} = await import('../../git/compare.ts')
  return {file: path, diff: await compareWithFile({dir, env, file: isNew ? null : path, text})}
}

/** As people see it before they are asked; of a difference with more lines than `most` the rest is counted. */
export function changeLines({file, diff}: Changes, most = Number.POSITIVE_INFINITY): string[] {
  const name = safeLine(file)
  if (diff === '') return [`${name}: nothing to change`]
  const lines = safeText(diff).split('\n')
  const more = lines.length - most
  return [
    `--- ${name}`,
    `+++ ${name}`,
    ...lines.slice(0, Math.min(lines.length, most)),
    ...(more > 0 ? [`… and ${more} lines more`] : []),
  ]
}
