import {existsSync} from 'node:fs'
import {realpath} from 'node:fs/promises'
import {basename, dirname, join, resolve} from 'node:path'
import {type ClambakeError, messageOf} from '../base/errors.ts'
import {plainText, textOrNull} from '../base/files.ts'
import {lastLines, openErrors} from './command/failures.ts'
import type {Setting} from './command/own-config.ts'
import {parseRemote, type Remote} from './command/remote-url.ts'
import {type GitRunner, isMissingProgram} from './command/run-git.ts'
import type {Location} from './location.ts'
import {brokenRefs} from './refs/broken-refs.ts'
import type {RemoteRefs} from './refs/remote-refs.ts'

/** The first git with `merge-tree --write-tree`. */
const OLDEST_GIT = [2, 38] as const

/** Values of PATH on which git is new enough: it gets no older while a process runs. */
const checkedPaths = new Set<string | undefined>()

/** Throws `git-missing`, `git-too-old`. */
export async function checkGit(runner: GitRunner, {PATH}: {readonly PATH?: string | undefined}): Promise<void> {
  if (checkedPaths.has(PATH)) return
  let answer: string
  try {
    answer = await runner.text(['--version'])
  } catch (error) {
    throw isMissingProgram(error) ? openErrors.missing() : error
  }
  checkVersion(answer)
  checkedPaths.add(PATH)
}

/** Throws `git-too-old` for what `git --version` printed. */
export function checkVersion(answer: string): void {
  const version = /\d+\.\d+[\w.]*/.exec(answer)?.[0] ?? answer
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [oldestMajor, oldestMinor] = OLDEST_GIT
  if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) throw openErrors.tooOld(version)
}

/** Throws `not-a-repository`, `bare-repository`, `not-your-repository`, `checkout-elsewhere`. */
export async function locate(runner: GitRunner, dir: string): Promise<Location> {
  // Both at once: every command waits for this. Outside of a repository both fail, and the other one says why.
  const listing = runner.read(['worktree', 'list', '--porcelain', '-z'])
  listing.catch(() => {})
  const asked = await runner.git(['rev-parse', '--git-common-dir'], {accept: [0, 128]})
  if (asked.exitCode !== 0) {
    if (/dubious ownership/.test(asked.stderr)) throw openErrors.notYours(dir)
    throw damagedRepository(dir, asked.stderr) ?? openErrors.notARepository(dir)
  }
  const commonDir = await realpath(resolve(dir, asked.stdout))
  // The first entry is always the main checkout.
  const first = (await listing).split('\0\0')[0]!.split('\0')
  // A checkout with `core.bare`, which an agent can set, is a checkout all the same.
  const isCheckout = basename(commonDir) === '.git' && existsSync(join(commonDir, 'index'))
  if (first.includes('bare') && isCheckout) return {root: dirname(commonDir), commonDir}
  if (first.includes('bare')) throw openErrors.bare(dir)
  const listed = first.find(line => line.startsWith('worktree '))?.slice('worktree '.length)
  const root = await realpath(listed ?? dirname(commonDir))
  // Of a submodule, and of a clone whose git folder is elsewhere, git lists that folder in the checkout's place.
  return {root: root === commonDir ? await checkoutOf(runner, {dir, commonDir}) : root, commonDir}
}

/** The error for a folder whose repository git does not know for one, as after a loss of power; null: it is in none. */
function damagedRepository(dir: string, said: string): ClambakeError | null {
  let root = dir
  while (!existsSync(join(root, '.git', 'objects'))) {
    if (dirname(root) === root) return null
    root = dirname(root)
  }
  const isHeadWhole = /^(?:ref: refs\/\S|[0-9a-f]{40})/.test(textOrNull(join(root, '.git', 'HEAD')) ?? '')
  return openErrors.damaged(root, isHeadWhole ? {file: 'config', said: lastLines(said)} : {file: 'HEAD', said: ''})
}

/** The main checkout of a git folder that is not inside it, as git says in the checkout or by the folder's settings. */
async function checkoutOf(runner: GitRunner, {dir, commonDir}: {dir: string; commonDir: string}): Promise<string> {
  for (const at of [dir, commonDir]) {
    const asked = await runner.git(['rev-parse', '--absolute-git-dir', '--show-toplevel'], {at, accept: [0, 128]})
    const [gitDir = '', checkout = ''] = asked.stdout.split('\n')
    if (asked.exitCode === 0 && checkout !== '' && (await realpath(gitDir)) === commonDir) return realpath(checkout)
  }
  throw openErrors.checkoutElsewhere(dir, commonDir)
}

