import type {Context} from '../context.ts'

export type Person = {name: string; email: string}

/** What a commit says of those who made it, as git read it; names and dates are whatever their writer chose. */
export type OwnCommit = {
  commit: string
  parents: readonly string[]
  author: Person
  /** Seconds since 1970, a space, a time zone. */
  authored: string
  committedSeconds: string
  /** Values of its `Co-authored-by` trailers. */
  coAuthors: readonly string[]
}

const SEPARATOR = '\x01'
const FIELDS = [
  '%H',
  '%P',
  '%an',
  '%ae',
  '%ad',
  '%ct',
  `%(trailers:key=Co-authored-by,valueonly,unfold,separator=%x01)`,
] as const

/** The commits that some heads have and main has not, newest first, by their ids, in one process. */
export async function ownCommits(
  {runner}: Context,
  {main, heads}: {main: string; heads: readonly string[]},
): Promise<ReadonlyMap<string, OwnCommit>> {
  if (heads.length === 0) return new Map()
  const text = await runner.text(
    ['log', '--topo-order', '-z', '--date=raw', `--format=${FIELDS.join('%x00')}`, '--stdin'],
    {input: [...heads, `^${main}`].join('\n')},
  )
  const fields = text.split('\0')
  const found = new Map<string, OwnCommit>()
  for (let at = 0; at + FIELDS.length <= fields.length; at += FIELDS.length) {
    const [commit = '', parents = '', name = '', email = '', authored = '', committedSeconds = '', coAuthors = ''] =
      fields.slice(at, at + FIELDS.length)
    found.set(commit, {
      commit,
      parents: parents.split(' ').filter(Boolean),
      author: {name, email},
      authored,
      committedSeconds,
      coAuthors: coAuthors.split(SEPARATOR).filter(Boolean),
    })
  }
  return found
}

/**
 * The commits of one head among those, newest first, and the commits of main from which they start. No start: it shares
 * no commit with main. Commits in `passed` belong to another head; those of this one are added to it.
 */
export function commitsOf(
  commits: ReadonlyMap<string, OwnCommit>,
  head: string,
  passed: Set<string> = new Set(),
): {own: readonly OwnCommit[]; starts: readonly string[]} {
  const mine = new Set<string>()
  const starts = new Set<string>()
  const open = [head]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const known = commits.get(next)
    if (!known) starts.add(next)
    else if (!mine.has(next)) {
      mine.add(next)
      open.push(...known.parents)
    }
  }
  const own = [...commits.values()].filter(({commit}) => mine.has(commit) && !passed.has(commit))
  for (const commit of mine) passed.add(commit)
  return {own, starts: [...starts]}
}
