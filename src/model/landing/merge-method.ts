import type {Config} from '../data/config.ts'

/** How a pull request becomes commits of its base. */
export type MergeMethod = Config['integration']['merge_strategy']

/** How a pull request is merged, after the word `by`. */
export const MERGE_WORDS: Readonly<Record<MergeMethod, string>> = {
  merge: 'a merge commit',
  squash: 'squash',
  rebase: 'rebase',
}
