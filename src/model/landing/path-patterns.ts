import picomatch from 'picomatch'

type Matcher = (path: string) => boolean

/** What means something to the library that matches, and nothing to git; with a backslash before it, it is plain already. */
const PLAIN = /(?<!\\)((?:\\\\)*)([(){}|])/g

/** The configuration's few lists, which are asked at each look at a pull request. */
const known = new Map<string, Matcher>()
const MOST_KNOWN = 100

/**
 * Matches as .gitignore does: a pattern without an inner slash at any depth, one with a slash from the root, one that
 * ends in a slash a folder with all in it. Case is ignored, as some file systems do. Brackets but `[]` are plain characters,
 * as in `app/(shop)/page.tsx`, and a choice too, as in `src/{auth,pay}/`: what protects must not miss either meaning.
 */
export function pathMatcher(patterns: readonly string[]): Matcher {
  const key = JSON.stringify(patterns)
  const made = known.get(key) ?? createMatcher(patterns)
  if (known.size >= MOST_KNOWN) known.clear()
  known.set(key, made)
  return made
}

function createMatcher(patterns: readonly string[]): Matcher {
  const both = [...new Set(patterns.flatMap(pattern => [pattern, pattern.replace(PLAIN, '$1\\$2')]))]
  const globs = both.flatMap(pattern => {
    const bare = pattern.replace(/^\//, '').replace(/\/$/, '')
    const anchored = pattern.startsWith('/') || bare.includes('/')
    const place = anchored ? bare : `**/${bare}`
    return pattern.endsWith('/') ? [`${place}/**`] : [place, `${place}/**`]
  })
  // `s`: a line break in a name counts as any other character, or it would hide a protected path.
  return picomatch(globs, {dot: true, nocase: true, flags: 'is'})
}
