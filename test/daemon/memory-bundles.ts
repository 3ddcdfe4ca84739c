import {ClambakeError} from '../../src/base/errors.ts'
import type {BundleCommit} from '../../src/model/data/landing/bundle.ts'
import type {BundleGit} from '../../src/model/gateways/bundle.ts'
import type {MergeMethod} from '../../src/model/landing/merge-method.ts'
import {pairKey} from '../../src/model/radar/forecast.ts'
import {shaOf} from './sha-of.ts'

/** What bundles need of the remote that clones share. */
type Remote = {
  branches: Map<string, string>
  main: string[]
  landed: Set<string>
  conflicts: ReadonlyMap<string, readonly string[]>
  parents: ReadonlyMap<string, string>
  bases: Map<string, string>
  bundles: Map<string, readonly {commit: string; head: string}[]>
  carried: Map<string, string>
}

/**
 * Bundles without git. `clashes`: paths in which two heads conflict (by `pairKey`); one that is on main already counts
 * as main.
 */
export function memoryBundles(remote: Remote, clashes: ReadonlyMap<string, readonly string[]>): BundleGit {
  const {branches, main, landed, conflicts, bases, bundles, carried, parents} = remote
  const clashOf = (head: string, others: Iterable<string>) =>
    [...others].flatMap(other => clashes.get(pairKey([head, other])) ?? [])
  const holds = (tip: string | undefined, head: string) => {
    for (let at = tip; at !== undefined; at = parents.get(at)) if (at === head) return true
    return false
  }

  return {
    async buildBundle({works, attempt}) {
      const base = main.at(-1)!
      const missing = works.find(({branch, head}) => !holds(branches.get(branch), head))
      if (missing) return {state: 'missing', ticket: missing.ticket}
      const commits: (BundleCommit & {head: string})[] = []
      const empty: number[] = []
      for (const {ticket, head} of works) {
        if (landed.has(head) || main.includes(head)) {
          empty.push(ticket)
          continue
        }
        const withMain = [...(conflicts.get(head) ?? []), ...clashOf(head, landed)]
        const withOthers = clashOf(
          head,
          commits.map(commit => commit.head),
        )
        const paths = withMain.length > 0 ? withMain : withOthers
        if (paths.length > 0) return {state: 'conflict', base, ticket, withMain: withMain.length > 0, paths}
        const commit = shaOf(`${head} on ${commits.at(-1)?.commit ?? base}, attempt ${attempt}`)
        bases.set(commit, base)
        commits.push({ticket, commit, head})
        bundles.set(commit, [...commits])
      }
      return {state: 'built', base, commits: commits.map(({ticket, commit}) => ({ticket, commit})), empty}
    },
    async pushBundle(wanted) {
      const foreign = wanted.find(({branch}) => branches.has(branch) && !bundles.has(branches.get(branch)!))
      if (foreign) throw new ClambakeError({code: 'branch-moved', message: `${foreign.branch} holds others' commits`})
      for (const {branch, commit} of wanted) branches.set(branch, commit)
    },
    async dropBundle(wanted) {
      const isOurs = (commit: string) => bundles.has(commit)
      for (const {branch, commit} of wanted) {
        if (branches.get(branch) === commit && isOurs(commit)) branches.delete(branch)
      }
      return wanted.flatMap(({branch}) => (isOurs(branches.get(branch) ?? '') ? [branch] : []))
    },
    async landedWork({heads, since}) {
      const later = main.slice(since === null ? 0 : main.indexOf(since) + 1)
      return new Map(
        later.flatMap(commit => {
          const head = carried.get(commit)
          return head !== undefined && heads.includes(head) ? [[head, commit] as const] : []
        }),
      )
    },
    remoteHeads: async asked => new Map(asked.map(branch => [branch, branches.get(branch) ?? null])),
    workChanges: async heads => new Map(heads.map(head => [head, []])),
  }
}

/** Puts what a bundle carries on main, as GitHub does by this method; a head that is no bundle's changes nothing. */
export function landBundle({main, landed, bundles, carried}: Remote, sha: string, method: MergeMethod): void {
  for (const {commit, head} of bundles.get(sha) ?? []) {
    landed.add(head)
    // A squash makes one commit of them all, with a message of its own.
    if (method === 'squash') continue
    const made = method === 'rebase' ? shaOf(`${commit} on ${main.at(-1)}`) : commit
    main.push(made)
    carried.set(made, head)
  }
}
