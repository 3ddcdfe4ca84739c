/** One path that a side changes against main; `from`: its name on main, when it was renamed. */
export type PathChange = {path: string; from: string | null}

/** Where a side's changes are, prepared for comparing it with many others. */
export type Footprint = {
  /** Changed paths, with both names of a renamed one. */
  paths: ReadonlySet<string>
  /** Every folder above a changed path; the repository's own is the empty name. */
  folders: ReadonlySet<string>
  /** Folders whose files moved away: git moves what another side adds there along. */
  movedFolders: readonly string[]
}

/** Collects the paths and folders by which the changes of two sides can meet. */
export function footprintOf(changes: readonly PathChange[]): Footprint {
  const paths = new Set(changes.flatMap(({path, from}) => (from === null ? [path] : [path, from])))
  const folders = new Set([...paths].flatMap(foldersAbove))
  const moved = changes.flatMap(({path, from}) => (from === null ? [] : movedFolders(from, path)))
  return {paths, folders, movedFolders: [...new Set(moved)]}
}

/**
 * Whether two sides can conflict at all: they change the same path, one puts a file where the other has a folder, or
 * one moved a folder in which the other changes something. A cheap test that may say yes too often, never no wrongly.
 */
export function mayConflict(one: Footprint, other: Footprint): boolean {
  return reaches(one, other) || reaches(other, one)
}

function reaches(one: Footprint, other: Footprint): boolean {
  for (const path of one.paths) if (other.paths.has(path) || other.folders.has(path)) return true
  return one.movedFolders.some(folder => other.folders.has(folder))
}

/** `src/a/b.ts` is in `src/a`, in `src` and in the repository's own folder. */
function foldersAbove(path: string): string[] {
  const parts = path.split('/')
  return parts.map((_, length) => parts.slice(0, length).join('/'))
}

/** The folders that git may take for renamed when a file went from one path to the other. */
function movedFolders(from: string, to: string): string[] {
  const before = from.split('/').slice(0, -1)
  const after = to.split('/').slice(0, -1)
  if (before.join('/') === after.join('/')) return []
  let common = 0
  while (common < before.length && before.at(-1 - common) === after.at(-1 - common)) common += 1
  return Array.from({length: common + 1}, (_, cut) => before.slice(0, before.length - cut).join('/'))
}
