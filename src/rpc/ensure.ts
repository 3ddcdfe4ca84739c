import {type ChildProcess, spawn} from 'node:child_process'
import {closeSync, openSync, readFileSync, rmSync} from 'node:fs'
import {dirname} from 'node:path'
import {type Clock, sleep, systemClock} from '../base/clock.ts'
import {ClambakeError, EXIT, hasCode, messageOf} from '../base/errors.ts'
import {MAX_LOG_BYTES, rotateLog} from '../base/files.ts'
import {ensurePrivateFolder, type ProcessPaths, type RuntimePaths} from '../base/paths.ts'
import {isAlive} from '../base/run.ts'
import type {DaemonApi, DaemonTopics} from '../protocol/daemon.ts'
import type {Hello} from '../protocol/hello.ts'
import type {HostApi, HostTopics} from '../protocol/host-api.ts'
import type {Api, Topics} from '../protocol/rpc-message.ts'
import {type Connection, connect} from './connect.ts'
import {readFailure} from './failure.ts'
import {installHost} from './install-host.ts'
import {type ProcessInfo, readProcessInfo} from './lock.ts'

/** The longest wait for a start: a cold one on a busy machine with few cores. */
const START_TIMEOUT_MS = 20_000
/** The pause between two tries to connect: short enough for people, long enough not to slow the start. */
const PROBE_MS = 25
/** A daemon that crashes at its start is not started more often than this. */
const ASK_AGAIN_MS = 500
/** How many characters of the log's end an error shows. */
const LOG_TAIL = 2000

/** How a Clambake process is started: a Node binary, a built file and its arguments. */
type Executable = {node: string; entry: string; args: readonly string[]}

type EnsureOptions = {
  paths: RuntimePaths
  hello: Hello
  /** The built `host.js`; it is copied into the state folder and run from there. */
  host: {node: string; entry: string}
  /** The host's whole environment; panes never inherit it. */
  env: Readonly<Record<string, string>>
  /** Variables that only the daemon gets, and by a pipe: no environment that another process can read shows them. */
  secrets?: Readonly<Record<string, string>>
  timeoutMs?: number
  clock?: Clock
}

/**
 * Connects to the repository's terminal host of this version and starts it if it does not run. Two callers at once get
 * one host. Throws `start-failed` with the end of its log if it does not start.
 */
export async function ensureHost(options: EnsureOptions): Promise<Connection<HostApi, HostTopics>> {
  const {paths, host, env, timeoutMs = START_TIMEOUT_MS, clock = systemClock} = options
  const open = () =>
    connect<HostApi, HostTopics>({path: paths.host.socket, info: paths.host.info, hello: options.hello, clock})
  const running = await unlessAbsent(open)
  if (running) return running
  ensurePrivateFolder(paths.folder)
  const entry = installHost({entry: host.entry, into: paths.hostInstalls})
  const {socket, lock, info, log} = paths.host
  const child = spawnDetached({
    executable: {node: host.node, entry, args: ['--socket', socket, '--lock', lock, '--info', info, '--log', log]},
    paths: paths.host,
    env,
  })
  return await reach({name: 'terminal host', paths: paths.host, open, clock, timeoutMs, child})
}

/**
 * Connects to the repository's daemon. If it does not run, the terminal host, which is started if need be, starts it and
 * keeps it running. Throws the daemon's own reason for not starting, `pass-running` while a pass works in its place, or
 * `start-failed` with the end of its log.
 */
export async function ensureDaemon(
  options: EnsureOptions & {daemon: Executable; cwd: string},
): Promise<Connection<DaemonApi, DaemonTopics>> {
  const {paths, daemon, cwd, timeoutMs = START_TIMEOUT_MS, clock = systemClock} = options
  const open = () =>
    connect<DaemonApi, DaemonTopics>({path: paths.daemon.socket, info: paths.daemon.info, hello: options.hello, clock})
  const running = await unlessAbsent(open)
  if (running) return running
  refuseDuringPass(paths)
  await using host = await ensureHost(options)
  rmSync(paths.daemon.failure, {force: true})
  const argv = [daemon.node, daemon.entry, ...daemon.args]
  const supervise = () =>
    host.call('daemon.supervise', {
      argv,
      cwd,
      env: {...options.env},
      secrets: {...options.secrets},
      log: paths.daemon.log,
    })
  let {pid} = await supervise()
  let askedAt = clock.monotonic()
  const openAgain = async () => {
    // The daemon that ran may have been ending when the host was asked, or still held the lock when the new one began.
    const isDue = clock.monotonic() - askedAt >= ASK_AGAIN_MS
    if (isDue && !isAlive(pid) && !readFailure(paths.daemon.failure)) {
      askedAt = clock.monotonic()
      pid = (await supervise()).pid
    }
    return await open()
  }
  try {
    return await reach({name: 'daemon', paths: paths.daemon, open: openAgain, clock, timeoutMs})
  } catch (error) {
    // A person must change something first; until then the host that was started for the daemon is useless.
    if (error instanceof ClambakeError && error.exitCode === EXIT.usage) await endUnused(host)
    throw error
  }
}

