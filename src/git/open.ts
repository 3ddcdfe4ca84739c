import {realpath} from 'node:fs/promises'
import {dirname, resolve} from 'node:path'
import {messageOf} from '../base/errors.ts'
import {type GitDoor, isMissingProgram} from './door.ts'
import {openErrors} from './failures.ts'
import type {Location} from './location.ts'
import {parseRemote, type Remote} from './remote.ts'
import type {RemoteRefs} from './remote-refs.ts'

/** `merge-tree --write-tree` came with it. */
const OLDEST_GIT = [2, 38] as const

export async function checkGit(door: GitDoor): Promise<void> {
  let answer: string
  try {
    answer = await door.text(['--version'])
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
export async function locate(door: GitDoor, dir: string): Promise<Location> {
  // Both at once: every command waits for this. Outside of a repository both fail, and the other one says why.
  const listing = door.read(['worktree', 'list', '--porcelain', '-z'])
  listing.catch(() => {})
  const asked = await door.git(['rev-parse', '--git-common-dir'], {accept: [0, 128]})
  if (asked.exitCode !== 0) {
    throw /dubious ownership/.test(asked.stderr) ? openErrors.notYours(dir) : openErrors.notARepository(dir)
  }
  const commonDir = await realpath(resolve(dir, asked.stdout))
  // The first entry is always the main checkout.
  const first = (await listing).split('\0\0')[0]!.split('\0')
  if (first.includes('bare')) throw openErrors.bare(dir)
  const root = first.find(line => line.startsWith('worktree '))?.slice('worktree '.length)
  return {root: await realpath(root ?? dirname(commonDir)), commonDir}
}

/** Throws `no-remote`, `remote-protocol`. */
export async function findRemote(door: GitDoor, dir: string, name: string): Promise<Remote> {
  if (!/^[A-Za-z0-9][\w.-]*$/.test(name)) throw openErrors.noRemote(dir, name)
  try {
    return parseRemote(
      await door.read(['remote', 'get-url', name]),
      await door.read(['remote', 'get-url', '--push', name]),
    )
  } catch (error) {
    if (/no such remote/i.test(messageOf(error))) throw openErrors.noRemote(dir, name)
    throw error
  }
}

/** The main branch as the clone noted it, else as the remote says. Throws `no-main-branch`. */
export async function findMainBranch(door: GitDoor, refs: RemoteRefs, remoteName: string): Promise<string> {
  const prefix = `refs/remotes/${remoteName}/`
  const noted = await door.git(['symbolic-ref', '--quiet', `${prefix}HEAD`], {accept: [0, 1, 128]})
  if (noted.exitCode === 0 && noted.stdout.startsWith(prefix)) return noted.stdout.slice(prefix.length)
  const said = await refs.defaultBranch()
  if (said === null) throw openErrors.noMain(refs.remote.url)
  return said
}
