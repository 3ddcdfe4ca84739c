import type {BuiltBundle, BundleCommit, BundleWork} from '../../model/gateways/bundle.ts'
import {type Context, isAncestor} from '../context.ts'
import {mergeTrees} from '../radar/merge-trees.ts'
import {bundleMessage, creditOf} from './message.ts'
import {commitsOf, type OwnCommit, ownCommits} from './own-commits.ts'

/** What a conflict is said to be in when the work does not start from main at all. */
const NO_COMMON_COMMIT = '(it shares no commit with main)'
const RAW_DATE = /^\d{1,12} [+-]\d{4}$/
const COMMITTER = 'Clambake <clambake@localhost>'

/** Everything is an object of the repository, so the commits can be pushed as they are. */
const IN_PLACE = {env: {}} as const

/**
 * Puts a commit for each work on top of `main`, without a working tree or a ref. A commit depends only on main, the
 * works up to its own and `attempt`, so a bundle that is built again after a kill is the same. `heads`: what the remote
 * has of the works' branches.
 */
export async function buildBundle(
  context: Context,
  options: {
    main: string
    works: readonly BundleWork[]
    attempt: number
    heads: ReadonlyMap<string, string | null>
  },
): Promise<BuiltBundle> {
  const {main, works, attempt, heads} = options
  for (const {ticket, branch, head} of works) {
    const there = heads.get(branch) ?? null
    if (there !== head && (there === null || !(await isAncestor(context, head, there)))) {
      return {state: 'missing', ticket}
    }
  }
  const [known, mainTree] = await Promise.all([
    ownCommits(context, {main, heads: works.map(({head}) => head)}),
    context.runner.text(['rev-parse', '--verify', `${main}^{tree}`]),
  ])
  const passed = new Set<string>()
  const commits: BundleCommit[] = []
  const empty: number[] = []
  let tip = {commit: main, tree: mainTree}
  for (const work of works) {
    const {ticket, head} = work
    const {own, starts} = commitsOf(known, head, passed)
    if (starts.length === 0) {
      return {state: 'conflict', base: main, ticket, withMain: true, paths: [NO_COMMON_COMMIT]}
    }
    const merged = await merge(context, tip.commit, head)
    if (merged.conflicts !== null) {
      const alone = tip.commit === main ? merged : await merge(context, main, head)
      const paths = alone.conflicts ?? merged.conflicts
      return {state: 'conflict', base: main, ticket, withMain: alone.conflicts !== null, paths}
    }
    if (merged.tree === tip.tree) {
      empty.push(ticket)
      continue
    }
    const text = commitText({work, own, tip: known.get(head), attempt, tree: merged.tree, parent: tip.commit})
    tip = {commit: await writeCommit(context, text), tree: merged.tree}
    commits.push({ticket, commit: tip.commit})
  }
  return {state: 'built', base: main, commits, empty}
}

type Merged = {tree: string; conflicts: null} | {conflicts: readonly string[]}

async function merge(context: Context, ours: string, theirs: string): Promise<Merged> {
  const [tried] = await mergeTrees(context, IN_PLACE, [[ours, theirs]])
  const {tree, files} = tried!
  return files.length === 0 ? {tree, conflicts: null} : {conflicts: files.map(({path}) => path)}
}

/** The commit as git stores it: no configuration, such as one that signs, has a part in it. */
function commitText(options: {
  work: BundleWork
  own: readonly OwnCommit[]
  /** The work's head, if main does not have it. */
  tip: OwnCommit | undefined
  attempt: number
  tree: string
  parent: string
}): string {
  const {work, own, tip, attempt, tree, parent} = options
  const {author, coAuthors} = creditOf(own)
  const authored = RAW_DATE.test(tip?.authored ?? '') ? tip!.authored : '0 +0000'
  const seconds = /^\d{1,11}$/.test(tip?.committedSeconds ?? '') ? Number(tip!.committedSeconds) : 0
  return [
    `tree ${tree}`,
    `parent ${parent}`,
    `author ${author.name} <${author.email}> ${authored}`,
    `committer ${COMMITTER} ${seconds + attempt} +0000`,
    '',
    bundleMessage(work, coAuthors),
  ].join('\n')
}

function writeCommit({runner}: Context, text: string): Promise<string> {
  return runner.text(['hash-object', '-t', 'commit', '-w', '--stdin'], {input: text})
}
