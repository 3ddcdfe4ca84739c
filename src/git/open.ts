import {existsSync} from 'node:fs'
import {realpath} from 'node:fs/promises'
import {basename, dirname, join, resolve} from 'node:path'
import {messageOf} from '../base/errors.ts'
import {openErrors} from './command/failures.ts'
import {parseRemote, type Remote} from './command/remote-url.ts'
import {type GitRunner, isMissingProgram} from './command/run-git.ts'
import type {Location} from './location.ts'
import type {RemoteRefs} from './refs/remote-refs.ts'

/** The first git with `merge-tree --write-tree`. */
const OLDEST_GIT = [2, 38] as const

export async function checkGit(runner: GitRunner): Promise<void> {
  let answer: string
  try {
    answer = await runner.text(['--version'])
  } catch (error) {
    throw isMissingProgram(error) ? openErrors.missing() : error
  }
  checkVersion(answer)
}

/** Throws `git-too-old` for what `git --version` printed. */
export function checkVersion(answer: string): void {
  const version = /\d+\.\d+[\w.]*/.exec(answer)?.[0] ?? answer
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [oldestMajor, oldestMinor] = OLDEST_GIT
  if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) throw openErrors.tooOld(version)
}

/** Throws `not-a-repository`, `bare-repository`, `not-your-repository`. */
export async function locate(runner: GitRunner, dir: string): Promise<Location> {
  // Both at once: every command waits for this. Outside of a repository both fail, and the other one says why.
  const listing = runner.read(['worktree', 'list', '--porcelain', '-z'])
  listing.catch(() => {})
  const asked = await runner.git(['rev-parse', '--git-common-dir'], {accept: [0, 128]})
  if (asked.exitCode !== 0) {
    throw /dubious ownership/.test(asked.stderr) ? openErrors.notYours(dir) : openErrors.notARepository(dir)
  }
  const commonDir = await realpath(resolve(dir, asked.stdout))
  // The first entry is always the main checkout.
  const first = (await listing).split('\0\0')[0]!.split('\0')
  // A checkout with `core.bare`, which an agent can set, is a checkout all the same.
  const isCheckout = basename(commonDir) === '.git' && existsSync(join(commonDir, 'index'))
  if (first.includes('bare') && isCheckout) return {root: dirname(commonDir), commonDir}
  if (first.includes('bare')) throw openErrors.bare(dir)
  const root = first.find(line => line.startsWith('worktree '))?.slice('worktree '.length)
  return {root: await realpath(root ?? dirname(commonDir)), commonDir}
}

/** Throws `no-remote`, `remote-protocol`. */
export async function findRemote(runner: GitRunner, dir: string, name: string): Promise<Remote> {
  if (!/^[A-Za-z0-9][\w.-]*$/.test(name)) throw openErrors.noRemote(dir, name)
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

/** The main branch as the clone noted it, else as the remote says. Throws `no-main-branch`. */
export async function findMainBranch(runner: GitRunner, refs: RemoteRefs, remoteName: string): Promise<string> {
  const prefix = `refs/remotes/${remoteName}/`
  const noted = await runner.git(['symbolic-ref', '--quiet', `${prefix}HEAD`], {accept: [0, 1, 128]})
  if (noted.exitCode === 0 && noted.stdout.startsWith(prefix)) return noted.stdout.slice(prefix.length)
  const said = await refs.defaultBranch()
  if (said === null) throw openErrors.noMain(refs.remote.url)
  return said
}
