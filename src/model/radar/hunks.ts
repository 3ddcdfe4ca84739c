/** One place in a file where two sides conflict. `line`: of the merged file, from 1; `ours` and `theirs` as each has it. */
export type Hunk = {line: number; ours: readonly string[]; theirs: readonly string[]}

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
