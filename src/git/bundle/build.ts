import type {BundleCommit, BundleWork} from '../../model/data/landing/bundle.ts'
import type {BuiltBundle, MadeFiles} from '../../model/gateways/bundle.ts'
import {type Footprint, footprintOf, mayConflict} from '../../model/radar/overlap.ts'
import {type Context, isAncestor} from '../context.ts'
import {tryMerges} from '../radar/merge-trees.ts'
import {differences, isMadeBy, makeAgain, withPathsOf} from './made-files.ts'
import {changesOntoMain, IN_PLACE, type TreeChange, treeChanges} from './onto-main.ts'
import {commitsOf, ownCommits} from './own-commits.ts'
import {canImport, importCommits, type Words, wordsFor, writeCommit} from './write-commits.ts'

/** What a conflict is said to be in when the work does not start from main at all. */
const NO_COMMON_COMMIT = '(it shares no commit with main)'

type Tip = {commit: string; tree: string}
/** A work that meets no work before it, so that what it changes on main is what it changes here. */
type Plain = {ticket: number; words: Words; changes: readonly TreeChange[]}

/**
 * Puts a commit for each work on top of `main`, without a working tree. A commit depends only on main, the works up to
 * its own and `attempt`, so a bundle that is built again after a kill is the same. `heads`: what the remote has of the
 * works' branches. Works that meet no other one cost no process of their own.
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
  const treeOf = (commit: string) => context.runner.text(['rev-parse', '--verify', `${commit}^{tree}`])
  const [known, mainTree] = await Promise.all([
    ownCommits(context, {main, heads: works.map(({head}) => head)}),
    treeOf(main),
  ])
  const passed = new Set<string>()
  const planned = works.map(work => {
    const {own, starts} = commitsOf(known, work.head, passed)
    return {work, starts, words: wordsFor({work, own, tip: known.get(work.head), attempt})}
  })
  const mergeable = planned.flatMap(({work, starts}) => (starts.length > 0 ? [work.head] : []))
  const onto = await changesOntoMain(context, {main, mainTree, heads: mergeable})

  const isMade = isMadeBy(made)
  const stale = new Set<string>()
  const prints: Footprint[] = []
  const commits: (BundleCommit & {words: Words})[] = []
  const empty: number[] = []
  const tip = () => commits.at(-1)?.commit ?? main
  let plain: Plain[] = []

  async function writePlain(): Promise<void> {
    const ids = plain.length === 0 ? [] : await importCommits(context, {from: tip(), commits: plain})
    commits.push(...plain.map(({ticket, words}, index) => ({ticket, words, commit: ids[index]!})))
    plain = []
  }

  for (const {work, starts, words} of planned) {
    const {ticket, head} = work
    const changes = onto.get(head) ?? null
    if (changes !== null && isPlain(changes, prints, isMade)) {
      if (changes.length === 0) empty.push(ticket)
      else plain.push({ticket, words, changes})
      prints.push(footprintOf(changes))
      continue
    }
    await writePlain()
    const conflict = {state: 'conflict', base: main, ticket} as const
    if (starts.length === 0) return {...conflict, withMain: true, paths: [NO_COMMON_COMMIT]}
    const before = {commit: tip(), tree: await treeOf(tip())}
    const merged = await merge(context, {tip: before, head, made})
    if (merged.conflicts !== null) {
      const alone =
        before.commit === main ? merged : await merge(context, {tip: {commit: main, tree: mainTree}, head, made})
      return {...conflict, withMain: alone.conflicts !== null, paths: alone.conflicts ?? merged.conflicts}
    }
    for (const path of merged.stale) stale.add(path)
    const {tree} = merged
    if (tree === before.tree) {
      empty.push(ticket)
      continue
    }
    commits.push({ticket, words, commit: await writeCommit(context, {tree, parent: before.commit, words})})
    prints.push(footprintOf((await treeChanges(context, before.tree, [tree])).get(tree) ?? []))
  }
  await writePlain()

  const wanted = made.filter(one => [...stale].some(path => one.isMade(path)))
  const last = commits.at(-1)
  if (last && wanted.length > 0) {
    const parent = commits.at(-2)?.commit ?? main
    const tree = await makeAgain(context, await treeOf(last.commit), wanted)
    // It would be the only commit without a change.
    if (tree !== (await treeOf(parent))) {
      last.commit = await writeCommit(context, {tree, parent, words: last.words})
    }
  }
  return {state: 'built', base: main, commits: commits.map(({ticket, commit}) => ({ticket, commit})), empty}
}

function isPlain(
  changes: readonly TreeChange[],
  before: readonly Footprint[],
  isMade: (path: string) => boolean,
): boolean {
  if (!canImport(changes) || changes.some(({path, from}) => isMade(path) || (from !== null && isMade(from))))
    return false
  const print = footprintOf(changes)
  return before.every(other => !mayConflict(other, print))
}

type Merged =
  /** `stale`: made files that the work changes; they have to be made again. */
  {tree: string; stale: readonly string[]; conflicts: null} | {conflicts: readonly string[]}

/** Merges a work onto the works before it. Files that are made stay as they are there. */
async function merge(
  context: Context,
  {tip, head, made}: {tip: Tip; head: string; made: readonly MadeFiles[]},
): Promise<Merged> {
  const [tried] = await tryMerges(context, IN_PLACE, [[tip.commit, head]])
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
