import type {Association} from '../../data/issue.ts'
import type {Pull} from '../../data/pull.ts'

/** One check run or commit status of the head. */
export type GateCheck = {
  name: string
  /** `stopped`: it ended without a verdict on the work (cancelled, no runner, an approval of the run is missing). */
  state: 'pending' | 'passed' | 'failed' | 'stopped'
  /** It passed without a look at the work: it was skipped, or calls itself neutral. */
  isQuiet?: boolean
  /** What it says of itself, for people and for the agent. */
  summary: string
  url: string | null
}

/** A check suite: what one app promised for the head, whether or not its runs have begun. */
export type GateSuite = {app: string; completed: boolean; runs: number}

export type GateChecks = {
  /** The commit that was asked after. */
  sha: string
  checks: readonly GateCheck[]
  suites: readonly GateSuite[]
}

/** What one reviewer said last with a verdict. Comments are no verdict, and a dismissed verdict is taken back. */
export type GateReview = {
  by: string
  association: Association
  /** GitHub says whether the reviewer may push here; null: not told. */
  mayPush: boolean | null
  state: 'approved' | 'changes'
  /** Commit that the reviewer looked at. */
  commit: string
  body: string
}

/** What the base branch demands of a merge, as far as the token may see it. */
export type BranchRules = {
  requiredChecks: readonly string[]
  approvals: number
  codeOwners: boolean
  /** Every conversation has to be resolved. */
  conversations: boolean
  /** Merges go through GitHub's own merge queue. */
  mergeQueue: boolean
}

/** How a path differs between main and the head. */
export type GateChange = {
  path: string
  /** Its earlier path, if it was renamed. */
  from: string | null
  kind: 'added' | 'modified' | 'deleted'
  added: number
  /** Non-blank lines that are left of it, and how many lines were removed. */
  left: number
  removed: number
}

/** The issue as GitHub shows it at this moment; null: it was deleted or transferred. */
export type GateIssue = {
  state: 'open' | 'closed'
  /** GitHub's `state_reason`. */
  reason: string | null
  labels: readonly string[]
  /** Its Status on the configured board; null: no card or no board. */
  column: string | null
} | null

/** What GitHub says of a pull request at one moment. What could not be read is null, and null is never a yes. */
export type ForgeReading = {
  pull: Pull
  /** Labels of the pull request itself; null: not all of them were read. */
  labels: readonly string[] | null
  /** GitHub's own summary of what a merge would meet (`mergeStateStatus`), in lower case; null: not told. */
  mergeState: string | null
  checks: GateChecks | null
  reviews: readonly GateReview[] | null
  /** GitHub's own count of reviews, code owners included. */
  reviewDecision: 'approved' | 'changes' | 'required' | null
  /** Conversations that are not resolved. */
  conversations: number | null
  issue: GateIssue | undefined
  rules: BranchRules | null
  /**
   * Its place in GitHub's merge queue; or why GitHub took the present head out of it again; null: this head was never
   * in it, or the branch has no queue.
   */
  queue: {in: true; place: number | null} | {in: false; reason: string} | null
  /** GitHub merges it by itself once nothing is missing (auto-merge); null: not told. */
  autoMerge: boolean | null
  /** Only invited people see the repository, and so only they review. */
  isPrivate: boolean
  /** The branch that work in this repository is meant for. */
  defaultBranch: string
  /**
   * Whether the base's own tip was checked, apps that left a suite without a run on it (they never begin one), and the
   * names of checks that fail there too. null: not asked, as the head's own checks say enough, or not known.
   */
  baseChecks: {shown: boolean; idleApps: readonly string[]; failing: readonly string[]} | null
}

/** What git says of the head, as the remote is at that moment. */
export type GitReading = {
  /** The branch that git takes for the default one, and compared the head with. */
  comparedWith: string
  base: {
    /** Tip of the default branch. */
    tip: string
    /** The head contains that tip, so what was checked is what a merge makes. */
    contained: boolean
    /** The head holds workflows that may check it. */
    hasWorkflows: boolean
  } | null
  /** A forced push to main for which landing was not halted yet. */
  rewrite: {from: string; to: string} | null
  /** How the head differs from the default branch. */
  changes: readonly GateChange[] | null
  /** Paths in which a merge would conflict; only asked where GitHub says that it would. */
  conflicts: readonly string[]
}

/** All that the gate looks at. */
export type GateReading = ForgeReading & GitReading

/** What the ticket expects of its pull request. */
export type GateExpectation = {
  /** The commit that the daemon pushed and the agent's work was verified at. */
  head: string | null
  /** Milliseconds since this head was pushed. */
  waitedMs: number
  /** The blocked label, or the card in Blocked, may still be there from an earlier writing of ours. */
  mayBeOurBlock: boolean
  /** A person wants it in the merge queue again, though GitHub took this head out of it. */
  requeue: boolean
  /** Why nothing lands in this repository for now; null: it may. */
  halted: string | null
  /** The ticket that goes back to its agent before this one, as both conflict with main in one file; null: none does. */
  repairsFirst: number | null
  /** At the look before, the checks that failed on this head failed on main too. */
  mainWasRed: boolean
}

/** What the configuration says of merges, and what a person asks of this landing. */
export type GatePolicy = {
  allowNoChecks: boolean
  /** A person asks that something checks it, which `allowNoChecks` does not loosen. */
  requireCi: boolean
  ciTimeoutMs: number
  requireReviews: number
  protectedPaths: readonly string[]
  protectTests: boolean
  humanLabel: string
  blockedLabel: string
}

/** What each rule is asked with. */
export type GateInput = {reading: GateReading; expected: GateExpectation; policy: GatePolicy}
