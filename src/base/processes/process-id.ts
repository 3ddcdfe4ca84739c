import {readFileSync} from 'node:fs'
import {readFile} from 'node:fs/promises'
import {basename} from 'node:path'
import {run} from '../run.ts'
import {statOfRunning} from './stat.ts'

/** Programs that only run what they are given with `-c`, or a script of this program's hooks. */
const SHELLS = /^-?(ba|da|z|k|fi|a)?sh$/
/** The shell script that a client's hooks run: it acts for the client, like the program that it starts. */
export const HOOK_SCRIPT = 'hub-hook.sh'
/** The longest chain of parents that is followed. */
const MAX_STEPS = 50
/** What this start of the machine is called, on Linux: read once. */
let boot: string | undefined

/** A running process; `start` tells it from a later one with the same number. */
export type RunningProcess = {pid: number; parent: number; start: string; command: readonly string[]}

/** What runs under a number now; null: nothing. */
export function processOf(pid: number): Promise<RunningProcess | null> {
  return process.platform === 'linux' ? linuxProcess(pid) : psProcess(pid)
}

/** When what runs under a number now was started; null: nothing runs. It does less than `processOf`. */
export async function startOf(pid: number): Promise<string | null> {
  const found = process.platform === 'linux' ? statOf(pid) : await psProcess(pid)
  return found?.start ?? null
}

/**
 * The process that a command acts for: the nearest one above it that is not a shell that runs one line or a hook, nor this
 * program itself. So a command that a client's tool or hook runs acts for the client, and one that a person types for the person's
 * shell.
 */
export async function actingProcess(pid: number): Promise<RunningProcess | null> {
  const own = await processOf(pid)
  let at = own
  for (let step = 0; at !== null && step < MAX_STEPS; step++) {
    const next: RunningProcess | null = at.parent > 1 ? await processOf(at.parent) : null
    if (next === null) return null
    if (!isPassedOver(next, own!)) return next
    at = next
  }
  return null
}

function isPassedOver({command}: RunningProcess, own: RunningProcess): boolean {
  const [program = '', ...words] = command
  if (SHELLS.test(basename(program))) {
    return words.some(word => /^-[a-z]*c$/.test(word)) || basename(words[0] ?? '') === HOOK_SCRIPT
  }
  const script = own.command[1]
  return script !== undefined && words[0] !== undefined && words[0] === script
}

async function linuxProcess(pid: number): Promise<RunningProcess | null> {
  const found = statOf(pid)
  if (found === null) return null
  try {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8')
    return {pid, ...found, command: line.split('\0').slice(0, -1)}
  } catch {
    return null // It ended meanwhile.
  }
}

/** null: there is no such process, or no more. */
function statOf(pid: number): Pick<RunningProcess, 'parent' | 'start'> | null {
  const stat = statOfRunning(pid)
  if (stat === null) return null
  boot ??= readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').slice(0, 8)
  return {parent: stat.parent, start: `${boot}:${stat.start}`}
}

async function psProcess(pid: number): Promise<RunningProcess | null> {
  const {exitCode, stdout} = await run('/bin/ps', {
    args: ['-ww', '-o', 'ppid=,stat=,lstart=,command=', '-p', String(pid)],
    env: {LC_ALL: 'C'},
    accept: [0, 1],
  })
  // `lstart` is five words: Sun Nov 29 16:45:10 2026.
  const [parent, state, ...rest] = stdout.trim().split(/\s+/)
  if (exitCode !== 0 || parent === undefined || state === undefined || state.startsWith('Z')) return null
  return {pid, parent: Number(parent), start: rest.slice(0, 5).join(' '), command: rest.slice(5)}
}
