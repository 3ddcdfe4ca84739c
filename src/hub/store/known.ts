/**
 * A word of a column that has a few. A newer program, on another machine at the same hub, may have written one that this one
 * does not know: it is read as `otherwise`, and the rest of its row as it is.
 */
export function known<T extends string>(words: readonly T[], word: string, otherwise: T): T {
  return words.find(one => one === word) ?? otherwise
}
