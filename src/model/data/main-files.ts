/** A change that landed: its title and the paths that it touched. */
export type Merged = {title: string; paths: readonly string[]}

/** What is known of main: its files, and what landed on it before. Made by `survey`. */
export type Terrain = {
  readonly files: ReadonlySet<string>
  readonly folders: ReadonlySet<string>
  /** Paths by the name of the file; null: several files have it. */
  readonly names: ReadonlyMap<string, string | null>
  /** Newest first. */
  readonly merged: readonly (Merged & {words: number})[]
  /** Places in `merged`, by the words of their titles; null: a word of so many titles that it tells nothing. */
  readonly words: ReadonlyMap<string, readonly number[] | null>
}

/** A path that work on an issue likely touches, and why that is thought. */
export type Prediction = {path: string; named: boolean; reason: string}
