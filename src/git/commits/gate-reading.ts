import type {GateChange, GitReading} from '../../model/landing/gate/reading.ts'
import {type Context, isAncestor, resolveCommit} from '../context.ts'
import {conflictsWithMain} from './merge-check.ts'

/** Exactly as git's configuration cannot change it; a moved file is told as moved. */
const DIFF = ['--no-ext-diff', '--no-textconv', '--no-color', '-M', '-z'] as const
const WORKFLOW = /^\.github\/workflows\/[^/]+\.ya?ml$/

/** Looks so soon after one another share one fetch; the look before a merge has its own. */
const FETCH_SHARED_MS = 2000
/** Answers that are kept, newest last: more pull requests than land at once. */
const KEPT = 100

type Fetched = {main: string; rewrite: GitReading['rewrite']}

export type GateFacts = (asked: {head: string; conflicts: boolean; fresh: boolean}) => Promise<GitReading>

/**
 * What git says of a pull request's head against main. A head that is not here, or one that shares no commit with main,
 * leaves what it cannot tell null. What two commits are to each other never changes, so it is found out once.
 */
export function createGateFacts(context: Context, fetch: () => Promise<Fetched>): GateFacts {
  const {clock} = context
  let last: {at: number; fetched: Promise<Fetched>} | null = null
  const known = new Map<string, Compared>()

  function mainNow(fresh: boolean): Promise<Fetched> {
    if (!fresh && last !== null && clock.monotonic() - last.at < FETCH_SHARED_MS) return last.fetched
    const fetched = fetch()
    const asked = {at: clock.monotonic(), fetched}
    last = asked
    // A fetch that failed is not shared.
    fetched.catch(() => {
      if (last === asked) last = null
    })
    return fetched
  }

  return async ({head, conflicts, fresh}) => {
    const {main, rewrite} = await mainNow(fresh)
    const key = `${main} ${head}`
    const facts = known.get(key) ?? (await compare(context, {main, head}))
    known.delete(key)
    if (facts.base !== null) known.set(key, facts)
    for (const oldest of known.keys()) if (known.size > KEPT) known.delete(oldest)
    if (!conflicts || facts.base === null) return {...facts, rewrite}
    return {...facts, rewrite, conflicts: await conflictsWithMain(context, head)}
  }
}

type Compared = Omit<GitReading, 'rewrite'>

async function compare(context: Context, {main, head}: {main: string; head: string}): Promise<Compared> {
  const none = {base: null, changes: null, conflicts: []}
  if ((await resolveCommit(context, head)) === null) return none
  const base = await context.runner.git(['merge-base', main, head], {accept: [0, 1, 128]})
  if (base.exitCode !== 0) return none
  return {
    base: {
      tip: main,
      contained: await isAncestor(context, main, head),
      hasWorkflows: await holdsWorkflows(context, head),
    },
    changes: await changesBetween(context, base.stdout, head),
    conflicts: [],
  }
}

async function holdsWorkflows({runner}: Context, head: string): Promise<boolean> {
  const text = await runner.text(['ls-tree', '-z', '--name-only', head, '--', '.github/workflows/'])
  return text.split('\0').some(path => WORKFLOW.test(path))
}

async function changesBetween(context: Context, base: string, head: string): Promise<GateChange[]> {
  const {runner} = context
  const [names, numbers] = await Promise.all([
    runner.text(['diff', ...DIFF, '--name-status', base, head, '--']),
    runner.text(['diff', ...DIFF, '--numstat', base, head, '--']),
  ])
  const counts = countsOf(numbers)
  const changes = statusesOf(names).map(change => ({...change, ...(counts.get(change.path) ?? {added: 0, removed: 0})}))
  // Only a file that lost more than it got can be emptied.
  const shrunk = changes.filter(({kind, added, removed}) => kind === 'modified' && removed > added)
  const left = await linesLeft(context, {head, paths: shrunk.map(({path}) => path)})
  return changes.map(({path, from, kind, added, removed}) => ({
    path,
    from,
    kind,
    removed,
    left: shrunk.some(one => one.path === path) ? (left.get(path) ?? 0) : Math.max(added, 1),
  }))
}

/** `--name-status -z`: `M NUL path NUL`, `R100 NUL old NUL new NUL`. */
function statusesOf(text: string): Pick<GateChange, 'path' | 'from' | 'kind'>[] {
  const fields = text.split('\0').filter(Boolean)
  const found: Pick<GateChange, 'path' | 'from' | 'kind'>[] = []
  for (let at = 0; at < fields.length; ) {
    const status = fields[at]!.trim()[0]
    if (status === 'R' || status === 'C') {
      found.push({path: fields[at + 2]!, from: fields[at + 1]!, kind: 'modified'})
      at += 3
    } else {
      const kind = status === 'A' ? 'added' : status === 'D' ? 'deleted' : 'modified'
      found.push({path: fields[at + 1]!, from: null, kind})
      at += 2
    }
  }
  return found
}

/** `--numstat -z`: `added TAB removed TAB path NUL`, or with a move `added TAB removed TAB NUL old NUL new NUL`. */
function countsOf(text: string): Map<string, {added: number; removed: number}> {
  const fields = text.split('\0')
  const found = new Map<string, {added: number; removed: number}>()
  for (let at = 0; at < fields.length; at++) {
    const match = /^\n?(\d+|-)\t(\d+|-)\t(.*)$/s.exec(fields[at]!)
    if (!match) continue
    // Of a binary file git counts no lines.
    const [added, removed] = [Number(match[1]) || 0, Number(match[2]) || 0]
    const path = match[3] === '' ? fields[at + 2]! : match[3]!
    if (match[3] === '') at += 2
    found.set(path, {added, removed})
  }
  return found
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
