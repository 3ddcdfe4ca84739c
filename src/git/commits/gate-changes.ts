import type {GateChange} from '../../model/landing/gate/reading.ts'
import type {Context} from '../context.ts'

/** Exactly as git's configuration cannot change it; a moved file is told as moved. */
const DIFF = ['--no-ext-diff', '--no-textconv', '--no-color', '-M', '-z'] as const

type Seen = Pick<GateChange, 'path' | 'from' | 'kind'>
type Counts = {added: number; removed: number}
type Found = {seen: Seen[]; counts: Map<string, Counts>}

/** How each head differs from its base, as the gate looks at it; all heads in one process. */
export async function changesSince(
  context: Context,
  pairs: readonly {head: string; base: string}[],
): Promise<ReadonlyMap<string, readonly GateChange[]>> {
  if (pairs.length === 0) return new Map()
  const text = await context.runner.text(['diff-tree', '--stdin', '-r', ...DIFF, '--raw', '--numstat'], {
    // A commit, and what is to count as its parent.
    input: pairs.map(({head, base}) => `${head} ${base}\n`).join(''),
  })
  const found = parse(text)
  const changes = new Map<string, readonly GateChange[]>()
  for (const {head} of pairs) changes.set(head, await weighed(context, head, found.get(head)))
  return changes
}

/** Files that lost more than they got may have been emptied, so their lines are counted. */
async function weighed(context: Context, head: string, found: Found | undefined): Promise<GateChange[]> {
  if (!found) return []
  const {seen, counts} = found
  const changes = seen.map(change => ({...change, ...(counts.get(change.path) ?? {added: 0, removed: 0})}))
  const shrunk = changes.filter(({kind, added, removed}) => kind === 'modified' && removed > added)
  const left = await linesLeft(context, {head, paths: shrunk.map(({path}) => path)})
  return changes.map(({path, from, kind, added, removed}) => ({
    path,
    from,
    kind,
    added,
    removed,
    left: shrunk.some(one => one.path === path) ? (left.get(path) ?? 0) : Math.max(added, 1),
  }))
}

/**
 * Parses `diff-tree --stdin -z --raw --numstat`: a commit NUL, then `:modes ids M NUL path NUL` or with a move
 * `:modes ids R100 NUL old NUL new NUL`, then `added TAB removed TAB path NUL` or with a move
 * `added TAB removed TAB NUL old NUL new NUL`.
 */
function parse(text: string): Map<string, Found> {
  const fields = text.split('\0')
  const all = new Map<string, Found>()
  let current: Found = {seen: [], counts: new Map()}
  for (let at = 0; at < fields.length; at++) {
    const field = fields[at]!
    const status = /^\n?:\d+ \d+ [0-9a-f]+ [0-9a-f]+ ([A-Z])\d*$/.exec(field)?.[1]
    const numbers = /^\n?(\d+|-)\t(\d+|-)\t(.*)$/s.exec(field)
    if (status === 'R' || status === 'C') {
      current.seen.push({path: fields[at + 2]!, from: fields[at + 1]!, kind: 'modified'})
      at += 2
    } else if (status !== undefined) {
      const kind = status === 'A' ? 'added' : status === 'D' ? 'deleted' : 'modified'
      current.seen.push({path: fields[at + 1]!, from: null, kind})
      at += 1
    } else if (numbers) {
      // Of a binary file git counts no lines.
      const counts = {added: Number(numbers[1]) || 0, removed: Number(numbers[2]) || 0}
      const isMove = numbers[3] === ''
      current.counts.set(isMove ? fields[at + 2]! : numbers[3]!, counts)
      if (isMove) at += 2
    } else if (/^\n?[0-9a-f]{40,64}$/.test(field)) {
      current = {seen: [], counts: new Map()}
      all.set(field.trim(), current)
    }
  }
  return all
}

/** Lines of each file at `head` that are not blank; a file without any is left out. */
async function linesLeft(
  {runner}: Context,
  {head, paths}: {head: string; paths: readonly string[]},
): Promise<Map<string, number>> {
  const found = new Map<string, number>()
  if (paths.length === 0) return found
  const args = ['grep', '-c', '-z', '--no-color', '--threads=1', '-E', '[^[:space:]]', head, '--']
  const {stdout} = await runner.git([...args, ...paths.map(path => `:(literal)${path}`)], {accept: [0, 1]})
  // `-z`: head:path NUL count LF.
  for (const line of stdout.split('\n')) {
    const [name = '', count = ''] = line.split('\0')
    if (count !== '') found.set(name.slice(head.length + 1), Number(count))
  }
  return found
}
