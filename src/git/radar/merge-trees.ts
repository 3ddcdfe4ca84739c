import {hasCode} from '../../base/errors.ts'
import type {CommitPair, ConflictFile, TriedMerge} from '../../model/radar/forecast.ts'
import type {Context} from '../context.ts'
import type {ScratchObjects} from './scratch-objects.ts'

/** Merges every pair of commits in one process; the commits must be there. */
export async function mergeTrees(
  context: Context,
  {env}: Pick<ScratchObjects, 'env'>,
  pairs: readonly CommitPair[],
): Promise<TriedMerge[]> {
  if (pairs.length === 0) return []
  const input = pairs.map(([one, other]) => `${one} ${other}\n`).join('')
  const text = await context.runner.text(['merge-tree', '--write-tree', '--stdin', '-z', '--messages'], {
    input,
    env,
  })
  const tried = parseMerges(text)
  if (tried.length !== pairs.length) throw new Error(`git merged ${tried.length} of ${pairs.length} pairs`)
  return tried
}

/** What git says, and does, of a commit that it can merge with no other: it lacks its files, or its trees are none of git's. */
const UNMERGEABLE =
  /unrelated histories|in tree entry|malformed mode|too-short tree|corrupt tree|unable to read (?:tree|object)|bad (?:tree|object)|could not parse|ended by SIG(?:SEGV|ABRT|BUS)/i

/**
 * Merges every pair like `mergeTrees`; a pair that git cannot merge at all conflicts, and the others are merged all the same.
 * An agent can make such a commit, and git ends at it.
 */
export async function tryMerges(
  context: Context,
  scratch: Pick<ScratchObjects, 'env'>,
  pairs: readonly CommitPair[],
): Promise<TriedMerge[]> {
  try {
    return await mergeTrees(context, scratch, pairs)
  } catch (error) {
    const isOfCommits = hasCode(error, 'git-failed') || hasCode(error, 'run-interrupted')
    if (!isOfCommits || !UNMERGEABLE.test(error.message)) throw error
  }
  if (pairs.length > 1) {
    const half = Math.ceil(pairs.length / 2)
    const first = await tryMerges(context, scratch, pairs.slice(0, half))
    return [...first, ...(await tryMerges(context, scratch, pairs.slice(half)))]
  }
  const [one] = pairs[0]!
  const tree = await context.runner.text(['rev-parse', '--verify', `${one}^{tree}`], {env: scratch.env})
  return [{tree, files: [{path: '(git cannot merge it)', kind: 'unknown'}]}]
}

/**
 * Parses what `git merge-tree --stdin -z --messages` prints, fields that end with a zero byte: a status, a tree, the
 * files in conflict, nothing, the messages, nothing. A message is the number of its paths, the paths, its kind, a text.
 * The status is 1 for a clean merge and 0 for a conflict, the reverse of an exit code.
 */
export function parseMerges(text: string): TriedMerge[] {
  const fields = text.split('\0')
  const merges: TriedMerge[] = []
  let at = 0
  while (fields[at] === '0' || fields[at] === '1') {
    const clean = fields[at] === '1'
    const tree = fields[at + 1] ?? ''
    at += 2
    const files: string[] = []
    if (!clean) for (; fields[at] !== ''; at++) files.push(pathIn(fields[at]!))
    at += 1
    const kinds = new Map<string, string>()
    for (; fields[at] !== '' && fields[at] !== undefined; ) {
      const count = Number(fields[at])
      const paths = fields.slice(at + 1, at + 1 + count)
      const kind = /^CONFLICT \((.*)\)$/.exec(fields[at + 1 + count] ?? '')?.[1]
      if (kind !== undefined) for (const path of paths) if (!kinds.has(path)) kinds.set(path, kind)
      at += count + 3
    }
    at += 1
    merges.push({tree, files: clean ? [] : filesOf(files, kinds)})
  }
  return merges
}

/** `100644 <object> <stage>\t<path>` */
function pathIn(entry: string): string {
  return entry.slice(entry.indexOf('\t') + 1)
}

/** Some conflicts leave no file of the index in conflict, as when git moved an added file along with its folder. */
function filesOf(files: readonly string[], kinds: ReadonlyMap<string, string>): ConflictFile[] {
  const paths = [...new Set(files.length > 0 ? files : kinds.keys())]
  if (paths.length === 0) return [{path: '(a path that git does not name)', kind: 'unknown'}]
  return paths.map(path => ({path, kind: kinds.get(path) ?? 'contents'}))
}
