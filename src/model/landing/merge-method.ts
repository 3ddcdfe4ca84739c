import type {Config} from '../data/config.ts'

/** How a pull request is merged, after the word `by`. */
export const MERGE_WORDS: Readonly<Record<Config['integration']['merge_strategy'], string>> = {
  merge: 'a merge commit',
  squash: 'squash',
  rebase: 'rebase',
}
