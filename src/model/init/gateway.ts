import type {Label} from '../data/labels.ts'
import type {Board} from '../data/show.ts'

/** What `init` asks of GitHub. Every change may be asked for again; all throw ClambakeError. */
export type SetupGateway = {
  /** The branch that work lands on, and whether the token may write; null: GitHub does not say. */
  repository(): Promise<{defaultBranch: string; canPush: boolean | null}>
  labels(): Promise<readonly Label[]>
  ensureLabel(label: Label): Promise<void>
  ensureNoLabel(name: string): Promise<void>
  /** Whether any issue has it, open or closed. */
  isWorn(label: string): Promise<boolean>
  /** The board of this id, else the open one of this title that the repository shows; null: there is none. */
  board(wanted: {id: string | null; title: string}): Promise<Board | null>
  /** An empty one that the repository shows, or the one of this title that it shows already. */
  ensureBoard(wanted: {title: string; columns: readonly string[]}): Promise<Board>
  /** Adds missing columns to the board's Status and shows it in the repository. */
  completeBoard(id: string, wanted: {columns: readonly string[]; link: boolean}): Promise<void>
  ensureNoBoard(id: string): Promise<void>
  /** Whether anything checks a branch: a workflow, a check or status at its tip, or one that its protection demands. */
  hasChecks(branch: string): Promise<boolean>
  /** What protects a branch, in a form that can be compared; null: nothing does. */
  protection(branch: string): Promise<string | null>
  /**
   * Changes by pull requests only, which these checks must have passed; no deletion, no rewriting. Gives what `protection`
   * gives from now on.
   */
  ensureProtection(branch: string, checks: readonly string[]): Promise<string | null>
  ensureNoProtection(branch: string): Promise<void>
}