/** The remote in the settings of a clone. Throws `no-remote`, `remote-protocol`. */
export async function findRemote(
  runner: GitRunner,
  given: {dir: string; name: string; settings: readonly Setting[]},
): Promise<Remote> {
  const {dir, name, settings} = given
  if (!/^[A-Za-z0-9][\w.-]*$/.test(name)) throw openErrors.noRemote(dir, name)
  const plain = plainAddresses(settings, name)
  if (plain) return parseRemote(plain.url, plain.pushUrl)
  try {
    const [url, pushUrl] = await Promise.all([
      runner.read(['remote', 'get-url', name]),
      runner.read(['remote', 'get-url', '--push', name]),
    ])
    return parseRemote(url, pushUrl)
  } catch (error) {
    if (/no such remote/i.test(messageOf(error))) throw openErrors.noRemote(dir, name)
    throw error
  }
}

/**
 * The addresses that git uses for a remote, where it takes them as they are in the settings; null: only git can tell, as
 * settings rewrite addresses, one is set twice or has no value, or the remote is not in the configuration.
 */
function plainAddresses(settings: readonly Setting[], name: string): {url: string; pushUrl: string} | null {
  if (settings.some(({key}) => key.startsWith('url.'))) return null
  const valuesOf = (variable: string) =>
    settings.flatMap(({key, value}) => (key === `remote.${name}.${variable}` ? [value] : []))
  const [urls, pushUrls] = [valuesOf('url'), valuesOf('pushurl')]
  // A key without a value reads as `true`, and an empty one takes back those before it.
  if (urls.length !== 1 || pushUrls.length > 1 || ![...urls, ...pushUrls].every(url => /[/:]/.test(url))) return null
  return {url: urls[0]!, pushUrl: pushUrls[0] ?? urls[0]!}
}

/** The main branch as it is given, else as the clone noted it; null: it did not. Throws `no-commits`. */
export async function notedMain(
  runner: GitRunner,
  options: {root: string; remoteName: string; given: string | undefined},
): Promise<string | null> {
  const {root, remoteName, given} = options
  const prefix = `refs/remotes/${remoteName}/`
  if (given === undefined) {
    const both = await runner.git(['rev-parse', 'HEAD^{commit}', '--symbolic-full-name', `${prefix}HEAD`], {
      accept: [0, 128],
    })
    const [head = '', noted = '', ...more] = both.stdout.split('\n')
    // Anything else may be the name of a file, or a ref that names no other; it is asked about below.
    const isClear = /^[0-9a-f]{40,}$/.test(head) && noted.startsWith(prefix) && noted !== `${prefix}HEAD`
    if (both.exitCode === 0 && isClear && more.length === 0) return noted.slice(prefix.length)
  }
  const head = await runner.git(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], {accept: [0, 1, 128]})
  if (head.exitCode !== 0) throw (await brokenHead(runner, root)) ?? openErrors.noCommits(root)
  if (given !== undefined) return given
  const noted = await runner.git(['symbolic-ref', '--quiet', `${prefix}HEAD`], {accept: [0, 1, 128]})
  return noted.exitCode === 0 && noted.stdout.startsWith(prefix) ? noted.stdout.slice(prefix.length) : null
}

/** The error for a checkout whose branch names nothing, as after a loss of power; null: there is no such branch yet. */
async function brokenHead(runner: GitRunner, root: string): Promise<ClambakeError | null> {
  // Git says of such a branch that there is no HEAD.
  const file = await runner.text(['rev-parse', '--path-format=absolute', '--git-path', 'HEAD'])
  const branch = /^ref: (\S+)$/m.exec((await plainText(file)) ?? '')?.[1]
  if (branch === undefined) return null
  if ((await brokenRefs(runner, branch)).includes(branch)) return openErrors.brokenHead(root, branch)
  // The branch has an id of which there is no commit, or had one: a list of refs that was emptied has none of them.
  const named = await runner.git(['rev-parse', '--verify', '--quiet', 'HEAD'], {accept: [0, 1, 128]})
  const log = await plainText(join(dirname(file), 'logs', branch))
  return named.exitCode === 0 || (log ?? '').trim() !== '' ? openErrors.lostHead(root, branch) : null
}

/** The main branch as the remote says. Throws `no-main-branch`. */
export async function askedMain(refs: RemoteRefs): Promise<string> {
  const said = await refs.defaultBranch()
  if (said === null) throw openErrors.noMain(refs.remote.url)
  return said
}
