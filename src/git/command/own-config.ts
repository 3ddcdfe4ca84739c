/**
 * The configuration that Clambake's git works with. An agent can write the clone's configuration from its worktree, and
 * git runs programs and redirects traffic by its keys. So our git never reads it: it gets a configuration of
 * its own, made from the few settings of the clone that it needs.
 */

import type {GitRunner} from './run-git.ts'

/** A setting as `git config --list --show-scope --null` names it. */
export type Setting = {scope: string; key: string; value: string}

/** Asks git for all settings that hold in the runner's folder. */
export async function listSettings(runner: Pick<GitRunner, 'text'>): Promise<Setting[]> {
  return parseListing(await runner.text(['config', '--list', '--show-scope', '--null']))
}

/** Reads that listing: scope NUL key LF value NUL. A key without a value means true. */
export function parseListing(listing: string): Setting[] {
  const fields = listing.split('\0')
  const found: Setting[] = []
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const entry = fields[at + 1]!
    const end = entry.indexOf('\n')
    const key = lowerEnds(end < 0 ? entry : entry.slice(0, end))
    found.push({scope: fields[at]!, key, value: end < 0 ? 'true' : entry.slice(end + 1)})
  }
  return found
}

/** How files and objects are stored: taken over from the clone as it is now. They run nothing and lead nowhere. */
const STORAGE = new Set([
  ...['core.autocrlf', 'core.bigfilethreshold', 'core.compression', 'core.eol', 'core.filemode', 'core.ignorecase'],
  ...['core.longpaths', 'core.precomposeunicode', 'core.protecthfs', 'core.protectntfs', 'core.safecrlf'],
  ...['core.sharedrepository', 'core.symlinks', 'core.abbrev'],
  ...['extensions.objectformat', 'extensions.refstorage'],
])

/**
 * What names a program, a server or a file, and what a person's clone may truly need: filters such as those of git-crypt,
 * nbstripout and git-lfs, a key for SSH, a proxy, attributes that say how files are merged. Taken over as they were when Clambake first worked here,
 * before one of its agents could write them.
 */
const LASTING =
  /^(filter\..+\.(clean|smudge|process|required)|merge\..+\.(name|driver|recursive)|core\.(sshcommand|attributesfile|excludesfile)|ssh\.variant|http\.(.+\.)?(proxy|proxyauthmethod|sslcainfo|sslcapath|sslcert|sslkey)|lfs\..+)$/s

/** Extensions that change nothing for our git, or only what `STORAGE` takes over. */
const KNOWN_EXTENSIONS = new Set([
  'extensions.noop',
  'extensions.objectformat',
  'extensions.preciousobjects',
  'extensions.refstorage',
  'extensions.relativeworktrees',
  'extensions.worktreeconfig',
])

const FILTER_PROGRAM = /^filter\..+\.(clean|smudge|process)$/s

/** What our git needs of a clone, out of its own configuration. */
export type CloneSettings = {
  storage: readonly Setting[]
  lasting: readonly Setting[]
  /** Why Clambake cannot work with this clone; null: it can. */
  refused: {key: string; why: string; next: string} | null
}

/** Sorts the settings of a clone: those that our own configuration takes over, and the first that is refused. */
export function cloneSettings(listing: readonly Setting[]): CloneSettings {
  const own = listing.filter(({scope}) => scope === 'local' || scope === 'worktree')
  const refused = own.map(refusalOf).find(found => found !== null) ?? null
  return {
    storage: own.filter(({key}) => STORAGE.has(key)),
    lasting: own.filter(({key}) => LASTING.test(key)),
    refused,
  }
}

function refusalOf({key, value}: Setting): CloneSettings['refused'] {
  if (key === 'extensions.partialclone' || /^remote\..+\.promisor$/s.test(key)) {
    if (value === 'false') return null
    return {
      key,
      why: 'the clone is partial, and agents could not get the files that it lacks: they have no login',
      next: 'use a full clone; git fetch --refetch --no-filter completes this one, then git config --unset the key',
    }
  }
  if (key.startsWith('extensions.') && !KNOWN_EXTENSIONS.has(key)) {
    return {key, why: 'Clambake does not know this extension of git', next: 'use a clone without it'}
  }
  if (FILTER_PROGRAM.test(key) && inWorktree(value)) {
    return {
      key,
      why: `its program is a file of the worktree (${value}), which an agent can change`,
      next: 'name the program by its absolute path, outside of the repository',
    }
  }
  return null
}

/** Whether a command names a program by a path that begins in the current folder. */
function inWorktree(command: string): boolean {
  const words = command.split(/\s+/).map(word => word.replace(/^["']+/, ''))
  return words.some(word => /^[\w.-]+\//.test(word))
}

/** Two lists of settings as one text each, so that they can be compared. */
export function asLines(settings: readonly Setting[]): string[] {
  return settings.map(({key, value}) => `${key}=${value}`)
}

/** Every hook that git knows; newer versions take programs for them from the configuration. */
const HOOK_EVENTS = [
  ...['applypatch-msg', 'pre-applypatch', 'post-applypatch', 'pre-commit', 'pre-merge-commit', 'prepare-commit-msg'],
  ...['commit-msg', 'post-commit', 'pre-rebase', 'post-checkout', 'post-merge', 'pre-push', 'pre-auto-gc'],
  ...['post-rewrite', 'sendemail-validate', 'fsmonitor-watchman', 'post-index-change', 'reference-transaction'],
]

/** The text of our git's configuration file. `listing` has the user's own settings, whose hooks are switched off. */
export function ownConfig(options: {
  settings: readonly Setting[]
  remote: {name: string; url: string}
  listing: readonly Setting[]
}): string {
  const {settings, remote, listing} = options
  const format = settings.some(({key}) => key.startsWith('extensions.')) ? '1' : '0'
  const named = listing.flatMap(({key}) => /^hook\.(.+)\.[^.]+$/s.exec(key)?.[1] ?? [])
  const all: readonly {key: string; value: string}[] = [
    {key: 'core.repositoryformatversion', value: format},
    {key: 'core.bare', value: 'false'},
    {key: 'core.logallrefupdates', value: 'true'},
    // An agent can write that file too, and its parents would count as those of the commits.
    {key: 'core.commitgraph', value: 'false'},
    ...settings,
    // Programs of a filter find their server by it; our own calls name the address.
    {key: `remote.${remote.name}.url`, value: remote.url},
    {key: `remote.${remote.name}.fetch`, value: `+refs/heads/*:refs/remotes/${remote.name}/*`},
    ...[...new Set([...HOOK_EVENTS, ...named])].map(name => ({key: `hook.${name}.enabled`, value: 'false'})),
  ]
  return all
    .map(({key, value}) => `${section(key)}\n\t${key.slice(key.lastIndexOf('.') + 1)} = ${quoted(value)}\n`)
    .join('')
}

function section(key: string): string {
  const first = key.indexOf('.')
  const last = key.lastIndexOf('.')
  return first === last ? `[${key.slice(0, first)}]` : `[${key.slice(0, first)} ${quoted(key.slice(first + 1, last))}]`
}

/** A value in a configuration file; a line break in a section's name cannot be written, so no key of it is kept. */
function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n').replaceAll('\t', '\\t')}"`
}

/** Lowers the section and the variable of a key, which ignore case; the part between them does not. */
function lowerEnds(key: string): string {
  const first = key.indexOf('.')
  const last = key.lastIndexOf('.')
  return key.slice(0, first).toLowerCase() + key.slice(first, last) + key.slice(last).toLowerCase()
}
