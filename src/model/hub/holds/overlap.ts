import {isComposeFile, isMigrationFile} from './files.ts'
import {globsOf, type Resource} from './resource.ts'
import {wildcardsMeet} from './wildcards.ts'

/**
 * Whether one thing may be held by both. Of globs that are too odd to compare the answer is yes: who holds one of them is
 * asked, which costs less than two who change one file.
 */
export function overlaps(a: Resource, b: Resource): boolean {
  if (a.kind === 'path' && b.kind === 'path') {
    return globsOf(a.pattern).some(one => globsOf(b.pattern).some(other => globsMeet(one, other)))
  }
  if (a.kind === 'path') return isOfPath(b, a.pattern)
  if (b.kind === 'path') return isOfPath(a, b.pattern)
  if (a.kind === 'push' && b.kind === 'push') return wildcardsMeet(a.branch, b.branch)
  if (a.kind === 'word' && b.kind === 'word') return a.word.toLowerCase() === b.word.toLowerCase()
  // Each command of Compose is one of Docker.
  const docker = ['docker', 'compose']
  return a.kind === b.kind || (docker.includes(a.kind) && docker.includes(b.kind))
}

/** Whether what is named otherwise is of a path: a word without a slash may be a folder of the project, or a file. */
function isOfPath(resource: Resource, pattern: string): boolean {
  switch (resource.kind) {
    case 'word':
      return pattern.split('/')[0] === resource.word
    case 'compose':
      return isComposeFile(pattern)
    case 'migration':
      return isMigrationFile(pattern)
    default:
      return false
  }
}

/** Whether some path may match two globs. */
export function globsMeet(a: string, b: string): boolean {
  // Braces may hold slashes, so such a glob has no segments to compare.
  if (/[{(!]/.test(a) || /[{(!]/.test(b)) return prefixesMeet(a, b)
  return segmentsMeet(a.split('/'), b.split('/'))
}

function segmentsMeet(a: readonly string[], b: readonly string[]): boolean {
  const seen = new Map<string, boolean>()
  const meet = (i: number, j: number): boolean => {
    const key = `${i} ${j}`
    const known = seen.get(key)
    if (known !== undefined) return known
    const [one, other] = [a[i], b[j]]
    let answer: boolean
    if (one === undefined && other === undefined) answer = true
    else if (one === '**') answer = meet(i + 1, j) || (other !== undefined && meet(i, j + 1))
    else if (other === '**') answer = meet(i, j + 1) || (one !== undefined && meet(i + 1, j))
    else answer = one !== undefined && other !== undefined && wildcardsMeet(one, other) && meet(i + 1, j + 1)
    seen.set(key, answer)
    return answer
  }
  return meet(0, 0)
}

/** Whether the plain text that two globs begin with is of one place. */
function prefixesMeet(a: string, b: string): boolean {
  const [one, other] = [plainStart(a), plainStart(b)]
  return one.startsWith(other) || other.startsWith(one)
}

function plainStart(glob: string): string {
  return /^[^*?[\]{}()!|+@\\]*/.exec(glob)?.[0] ?? ''
}
