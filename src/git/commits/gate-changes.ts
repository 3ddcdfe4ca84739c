import {isTestPath} from '../../model/landing/gate/protected-paths.ts'
import type {GateChange} from '../../model/landing/gate/reading.ts'
import type {Context} from '../context.ts'

/** Exactly as git's configuration cannot change it; a moved file is told as moved. */
const DIFF = ['--no-ext-diff', '--no-textconv', '--no-color', '--no-abbrev', '-M', '-z'] as const

/** The mode of a folder. */
const FOLDER = '040000'
/** The mode of a pointer to a commit of another repository. */
const POINTER = '160000'
/** The mode of what is not there. */
const NOTHING = '000000'

type Seen = Pick<GateChange, 'path' | 'from' | 'kind'>
/** null: git takes it for a binary file, as its attributes or a zero byte say, and counts no lines. */
type Counts = {added: number; removed: number} | null
/** `read`: the folders and the files of tests that git had to read, on both sides. */
type Found = {seen: Seen[]; counts: Map<string, Counts>; read: Set<string>}

/** How each head differs from its base, as the gate looks at it; all heads in one process. */
export async function changesSince(
  context: Context,
  pairs: readonly {head: string; base: string}[],
): Promise<ReadonlyMap<string, readonly GateChange[]>> {
  const found = await compare(context, pairs)
  const changes = new Map<string, readonly GateChange[]>()
  for (const pair of pairs) changes.set(pair.head, await weighed(context, pair, found.get(pair.head)))
  return changes
}

/** The same for one head, with the objects that git read for what the gate asks of folders and of tests. */
export async function changesWithObjects(
  context: Context,
  pair: {head: string; base: string},
): Promise<{changes: readonly GateChange[]; objects: readonly string[]}> {
  const found = (await compare(context, [pair])).get(pair.head)
  return {changes: await weighed(context, pair, found), objects: [...(found?.read ?? [])]}
}

async function compare(
  context: Context,
  pairs: readonly {head: string; base: string}[],
): Promise<ReadonlyMap<string, Found>> {
  if (pairs.length === 0) return new Map()
  const text = await context.runner.text(['diff-tree', '--stdin', '-r', '-t', ...DIFF, '--raw', '--numstat'], {
    // A commit, and what is to count as its parent.
    input: pairs.map(({head, base}) => `${head} ${base}\n`).join(''),
  })
  return parse(text)
}

/**
 * Files that lost more than they got may have been emptied, so their lines are counted. So are those of tests that git takes
 * for binary files, before and after: a zero byte in a test must not hide what became of it.
 */
async function weighed(
  context: Context,
  {head, base}: {head: string; base: string},
  found: Found | undefined,
): Promise<GateChange[]> {
  if (!found) return []
  const {seen, counts} = found
  const modified = seen.filter(({kind}) => kind === 'modified')
  const unclear = modified.filter(({path, from}) => counts.get(path) === null && isTestPath(from ?? path))
  const shrunk = modified.filter(({path}) => {
    const numbers = counts.get(path)
    return numbers != null && numbers.removed > numbers.added
  })
  const counted = [...shrunk, ...unclear].map(({path}) => path)
  const left = await linesLeft(context, {commit: head, paths: counted})
  const before = await linesLeft(context, {commit: base, paths: unclear.map(({path, from}) => from ?? path)})
  return seen.map(change => {
    const {path, from} = change
    const numbers = counts.get(path) ?? {added: 0, removed: before.get(from ?? path) ?? 0}
    return {...change, ...numbers, left: counted.includes(path) ? (left.get(path) ?? 0) : Math.max(numbers.added, 1)}
  })
}

/**
 * Parses `diff-tree --stdin -z --raw --numstat`: a commit NUL, then `:modes ids M NUL path NUL` or with a move
 * `:modes ids R100 NUL old NUL new NUL`, then `added TAB removed TAB path NUL` or with a move
 * `added TAB removed TAB NUL old NUL new NUL`.
 */
function parse(text: string): Map<string, Found> {
  const fields = text.split('\0')
  const all = new Map<string, Found>()
  const none = (): Found => ({seen: [], counts: new Map(), read: new Set()})
  let current = none()
  for (let at = 0; at < fields.length; at++) {
    const field = fields[at]!
    const [, was, is, from = '', to = '', status] =
      /^\n?:(\d+) (\d+) ([0-9a-f]+) ([0-9a-f]+) ([A-Z])\d*$/.exec(field) ?? []
    const numbers = /^\n?(\d+|-)\t(\d+|-)\t(.*)$/s.exec(field)
    const sides = [[was, from] as const, [is, to] as const]
    if (was !== undefined && [was, is].every(mode => mode === FOLDER || mode === NOTHING)) {
      for (const [mode, id] of sides) if (mode === FOLDER) current.read.add(id)
      at += 1
    } else if (status !== undefined) {
      const isMove = status === 'R' || status === 'C'
      const [path, moved] = isMove ? [fields[at + 2]!, fields[at + 1]!] : [fields[at + 1]!, null]
      const kind = status === 'A' ? 'added' : status === 'D' ? 'deleted' : 'modified'
      current.seen.push({path, from: moved, kind})
      const isCounted = kind === 'modified' && [path, moved].some(name => name !== null && isTestPath(name))
      for (const [mode, id] of sides) if (isCounted && mode !== POINTER) current.read.add(id)
      at += isMove ? 2 : 1
    } else if (numbers) {
      const [, added, removed] = numbers
      const counts = added === '-' ? null : {added: Number(added), removed: Number(removed)}
      const isMove = numbers[3] === ''
      current.counts.set(isMove ? fields[at + 2]! : numbers[3]!, counts)
      if (isMove) at += 2
    } else if (/^\n?[0-9a-f]{40,64}$/.test(field)) {
      current = none()
      all.set(field.trim(), current)
    }
  }
  return all
}

/** Lines of each file of a commit that are not blank; a file without any is left out. */
async function linesLeft(
  {runner}: Context,
  {commit, paths}: {commit: string; paths: readonly string[]},
): Promise<Map<string, number>> {
  const found = new Map<string, number>()
  if (paths.length === 0) return found
  const args = ['grep', '-c', '-z', '--text', '--no-color', '--threads=1', '-E', '[^[:space:]]', commit, '--']
  const {stdout} = await runner.git([...args, ...paths.map(path => `:(literal)${path}`)], {accept: [0, 1]})
  // `-z`: commit:path NUL count LF; a path may have line breaks.
  for (const [, name = '', count] of stdout.matchAll(/([^\0]*)\0(\d+)(?:\n|$)/g)) {
    found.set(name.slice(commit.length + 1), Number(count))
  }
  return found
}
