import type {BuiltBundle, BundleCommit, BundleWork, MadeFiles} from '../../model/gateways/bundle.ts'
import {type Context, isAncestor} from '../context.ts'
import {mergeTrees} from '../radar/merge-trees.ts'
import {differences, isMadeBy, makeAgain, withPathsOf} from './made-files.ts'
import {bundleMessage, creditOf} from './message.ts'
import {commitsOf, type OwnCommit, ownCommits} from './own-commits.ts'

/** What a conflict is said to be in when the work does not start from main at all. */
const NO_COMMON_COMMIT = '(it shares no commit with main)'
const RAW_DATE = /^\d{1,12} [+-]\d{4}$/
const COMMITTER = 'Clambake <clambake@localhost>'

/** Everything is an object of the repository, so the commits can be pushed as they are. */
const IN_PLACE = {env: {}} as const

type Tip = {commit: string; tree: string}

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
    made: readonly MadeFiles[]
  },
): Promise<BuiltBundle> {
  const {main, works, attempt, heads, made} = options
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
  const start = {commit: main, tree: mainTree}
  const passed = new Set<string>()
  const stale = new Set<string>()
  const commits: BundleCommit[] = []
  const empty: number[] = []
  let [tip, before]: [Tip, Tip] = [start, start]
  let textOf = (_: string): string => ''
  for (const work of works) {
    const {ticket, head} = work
    const {own, starts} = commitsOf(known, head, passed)
    if (starts.length === 0) {
      return {state: 'conflict', base: main, ticket, withMain: true, paths: [NO_COMMON_COMMIT]}
    }
    const merged = await merge(context, {tip, head, made})
    if (merged.conflicts !== null) {
      const alone = tip.commit === main ? merged : await merge(context, {tip: start, head, made})
      const paths = alone.conflicts ?? merged.conflicts
      return {state: 'conflict', base: main, ticket, withMain: alone.conflicts !== null, paths}
    }
    for (const path of merged.stale) stale.add(path)
    if (merged.tree === tip.tree) {
      empty.push(ticket)
      continue
    }
    before = tip
    textOf = commitText({work, own, tip: known.get(head), attempt, parent: tip.commit})
    tip = {commit: await writeCommit(context, textOf(merged.tree)), tree: merged.tree}
    commits.push({ticket, commit: tip.commit})
  }
  const wanted = made.filter(({isMade}) => [...stale].some(isMade))
  const last = commits.at(-1)
  if (last && wanted.length > 0) {
    const tree = await makeAgain(context, tip.tree, wanted)
    // It would be the only commit without a change.
    if (tree !== before.tree) last.commit = await writeCommit(context, textOf(tree))
  }
  return {state: 'built', base: main, commits, empty}
}

type Merged =
  /** `stale`: made files that the work changes; they have to be made again. */
  {tree: string; stale: readonly string[]; conflicts: null} | {conflicts: readonly string[]}

/** Merges a work onto the works before it. Files that are made stay as they are there. */
async function merge(
  context: Context,
  {tip, head, made}: {tip: Tip; head: string; made: readonly MadeFiles[]},
): Promise<Merged> {
  const [tried] = await mergeTrees(context, IN_PLACE, [[tip.commit, head]])
  const {tree, files} = tried!
  const conflicts = files.map(({path}) => path)
  const isMade = isMadeBy(made)
  if (!conflicts.every(isMade)) return {conflicts}
  if (made.length === 0) return {tree, stale: [], conflicts: null}
  const stale = (await differences(context, {from: tip.tree, to: tree})).filter(({path}) => isMade(path))
  const paths = [...stale.map(({path}) => path), ...conflicts]
  const kept = stale.length === 0 ? tree : await withPathsOf(context, tree, stale)
  if (kept !== tip.tree) return {tree: kept, stale: paths, conflicts: null}
  // It changes nothing but made files, so there is nothing that they could be made from: it is merged as text.
  return conflicts.length > 0 ? {conflicts} : {tree, stale: paths, conflicts: null}
}

/**
 * The commit of a tree as git stores it: no configuration, such as one that signs, has a part in it. `tip`: the work's
 * head, if main does not have it.
 */
function commitText(options: {
  work: BundleWork
  own: readonly OwnCommit[]
  tip: OwnCommit | undefined
  attempt: number
  parent: string
}): (tree: string) => string {
  const {work, own, tip, attempt, parent} = options
  const {author, coAuthors} = creditOf(own)
  const authored = RAW_DATE.test(tip?.authored ?? '') ? tip!.authored : '0 +0000'
  const seconds = /^\d{1,11}$/.test(tip?.committedSeconds ?? '') ? Number(tip!.committedSeconds) : 0
  return tree =>
    [
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
