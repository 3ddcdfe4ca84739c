import {randomBytes} from 'node:crypto'
import type {BundleWork} from '../../model/data/landing/bundle.ts'
import type {Context} from '../context.ts'
import {BUNDLE_REFS} from './kept.ts'
import {bundleMessage, creditOf} from './message.ts'
import type {TreeChange} from './onto-main.ts'
import type {OwnCommit} from './own-commits.ts'

const RAW_DATE = /^\d{1,12} [+-](?:0\d|1[0-3])[0-5]\d$/
const COMMITTER = 'Clambake <clambake@localhost>'
/** What stands in a path for bytes that are no text; such a path cannot be written down here. */
const NO_TEXT = '\ufffd'

/** All of a commit but its tree and its parent. No configuration, such as one that signs, has a part in it. */
export type Words = {author: string; committer: string; message: string}

/** The words of a work's commit. `own`: its commits; `tip`: its head, if main does not have it. */
export function wordsFor(options: {
  work: BundleWork
  own: readonly OwnCommit[]
  tip: OwnCommit | undefined
  attempt: number
}): Words {
  const {work, own, tip, attempt} = options
  const {author, coAuthors} = creditOf(own)
  const authored = RAW_DATE.test(tip?.authored ?? '') ? tip!.authored : '0 +0000'
  const seconds = /^\d{1,11}$/.test(tip?.committedSeconds ?? '') ? Number(tip!.committedSeconds) : 0
  return {
    author: `${author.name} <${author.email}> ${authored}`,
    committer: `${COMMITTER} ${seconds + attempt} +0000`,
    message: bundleMessage(work, coAuthors),
  }
}

/** Writes a commit of a tree that is there, and gives its id. */
export function writeCommit(
  {runner}: Context,
  {tree, parent, words}: {tree: string; parent: string; words: Words},
): Promise<string> {
  const {author, committer, message} = words
  const lines = [`tree ${tree}`, `parent ${parent}`, `author ${author}`, `committer ${committer}`, '', message]
  return runner.text(['hash-object', '-t', 'commit', '-w', '--stdin'], {input: lines.join('\n')})
}

/** Whether `importCommits` can write these paths. */
export function canImport(changes: readonly TreeChange[]): boolean {
  return changes.every(({path, from}) => !path.includes(NO_TEXT) && !from?.includes(NO_TEXT))
}

/**
 * Writes a line of commits on top of `from` in one process, each with its changes, and gives their ids: those that
 * `writeCommit` would give. A ref of this clone names the last one, until `keepBundle` names it.
 */
export async function importCommits(
  context: Context,
  {from, commits}: {from: string; commits: readonly {words: Words; changes: readonly TreeChange[]}[]},
): Promise<string[]> {
  const ref = `${BUNDLE_REFS}${context.clock.now()}-making-${randomBytes(6).toString('hex')}`
  const stream = commits.flatMap(({words: {author, committer, message}, changes}, index) => [
    `commit ${ref}`,
    `mark :${index + 1}`,
    `author ${author}`,
    `committer ${committer}`,
    `data ${Buffer.byteLength(message)}`,
    message,
    ...(index === 0 ? [`from ${from}`] : []),
    // A file may come in the place of a folder that goes.
    ...changes.flatMap(({path, from: moved, mode}) => [
      ...(mode === null ? [`D ${quoted(path)}`] : []),
      ...(moved === null ? [] : [`D ${quoted(moved)}`]),
    ]),
    ...changes.flatMap(({path, mode, oid}) => (mode === null ? [] : [`M ${mode} ${oid} ${quoted(path)}`])),
    '',
    `get-mark :${index + 1}`,
  ])
  const text = await context.runner.text(['fast-import', '--quiet', '--date-format=raw'], {
    input: `${stream.join('\n')}\n`,
  })
  return text.split('\n')
}

function quoted(path: string): string {
  const text = path.replace(/["\\]/g, '\\$&').replace(/[\x00-\x1f\x7f]/g, char => `\\${octal(char)}`)
  return `"${text}"`
}

function octal(char: string): string {
  return char.charCodeAt(0).toString(8).padStart(3, '0')
}
