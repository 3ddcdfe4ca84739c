/** One place in a file where two sides conflict. `line`: of the merged file, from 1; `ours` and `theirs` as each has it. */
export type Hunk = {line: number; ours: readonly string[]; theirs: readonly string[]}

/** Where the files of a conflict differ, by path. `more`: so many files at the end were not looked through. */
export type Places = {hunks: Readonly<Record<string, readonly Hunk[]>>; more: number}

/** What is looked through of one conflict: a person reads no more, and it has to fit into one answer. */
export const MOST_FILES = 200
const MOST_LINES = 20_000

/** Finds the conflicts in the files of these paths, as far as their texts were read and hold few enough lines. */
export function placesIn(paths: readonly string[], texts: ReadonlyMap<string, string>): Places {
  const hunks: Record<string, Hunk[]> = {}
  let lines = 0
  for (const [index, path] of paths.entries()) {
    const found = hunksOf(texts.get(path) ?? '')
    lines += found.reduce((sum, {ours, theirs}) => sum + ours.length + theirs.length, 0)
    // The first file is shown, however long it is.
    if (index >= MOST_FILES || (index > 0 && lines > MOST_LINES)) return {hunks, more: paths.length - index}
    if (texts.has(path)) hunks[path] = found
  }
  return {hunks, more: 0}
}

/** Finds the conflicts in a file with git's marks. A file that ends within one has that one too. */
export function hunksOf(text: string): Hunk[] {
  const hunks: Hunk[] = []
  let current: {line: number; ours: string[]; theirs: string[]} | null = null
  let side: 'ours' | 'base' | 'theirs' = 'ours'
  for (const [index, line] of text.split('\n').entries()) {
    if (current === null) {
      if (/^<{7}( |$)/.test(line)) {
        current = {line: index + 1, ours: [], theirs: []}
        side = 'ours'
      }
    } else if (/^\|{7}( |$)/.test(line)) side = 'base'
    else if (line === '=======') side = 'theirs'
    else if (/^>{7}( |$)/.test(line)) {
      hunks.push(current)
      current = null
    } else if (side !== 'base') current[side].push(line)
  }
  return current === null ? hunks : [...hunks, current]
}
