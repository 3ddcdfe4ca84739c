/**
 * The smallest part of a list that still fails, by leaving out halves, quarters and so on (delta debugging). `budget` says
 * how often it may try.
 */
export async function shrink<T>(
  list: readonly T[],
  fails: (part: readonly T[]) => Promise<boolean>,
  budget = 400,
): Promise<readonly T[]> {
  let [part, tries] = [list, 0]
  for (let size = Math.ceil(part.length / 2); size >= 1; ) {
    let isSmaller = false
    for (let from = 0; from < part.length && tries < budget; ) {
      const without = part.toSpliced(from, size)
      tries += 1
      if (await fails(without)) {
        part = without
        isSmaller = true
      } else from += size
    }
    if (tries >= budget) break
    // Leaving one out may make another needless.
    if (size > 1) size = Math.ceil(size / 2)
    else if (!isSmaller) break
  }
  return part
}
