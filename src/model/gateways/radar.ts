import type {CommitPair, OntoMain, TriedMerge} from '../radar/forecast.ts'

/** What a worktree holds. */
export type WorktreeContent = {
  /** What it has committed. */
  head: string
  /** With what is not committed; equal to `head` when there is nothing else. */
  commit: string
}

/** Tries merges in bulk. Nothing that it writes reaches the repository; its own folder goes with it. */
export type RadarGateway = Disposable & {
  /** Main as last fetched. */
  main(): Promise<string>
  /**
   * What worktrees hold, by their paths; one that cannot be read is left out, and why is logged. `silent`: those in which git
   * has not ended in time.
   */
  contents(
    worktrees: readonly string[],
  ): Promise<{held: ReadonlyMap<string, WorktreeContent>; silent: readonly string[]}>
  /** Those of the commits that are in this clone. */
  present(commits: readonly string[]): Promise<readonly string[]>
  /** Puts each commit on top of `main`, in the order given. */
  ontoMain(main: string, commits: readonly string[]): Promise<readonly OntoMain[]>
  /** Merges each pair, in the order given. */
  merge(pairs: readonly CommitPair[]): Promise<readonly TriedMerge[]>
  /** Texts of files of a merge that was tried, with the marks of their conflicts, by path; one that is no text is left out. */
  marked(tree: string, paths: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** Deletes all that it wrote; no earlier answer may be used any more. */
  forget(): void
}
