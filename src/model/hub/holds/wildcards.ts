/**
 * Whether some text without slashes, or a branch's name, may match two patterns of `*` and `?`. A bracket stands for any one
 * character.
 */
export function wildcardsMeet(a: string, b: string): boolean {
  const [one, other] = [tokensOf(a), tokensOf(b)]
  // Row by row: `row[j]` says whether the rest of `one` from i and that of `other` from j can meet.
  let below: boolean[] = []
  for (let i = one.length; i >= 0; i--) {
    const row: boolean[] = new Array(other.length + 1).fill(false)
    for (let j = other.length; j >= 0; j--) row[j] = meetFrom(one[i], other[j], below, row, j)
    below = row
  }
  return below[0] ?? false
}

function meetFrom(
  left: string | undefined,
  right: string | undefined,
  below: readonly boolean[],
  row: readonly boolean[],
  j: number,
): boolean {
  if (left === undefined && right === undefined) return true
  const [leftSkipped, rightSkipped] = [below[j] ?? false, row[j + 1] ?? false]
  if (left === '*') return leftSkipped || (right !== undefined && rightSkipped)
  if (right === '*') return rightSkipped || (left !== undefined && leftSkipped)
  if (left === undefined || right === undefined) return false
  return (left === '?' || right === '?' || left === right) && (below[j + 1] ?? false)
}

function tokensOf(part: string): string[] {
  return [...part.replace(/\[[^\]]*\]/g, '?').replace(/\*+/g, '*')]
}
