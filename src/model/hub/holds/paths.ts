import picomatch from 'picomatch'
import type {Place} from './call.ts'
import {globsMeet} from './overlap.ts'
import {globsOf} from './resource.ts'

/** Resolves `.` and `..` of a path from a folder; both with forward slashes. Characters are composed, as in a pattern. */
export function resolved(path: string, directory: string): string {
  const from = path.startsWith('/') ? path : `${directory}/${path}`
  const parts: string[] = []
  for (const part of from.replaceAll('\\', '/').split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`.normalize('NFC')
}

/**
 * A path as seen from the project's top folder. Outside of it, or where that folder is not known, every end of the path is
 * taken for one: another checkout of the same project is as good.
 */
export function withinProject(path: string, {directory, root}: Place): string[] {
  const whole = resolved(path, directory)
  if (root !== null) {
    const top = resolved('', root)
    if (whole === top) return ['']
    if (whole.startsWith(`${top}/`)) return [whole.slice(top.length + 1)]
  }
  const parts = whole.split('/').slice(1)
  return parts.map((_, at) => parts.slice(at).join('/'))
}

/** Makes the check whether a pattern names a path; a line break in a name counts as any other character. */
export function pathMatches(pattern: string): (path: string) => boolean {
  return picomatch(globsOf(pattern), {dot: true, flags: 's'})
}

/** Whether a pattern holds a file or a folder. */
export function holdsPath(pattern: string, path: string, place: Place): boolean {
  const matches = pathMatches(pattern)
  return withinProject(path, place).some(each => matches(each))
}

/**
 * Whether something in a folder is held, so that whoever takes the folder takes that too. Only where the pattern begins with
 * a plain name: any folder may hold what `**` names.
 */
export function holdsWithin(pattern: string, folder: string, place: Place): boolean {
  if (/[*?[\]{}()!|]/.test(pattern.split('/')[0] ?? '')) return false
  return withinProject(folder, place).some(each => each !== '' && globsMeet(`${each}/**`, pattern))
}

/** Whether a word of a command with wildcards may name what is held. */
export function holdsGlob(pattern: string, words: string, place: Place): boolean {
  const globs = globsOf(pattern)
  return withinProject(words, place).some(each => each !== '' && globs.some(glob => globsMeet(each, glob)))
}
