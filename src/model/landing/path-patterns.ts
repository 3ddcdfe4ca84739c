import picomatch from 'picomatch'

type Matcher = (path: string) => boolean

/** The configuration's few lists, which are asked at each look at a pull request. */
const known = new Map<string, Matcher>()
const MOST_KNOWN = 100

/**
 * Matches as .gitignore does: a pattern without an inner slash at any depth, one with a slash from the root, one that
 * ends in a slash a folder with all in it. Case is ignored, as some file systems do.
 */
export function pathMatcher(patterns: readonly string[]): Matcher {
  const key = JSON.stringify(patterns)
  const made = known.get(key) ?? createMatcher(patterns)
  if (known.size >= MOST_KNOWN) known.clear()
  known.set(key, made)
  return made
}

function createMatcher(patterns: readonly string[]): Matcher {
  const globs = patterns.flatMap(pattern => {
    const bare = pattern.replace(/^\//, '').replace(/\/$/, '')
    const anchored = pattern.startsWith('/') || bare.includes('/')
    const place = anchored ? bare : `**/${bare}`
    return pattern.endsWith('/') ? [`${place}/**`] : [place, `${place}/**`]
  })
  return picomatch(globs, {dot: true, nocase: true})
}
