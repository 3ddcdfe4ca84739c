import {createHash} from 'node:crypto'
import {type Context, mainRef} from '../context.ts'
import {type Changes, changesOf, type Line, type Pair, patchesOf} from './changes.ts'

/** Commits of main that are compared, newest first. */
const MOST_COMMITS = 5000
/** Larger changes are not compared by their text. */
const MOST_FILES = 2000
const MOST_LINES = 50_000

/**
 * Heads whose work main has by other commits: all of it in one (a squash), or each commit in one (a rebase), although
 * main may have changed the same lines since. Whitespace counts, and binary files are never taken for the same.
 */
export async function samePatches(
  context: Context,
  lines: readonly Line[],
  changes: ReadonlyMap<string, Changes>,
): Promise<ReadonlySet<string>> {
  const wholes = lines.filter(({head, base}) => base !== null && isComparable(changes.get(head)))
  const oldest = await oldestBase(context, wholes)
  if (oldest === null) return new Set()
  const singles = await changesOf(
    context,
    [...new Set(wholes.flatMap(({own}) => own))].map(commit => ({commit})),
  )
  const wanted = new Set([
    ...wholes.map(({head}) => shapeOf(changes.get(head)!)),
    ...[...singles.values()].map(shapeOf),
  ])

  const main = await changesOf(context, await commitsSince(context, oldest))
  const alike = [...main].filter(([, change]) => isComparable(change) && wanted.has(shapeOf(change)))
  if (alike.length === 0) return new Set()
  const shapes = new Set(alike.map(([, change]) => shapeOf(change)))
  const onMain = await prints(
    context,
    alike.map(([commit]) => ({commit})),
  )
  const known = new Set(onMain.values())
  const ownSingles = await prints(
    context,
    [...singles].flatMap(([commit, change]) => (isComparable(change) && shapes.has(shapeOf(change)) ? [{commit}] : [])),
  )
  const ownWholes = await prints(
    context,
    wholes.flatMap(({head, base}) => (shapes.has(shapeOf(changes.get(head)!)) ? [{commit: head, against: base!}] : [])),
  )
  const isKnown = (print: string | undefined) => print !== undefined && known.has(print)
  return new Set(
    wholes.flatMap(({head, own}) =>
      isKnown(ownWholes.get(head)) || own.every(commit => isKnown(ownSingles.get(commit))) ? [head] : [],
    ),
  )
}

function isComparable(changes: Changes | undefined): boolean {
  if (changes === undefined || changes.length === 0 || changes.length > MOST_FILES) return false
  const lines = changes.reduce((sum, {added, removed}) => sum + (added ?? 0) + (removed ?? 0), 0)
  // Binary files, modes and empty files are not told by the text.
  return lines <= MOST_LINES && changes.every(({added, removed}) => added !== null && added + (removed ?? 0) > 0)
}

/** What two equal patches have in common, and hardly any two others. */
function shapeOf(changes: Changes): string {
  return changes
    .map(({path, added, removed}) => `${added} ${removed} ${path}`)
    .sort()
    .join('\0')
}

/** The commit from which main has to be read to see everything since any of them left it. */
async function oldestBase({runner}: Context, lines: readonly Line[]): Promise<string | null> {
  const bases = [...new Set(lines.flatMap(({base}) => (base === null ? [] : [base])))]
  if (bases.length < 2) return bases[0] ?? null
  const answer = await runner.git(['merge-base', '--octopus', ...bases], {accept: [0, 1]})
  return answer.exitCode === 0 ? (answer.stdout.split('\n')[0] ?? null) : null
}

async function commitsSince(context: Context, base: string): Promise<Pair[]> {
  const range = [`--max-count=${MOST_COMMITS}`, '--no-merges', mainRef(context), `^${base}`]
  const text = await context.runner.text(['rev-list', ...range, '--'])
  return text
    .split('\n')
    .filter(Boolean)
    .map(commit => ({commit}))
}

/** The text of each change without the places of its lines, hashed. */
async function prints(context: Context, pairs: readonly Pair[]): Promise<Map<string, string>> {
  const patches = await patchesOf(context, pairs)
  return new Map([...patches].map(([commit, patch]) => [commit, printOf(patch)]))
}

function printOf(patch: string): string {
  const text = patch.replace(/^index [0-9a-f]+\.\.[0-9a-f]+.*\n/gm, '').replace(/^@@ [^@]* @@.*$/gm, '@@')
  return createHash('sha256').update(text).digest('hex')
}
