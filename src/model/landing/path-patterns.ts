import picomatch from 'picomatch'

/**
 * Matches as .gitignore does: a pattern without an inner slash at any depth, one with a slash from the root, one that
 * ends in a slash a folder with all in it. Case is ignored, as some file systems do.
 */
export function pathMatcher(patterns: readonly string[]): (path: string) => boolean {
  const globs = patterns.flatMap(pattern => {
    const bare = pattern.replace(/^\//, '').replace(/\/$/, '')
    const anchored = pattern.startsWith('/') || bare.includes('/')
    const place = anchored ? bare : `**/${bare}`
    return pattern.endsWith('/') ? [`${place}/**`] : [place, `${place}/**`]
  })
  return picomatch(globs, {dot: true, nocase: true})
}