/** Ends a host without running panes. */
async function endUnused(host: Connection<HostApi, HostTopics>): Promise<void> {
  try {
    await host.call('host.shutdown', {force: false})
  } catch (error) {
    if (!hasCode(error, 'panes-running', 'disconnected')) throw error
  }
}

async function unlessAbsent<C>(open: () => Promise<C>): Promise<C | undefined> {
  try {
    return await open()
  } catch (error) {
    if (hasCode(error, 'not-running', 'disconnected')) return
    throw error
  }
}

/**
 * Throws `pass-running` during a pass: it holds the daemon's lock and answers no calls, so a daemon that is started
 * meanwhile would exit at once.
 */
export function refuseDuringPass(paths: RuntimePaths): void {
  const pass = runningPass(paths)
  if (!pass) return
  throw new ClambakeError({
    code: 'pass-running',
    message: `A pass (clambake --once, pid ${pass.pid}) works on this repository since ${new Date(pass.startedAt).toTimeString().slice(0, 5)}`,
    kept: 'it was left alone',
    next: `wait for its end, or park it: kill -INT ${pass.pid}`,
  })
}

/** Finds the `--once` that works in the daemon's place; null: none. */
export function runningPass(paths: RuntimePaths): ProcessInfo | null {
  const info = readProcessInfo(paths.daemon.info)
  return info?.doing === 'pass' && isAlive(info.pid) ? info : null
}

/** Starts a process that outlives this one: own session, no terminal, output appended to its log. */
function spawnDetached(options: {
  executable: Executable
  paths: ProcessPaths
  env: Readonly<Record<string, string>>
}): ChildProcess {
  const {node, entry, args} = options.executable
  rotateLog(options.paths.log, MAX_LOG_BYTES)
  const log = openSync(options.paths.log, 'a', 0o600)
  try {
    const child = spawn(node, [entry, ...args], {
      detached: true,
      stdio: ['ignore', log, log],
      // A person may want to remove or unmount any other folder.
      cwd: dirname(options.paths.log),
      env: {...options.env},
    })
    child.unref()
    return child
  } finally {
    closeSync(log)
  }
}

/** Tries until the process answers. A child that exits with 0 has found another one running, which answers soon. */
async function reach<A extends Api, T extends Topics>(options: {
  name: string
  paths: ProcessPaths
  open: () => Promise<Connection<A, T>>
  clock: Clock
  timeoutMs: number
  child?: ChildProcess
}): Promise<Connection<A, T>> {
  const {name, paths, open, clock, timeoutMs, child} = options
  let failure: string | undefined
  child?.once('error', error => {
    failure = messageOf(error)
  })
  child?.once('exit', (code, signal) => {
    if (code !== 0) failure = `it ended with ${signal ?? code}`
  })
  const end = clock.monotonic() + timeoutMs
  for (;;) {
    const connection = await unlessAbsent(open)
    if (connection) {
      // Another caller's child was faster. This one would exit by itself, or take the lock when that one ends.
      if (connection.peer.pid !== child?.pid) child?.kill()
      return connection
    }
    const said = readFailure(paths.failure)
    if (said) throw said
    if (failure === undefined && clock.monotonic() >= end) failure = `it did not answer in ${timeoutMs} ms`
    if (failure !== undefined) throw startFailed(name, failure, paths.log)
    await sleep(PROBE_MS, clock)
  }
}

function startFailed(name: string, why: string, log: string): ClambakeError {
  const tail = logTail(log)
  return new ClambakeError({
    code: 'start-failed',
    message: `The ${name} did not start: ${why}${tail ? `\n${tail}` : ''}`,
    kept: 'worktrees, branches and claims are as they were',
    next: `read ${log}, then try again`,
  })
}

function logTail(file: string): string {
  try {
    return readFileSync(file, 'utf8').slice(-LOG_TAIL).trim()
  } catch {
    return '' // There may be no log yet; it is only an addition to the message.
  }
}
