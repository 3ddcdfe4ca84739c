import {readFile} from 'node:fs'
import {type Clock, sleep, systemClock} from '../base/clock.ts'
import {ClambakeError, isSystemError} from '../base/errors.ts'
import {SESSION_VARIABLE} from '../base/processes/ancestry.ts'
import {runningProcesses} from '../base/processes/stat.ts'
import {run} from '../base/run.ts'

/** The pause between two reads of the process table while processes end. */
const PROBE_MS = 50
/** No process can refuse SIGKILL, but one in disk sleep gets it late. */
const KILL_LIMIT_MS = 10_000
/** In a process's flags: it is the kernel's own and has no environment (PF_KTHREAD). */
const KERNEL_THREAD = 0x200000

type ProcessEntry = {
  pid: number
  parent: number
  /** Process id of its terminal session's leader; 0 if the system does not tell. */
  leader: number
  /** Whether its environment has the wanted session variable. */
  marked: boolean
}

/** Finds all processes of a session: those with its variable, and those below `root` or in its terminal session. */
export async function findSession(session: string, root?: number): Promise<number[]> {
  const table = (await processTable(session)).filter(({pid}) => pid !== process.pid)
  const found = new Set<number>()
  for (const {pid, leader, marked} of table) {
    if (marked || pid === root || (root !== undefined && leader === root)) found.add(pid)
  }
  // Adds descendants that changed both environment and session.
  let grown = -1
  while (grown !== found.size) {
    grown = found.size
    for (const {pid, parent} of table) if (found.has(parent)) found.add(pid)
  }
  return [...found]
}

/**
 * Ends every process of a session: SIGTERM, after `graceMs` SIGKILL, repeated until none is left. That includes those
 * that left the terminal (setsid, nohup) or started meanwhile. `root` is the pane's program while it runs.
 * Throws `processes-remain` when some cannot be ended.
 */
export async function endSession(options: {
  session: string
  root?: number
  graceMs: number
  clock?: Clock
}): Promise<{ended: number}> {
  const {session, root, graceMs, clock = systemClock} = options
  return await endAll({find: () => findSession(session, root), graceMs, clock})
}

/** Ends all processes that `find` gives, asked again until it gives none. Throws `processes-remain`. */
export async function endAll(options: {
  find: () => Promise<readonly number[]>
  graceMs: number
  clock: Clock
}): Promise<{ended: number}> {
  const {find, graceMs, clock} = options
  const start = clock.monotonic()
  const signalled = new Set<number>()
  for (;;) {
    const alive = await find()
    if (alive.length === 0) return {ended: signalled.size}
    const waited = clock.monotonic() - start
    if (waited > graceMs + KILL_LIMIT_MS) throw remain(alive)
    for (const pid of alive) {
      if (waited >= graceMs) signal(pid, 'SIGKILL')
      else if (!signalled.has(pid)) {
        signal(pid, 'SIGTERM')
        // A stopped process handles SIGTERM only after SIGCONT.
        signal(pid, 'SIGCONT')
      }
      signalled.add(pid)
    }
    await sleep(PROBE_MS, clock)
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    // It is gone, or another user's: setuid programs end when their terminal closes.
    if (!isSystemError(error, 'ESRCH') && !isSystemError(error, 'EPERM')) throw error
  }
}

async function processTable(session: string): Promise<ProcessEntry[]> {
  return process.platform === 'linux' ? await linuxTable(session) : await psTable(session)
}

async function linuxTable(session: string): Promise<ProcessEntry[]> {
  const mark = `\0${SESSION_VARIABLE}=${session}\0`
  const withEnvironment = runningProcesses().filter(({flags}) => (flags & KERNEL_THREAD) === 0)
  return Promise.all(
    withEnvironment.map(async ({pid, parent, leader}) => {
      const environment = `\0${await readEnvironment(pid)}`
      return {pid, parent, leader, marked: environment.includes(mark)}
    }),
  )
}

/**
 * Reads the environment beside the event loop: the kernel takes it from the process, which may let it wait. By a callback,
 * which takes half the work of `node:fs/promises`. Empty when it ended meanwhile, or is another user's.
 */
function readEnvironment(pid: number): Promise<string> {
  return new Promise(resolve => {
    readFile(`/proc/${pid}/environ`, 'latin1', (error, text) => resolve(error ? '' : text))
  })
}

/** Reads the table on macOS, where `ps -E` shows the environment of the user's processes after the command. */
async function psTable(session: string): Promise<ProcessEntry[]> {
  const mark = `${SESSION_VARIABLE}=${session}`
  const {stdout} = await run('/bin/ps', {
    args: ['-axEww', '-o', 'pid=,ppid=,stat=,command='],
    env: {LC_ALL: 'C'},
  })
  return stdout.split('\n').flatMap(line => {
    const [pid, parent, state, ...words] = line.trim().split(/\s+/)
    if (!pid || !state || state.startsWith('Z')) return []
    return [{pid: Number(pid), parent: Number(parent), leader: 0, marked: words.includes(mark)}]
  })
}

function remain(pids: readonly number[]): ClambakeError {
  return new ClambakeError({
    code: 'processes-remain',
    message: `Processes ${pids.join(', ')} did not end, not even by SIGKILL`,
    kept: 'their worktree is unchanged',
    next: 'see what they wait for with `ps -o pid,stat,wchan,args -p PID`, then try again',
  })
}
