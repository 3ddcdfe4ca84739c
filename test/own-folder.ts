import {chmodSync, mkdtempSync, readdirSync, readFileSync, realpathSync, writeFileSync} from 'node:fs'
import {rm} from 'node:fs/promises'
import {constants, tmpdir, userInfo} from 'node:os'
import {join} from 'node:path'
import {poll} from '../src/base/clock.ts'
import {ANY_EXIT_CODE, isAlive, run} from '../src/base/run.ts'
import {processesOf, signalIfAlive} from './e2e/processes.ts'

/** Short, as the paths of sockets below it may not be long. */
const PREFIX = 'cs-'
const OWNER = 'owner.json'
const END_MS = 20_000

type Owner = {pid: number; started: string; uid: number}

/**
 * The folder below which a long run keeps all that it makes: repositories, processes, small disks. It is cleaned when the
 * run ends, also by SIGTERM, SIGINT or SIGHUP; what a run that was killed left is cleaned when the next one starts.
 */
export async function openOwnFolder(say: (line: string) => void): Promise<AsyncDisposable & {readonly path: string}> {
  const shared = tmpdir()
  const path = await makeOwnFolder(shared, say)
  let isEnding = false
  // A listener that is removed when it is called would leave the process to what ends it at once (signal-exit of execa).
  const onSignal = (name: 'SIGTERM' | 'SIGINT' | 'SIGHUP') => {
    if (isEnding) return
    isEnding = true
    say(`ended by ${name}: cleans up`)
    void clean(path).then(
      () => process.exit(128 + constants.signals[name]),
      (error: unknown) => {
        say(String(error))
        process.exit(1)
      },
    )
  }
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(name, onSignal)
  return {
    path,
    async [Symbol.asyncDispose]() {
      await clean(path)
      process.env.TMPDIR = shared
    },
  }
}

/**
 * Makes the folder in `shared` after what runs that are no longer alive left there is cleaned up. All temporary folders
 * of this process and of those that it starts are made below it from now on.
 */
export async function makeOwnFolder(shared: string, say: (line: string) => void): Promise<string> {
  await cleanLeftovers(shared, say)
  const path = realpathSync(mkdtempSync(join(shared, PREFIX)))
  // A server that refuses to run as root runs as another user, below it.
  chmodSync(path, 0o711)
  const owner: Owner = {pid: process.pid, started: startOf(process.pid), uid: userInfo().uid}
  writeFileSync(join(path, OWNER), JSON.stringify(owner))
  process.env.TMPDIR = path
  return path
}

/** Cleans up after runs of this user that are no longer alive, and says so. */
export async function cleanLeftovers(shared: string, say: (line: string) => void): Promise<void> {
  for (const name of readdirSync(shared).filter(entry => entry.startsWith(PREFIX))) {
    const path = join(shared, name)
    const owner = ownerOf(path)
    if (owner === null || owner.uid !== userInfo().uid || isRunning(owner)) continue
    const ended = await clean(path)
    say(`cleaned up after an earlier run (pid ${owner.pid}) that was killed: ${ended} of its processes, ${path}`)
  }
}

/** Ends every process that names the folder, unmounts what is mounted in it, removes it. Gives how many it ended. */
async function clean(path: string): Promise<number> {
  const ended = new Set<number>()
  const isGone = await poll(
    async () => {
      const left = await processesOf(path)
      for (const entry of left) {
        const pid = Number.parseInt(entry, 10)
        signalIfAlive(pid, 'SIGKILL')
        ended.add(pid)
      }
      return left.length === 0 ? true : undefined
    },
    {everyMs: 50, timeoutMs: END_MS},
  )
  if (!isGone) throw new Error(`processes of ${path} do not end: ${(await processesOf(path)).join('; ')}`)
  for (const mount of mountsIn(path)) await run('umount', {args: ['-l', mount], env: pathOnly(), accept: ANY_EXIT_CODE})
  await rm(path, {recursive: true, force: true, maxRetries: 5, retryDelay: 50})
  return ended.size
}

function ownerOf(path: string): Owner | null {
  try {
    return JSON.parse(readFileSync(join(path, OWNER), 'utf8')) as Owner
  } catch {
    return null // Not made by this file, or only just begun.
  }
}

/** Whether it is still the same process and not a later one with its number. */
function isRunning({pid, started}: Owner): boolean {
  return isAlive(pid) && startOf(pid) === started
}

/** When a process started, in the words of the system; empty where it does not tell. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name is in brackets and may hold any character, even brackets; the start is the 22nd field.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}

/** Where something is mounted at or below the folder; small disks are made on Linux only. */
function mountsIn(path: string): string[] {
  try {
    const mounts = readFileSync('/proc/mounts', 'utf8').split('\n')
    return mounts.flatMap(line => line.split(' ')[1] ?? []).filter(mount => mount.startsWith(`${path}/`))
  } catch {
    return []
  }
}

function pathOnly(): {PATH: string} {
  return {PATH: process.env.PATH ?? ''}
}
