import {type ChildProcess, execFileSync} from 'node:child_process'
import {runningProcesses, statOfRunning} from './stat.ts'

/** A program that was told to end is killed after this time. */
const KILL_AFTER_MS = 5_000
/** One that not even SIGKILL ends, as it waits for a disk that is gone, is given up after this much more. */
const GIVE_UP_MS = 2_000
/** The pause between two looks whether it has ended. */
const LOOK_MS = 100

/**
 * Asks a program and all that it started to end, and kills what does not: git leaves the ssh that it waits for behind, which
 * has git's outputs open.
 */
export function endingOf(child: ChildProcess) {
  const over = Promise.withResolvers<void>()
  let told: Processes | undefined
  let timer: NodeJS.Timeout | undefined

  function tell(signal: NodeJS.Signals, known: Processes): void {
    for (const [pid, entry] of treeOf(child, known)) {
      if (known.has(pid) && signal === 'SIGTERM') continue
      known.set(pid, entry)
      // A stopped program takes SIGTERM only after SIGCONT.
      for (const one of signal === 'SIGTERM' ? ([signal, 'SIGCONT'] as const) : [signal]) kill(pid, one)
    }
  }

  function look(known: Processes, waitedMs: number): void {
    if (waitedMs >= KILL_AFTER_MS) tell('SIGKILL', known)
    if (waitedMs >= KILL_AFTER_MS + GIVE_UP_MS || isOver(known)) return over.resolve()
    timer = setTimeout(() => look(known, waitedMs + LOOK_MS), LOOK_MS)
  }

  const isOver = (known: Processes) => [...known].every(([pid, {start}]) => startOf(pid) !== start)

  return {
    /** Resolves once nothing is left, or all was tried; never when it was not begun. */
    over: over.promise,
    begin(): void {
      if (told !== undefined) return
      told = new Map()
      tell('SIGTERM', told)
      // Where the table of processes cannot be read.
      child.kill()
      timer = setTimeout(look, LOOK_MS, told, LOOK_MS)
    },
    /** Waits for the end of what was begun. */
    async end(): Promise<void> {
      if (told === undefined || isOver(told)) clearTimeout(timer)
      else await over.promise
    },
  }
}

type Processes = Map<number, {parent: number; start: string}>

/** A program with all below it, and below those that are known already, whose parents may have ended. */
function treeOf(child: ChildProcess, known: Processes): Processes {
  const table = processTable()
  const found: Processes = new Map()
  for (const [pid, entry] of table) {
    const isChild = pid === child.pid && child.exitCode === null && child.signalCode === null
    if (isChild || known.get(pid)?.start === entry.start) found.set(pid, entry)
  }
  let grown = -1
  while (grown !== found.size) {
    grown = found.size
    for (const [pid, entry] of table) if (found.has(entry.parent)) found.set(pid, entry)
  }
  return found
}

/** The processes of this machine; empty where they cannot be read. */
function processTable(): Processes {
  try {
    if (process.platform !== 'linux') return new Map(psLines(['-ax']))
    return new Map(runningProcesses().map(({pid, parent, start}) => [pid, {parent, start}]))
  } catch {
    return new Map()
  }
}

/** When a running process was started, which tells it from a later one with its number; undefined: it runs no more. */
function startOf(pid: number): string | undefined {
  return process.platform === 'linux' ? statOfRunning(pid)?.start : psLines(['-p', String(pid)])[0]?.[1].start
}

type Entry = [pid: number, {parent: number; start: string}]

function psLines(which: readonly string[]): Entry[] {
  try {
    const args = [...which, '-o', 'pid=,ppid=,stat=,lstart=']
    const text = execFileSync('/bin/ps', args, {env: {LC_ALL: 'C'}, encoding: 'utf8', timeout: 5000, stdio: 'pipe'})
    return text.split('\n').flatMap((line): Entry[] => {
      const [pid, parent, state = 'Z', ...start] = line.trim().split(/\s+/)
      return state.startsWith('Z') ? [] : [[Number(pid), {parent: Number(parent), start: start.join(' ')}]]
    })
  } catch {
    return [] // `ps -p` fails when there is no such process.
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It is gone, or another user's.
  }
}
