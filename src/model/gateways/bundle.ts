import type {BundleCommit, BundleWork} from '../data/landing/bundle.ts'
import type {BranchPull} from '../data/pull.ts'
import type {GateChange, GateIssue} from '../landing/gate/reading.ts'
import type {MergeMethod} from '../landing/merge-method.ts'

/**
 * What became of building a bundle. `conflict`: the first work that does not merge onto the ones before it, or onto main
 * itself. `missing`: a head that is not on the remote any more.
 */
export type BuiltBundle =
  /** `empty`: works that change nothing on main and so have no commit. */
  | {state: 'built'; base: string; commits: readonly BundleCommit[]; empty: readonly number[]}
  | {state: 'conflict'; base: string; ticket: number; withMain: boolean; paths: readonly string[]}
  | {state: 'missing'; ticket: number}

/**
 * Files that a command makes from others, such as lock files. A bundle never merges them as text: they stay as main has
 * them, and are made again once all works are together.
 */
export type MadeFiles = {
  isMade(path: string): boolean
  /** Makes them in a folder that holds the bundle's files and is no worktree. Throws `regenerate-failed`. */
  make(folder: string): Promise<void>
}

/** A branch of a bundle that is to be at a commit on the remote. */
export type BundleBranch = {branch: string; commit: string}

/** What bundles need of git. */
export type BundleGit = {
  /**
   * Puts one commit for each work on top of main as it is on the remote now, in the order given and without a working
   * tree. Authors are kept, as co-authors where there are several; the message names ticket and branch and holds the
   * head, by which the commit is found again after it landed. The same works on the same main give the same commits,
   * but for `attempt`, which makes them others so that checks run again, and for the last one, which has what `made`
   * makes again. Nothing is pushed. Throws what `made` throws.
   */
  buildBundle(options: {
    works: readonly BundleWork[]
    attempt: number
    /** Default: none. */
    made?: readonly MadeFiles[]
  }): Promise<BuiltBundle>
  /**
   * Pushes branches of bundles in one push. One that is elsewhere on the remote is moved there; safe to repeat. Throws
   * `branch-moved`, and pushes nothing, where a branch holds what others pushed.
   */
  pushBundle(branches: readonly BundleBranch[]): Promise<void>
  /**
   * Deletes branches of bundles on the remote that are still at a commit which a bundle made; the others stay. Gives those
   * on which a bundle was built again since then.
   */
  dropBundle(branches: readonly BundleBranch[]): Promise<readonly string[]>
  /** The commits on main that carry these heads as work of a bundle, by head; looked for after `since`. After a fetch. */
  landedWork(options: {
    heads: readonly string[]
    since: string | null
    /** As it was for `buildBundle`. */
    made?: readonly Pick<MadeFiles, 'isMade'>[]
  }): Promise<ReadonlyMap<string, string>>
  /** Commits of branches on the remote, asked there and then in one request; null: no such branch. */
  remoteHeads(branches: readonly string[]): Promise<ReadonlyMap<string, string | null>>
  /** How pushed commits differ from main, for the protected paths. null: not known. */
  workChanges(heads: readonly string[]): Promise<ReadonlyMap<string, readonly GateChange[] | null>>
}

/** What the default branch admits, as far as a bundle must know it before it has a pull request; null: not known. */
export type BundleRules = {
  /** How pull requests may be merged, by the repository and by the branch's rules. */
  methods: readonly MergeMethod[]
  approvals: number
  codeOwners: boolean
  mergeQueue: boolean
  /** Pull requests may be left to GitHub's auto-merge. */
  autoMerge: boolean
} | null

/** What bundles need of GitHub. */
export type BundleForge = {
  bundleRules(): Promise<BundleRules>
  /** The issues as they are now, in one request; undefined: it could not be read. */
  gateIssues(issues: readonly number[]): Promise<ReadonlyMap<number, GateIssue | undefined>>
  /**
   * The pull request of each branch of this repository, in one request: an open one, or else the newest; null: none. Throws
   * what the request throws.
   */
  pullsOfBranches(branches: readonly string[]): Promise<ReadonlyMap<string, BranchPull | null>>
  /** The last lines that a failed check printed, as far as GitHub shows them; null: none. */
  checkLog(options: {sha: string; name: string}): Promise<string | null>
}
