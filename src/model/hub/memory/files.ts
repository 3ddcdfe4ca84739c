/**
 * Whether two paths or globs name something in common: the same, one inside of the other, or one that the other's glob
 * takes. It takes time in the product of their lengths, whatever others wrote into a glob.
 */
export function filesMeet(one: string, other: string): boolean {
  return covers(one, other) || covers(other, one)
}

export function isGlob(file: string): boolean {
  return /[*?]/.test(file)
}

/** A path and the folders above it. */
export function selfAndFolders(path: string): string[] {
  const parts = path.split('/')
  return parts.map((_, n) => parts.slice(0, parts.length - n).join('/')).filter(part => part !== '')
}

/** Whether a glob takes a path, or a folder in which the path is. */
function covers(glob: string, path: string): boolean {
  const [globs, parts] = [glob.split('/'), path.split('/')]
  // `reach[n]`: the globs so far take the first n parts.
  let reach = parts.map(() => false).concat(false)
  reach[0] = true
  for (const part of globs) {
    const next = reach.map(() => false)
    if (part === '**') {
      const first = reach.indexOf(true)
      if (first >= 0) next.fill(true, first)
    } else {
      for (const [n, name] of parts.entries()) if (reach[n] && takes(part, name)) next[n + 1] = true
    }
    reach = next
  }
  // All after the last part that was taken is inside of it.
  return reach.some((reached, n) => reached && n > 0)
}

/** Matches a name with a glob of `*` and `?`. */
function takes(glob: string, name: string): boolean {
  let [g, n] = [0, 0]
  let [star, from] = [-1, 0]
  while (n < name.length) {
    if (glob[g] === '*') {
      star = g++
      from = n
    } else if (g < glob.length && (glob[g] === '?' || glob[g] === name[n])) {
      g++
      n++
    } else if (star >= 0) {
      g = star + 1
      n = ++from
    } else return false
  }
  while (glob[g] === '*') g++
  return g === glob.length
}
