import picomatch from 'picomatch'

/** What a blocker or a reservation holds. */
export type Resource =
  /** Every command that talks to Docker. */
  | {kind: 'docker'}
  /** Compose files, and the commands that read them. */
  | {kind: 'compose'}
  /** Files in folders of migrations, and the commands that run them. */
  | {kind: 'migration'}
  /** What moves this branch on the remote; `*` stands for any characters. */
  | {kind: 'push'; branch: string}
  /** Files of the project, as a glob from its top folder. */
  | {kind: 'path'; pattern: string}
  /** Anything that this word names. */
  | {kind: 'word'; word: string}

/** Why a text names no resource; `nearest`: what was meant, perhaps. */
export type ResourceProblem = {problem: string; nearest: string | null}

export const KNOWN_RESOURCES = ['docker', 'compose', 'migration', 'push:main', 'src/cart/**'] as const

const MAX_LENGTH = 200
/** Other names of what is known. */
const ALIASES: Readonly<Record<string, Resource>> = {
  docker: {kind: 'docker'},
  compose: {kind: 'compose'},
  'docker-compose': {kind: 'compose'},
  'docker compose': {kind: 'compose'},
  migration: {kind: 'migration'},
  migrations: {kind: 'migration'},
  push: {kind: 'push', branch: '*'},
}
const BRANCH = /^[\w.*/-]+$/
const WORD = /^\w[\w.:@+-]*$/

/** Reads what a person or a session typed. What is proposed instead can be read itself. */
export function parseResource(text: string): Resource | ResourceProblem {
  const read = readResource(text)
  if (isResource(read) || read.nearest === null) return read
  return isResource(readResource(read.nearest)) ? read : {...read, nearest: null}
}

function readResource(text: string): Resource | ResourceProblem {
  const word = text.trim()
  if (word === '') return wrong('it is empty', 'docker')
  if (word.length > MAX_LENGTH) return wrong(`it has more than ${MAX_LENGTH} characters`, null)
  if (/[\u0000-\u001f\u007f]/.test(word)) return wrong('it has control characters', null)
  const known = Object.hasOwn(ALIASES, word.toLowerCase()) ? ALIASES[word.toLowerCase()] : undefined
  if (known !== undefined) return known
  const push = /^(?:git\s+)?push(?::|\s+)\s*(.*)$/is.exec(word)
  if (push) return pushOf(push[1] ?? '', word)
  if (isPath(word)) return pathOf(word)
  if (!WORD.test(word)) {
    const first = /\w[\w.-]*/.exec(word)?.[0] ?? null
    return wrong('it is neither a word nor a path', first === null ? null : resourceName(first))
  }
  const meant = misspelt(word.toLowerCase())
  return meant === null ? {kind: 'word', word} : wrong('it is nearly a known name, and would hold nothing', meant)
}

export function isResource(read: Resource | ResourceProblem): read is Resource {
  return 'kind' in read
}

/** A resource as it is stored and shown: the same text for all spellings. */
export function resourceText(resource: Resource): string {
  switch (resource.kind) {
    case 'push':
      return resource.branch === '*' ? 'push' : `push:${resource.branch}`
    case 'path':
      return resource.pattern
    case 'word':
      return resource.word
    default:
      return resource.kind
  }
}

/** Whether a resource is of one project; any other is of the machine. */
export function isOfProject({kind}: Resource): boolean {
  return kind === 'push' || kind === 'path' || kind === 'migration'
}

/** The globs of a pattern: a folder stands for all in it, and brackets stand for themselves too, as in `app/(shop)`. */
export function globsOf(pattern: string): string[] {
  const bare = pattern.replace(/\/+$/, '')
  const plain = bare.replace(/[(){}]/g, '\\$&')
  return [...new Set([bare, plain])].flatMap(glob => (glob.endsWith('**') ? [glob] : [glob, `${glob}/**`]))
}

function pushOf(branch: string, word: string): Resource | ResourceProblem {
  const name = branch.trim().replace(/^refs\/heads\//, '')
  if (name === '') return {kind: 'push', branch: '*'}
  if (BRANCH.test(name) && /^push:/.test(word)) return {kind: 'push', branch: name}
  const last = name.split(/[\s:]+/).findLast(part => BRANCH.test(part))
  return wrong('a branch is named as in push:main', `push:${last ?? 'main'}`)
}

/** A slash, a wildcard, or the end of a file's name tells a path from a word. */
function isPath(word: string): boolean {
  return /^\.+$|[\\/*?[\]{}]/.test(word) || /^[\w-]*\.[a-z][a-z0-9]{0,9}$/i.test(word)
}

function pathOf(word: string): Resource | ResourceProblem {
  // What looks the same is the same file on some machines.
  const pattern = word
    .normalize('NFC')
    .replace(/^(?:\.\/)+/, '')
    .replace(/\/{2,}/g, '/')
  if (pattern === '' || pattern === '.') return wrong('it names the whole project', '**')
  if (/^[!~/]|^\w:[\\/]/.test(pattern) || pattern.includes('\\')) {
    const within = pattern
      .replace(/^(?:[!~/]|\w:)+/, '')
      .replaceAll('\\', '/')
      .replace(/^\/+/, '')
    return wrong("a path starts at the project's top folder", within === '' ? '**' : within)
  }
  if (pattern.split('/').includes('..')) {
    const within = pattern.split('/').filter(part => part !== '..')
    return wrong('a path does not lead out of the project', within.join('/') || '**')
  }
  if (!isBalanced(pattern)) return wrong('its brackets do not match', pattern.replace(/[[\]{}()]/g, '') || '**')
  return {kind: 'path', pattern}
}

function isBalanced(pattern: string): boolean {
  for (const [open, close] of ['[]', '{}', '()'] as const) {
    let depth = 0
    for (const character of pattern) {
      if (character === open) depth++
      if (character === close && --depth < 0) return false
    }
    if (depth !== 0) return false
  }
  return picomatch.makeRe(pattern, {dot: true}) !== null
}

function resourceName(word: string): string {
  return misspelt(word.toLowerCase()) ?? word
}

/** The known name that a word is nearly: one letter too many, too few, wrong, or two changed round. */
function misspelt(word: string): string | null {
  if (word.length < 4) return null
  const near = ['docker', 'compose', 'migration', 'migrations'].find(name => word !== name && isNear(word, name))
  return near === 'migrations' ? 'migration' : (near ?? null)
}

function isNear(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false
  let start = 0
  while (start < a.length && a[start] === b[start]) start++
  let end = 0
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++
  const [left, right] = [a.slice(start, a.length - end), b.slice(start, b.length - end)]
  return (left.length <= 1 && right.length <= 1) || (left.length === 2 && left === `${right[1]}${right[0]}`)
}

function wrong(problem: string, nearest: string | null): ResourceProblem {
  return {problem, nearest}
}
