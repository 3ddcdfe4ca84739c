import {readFile} from 'node:fs/promises'
import {run} from '../run.ts'
import {readStat} from './stat.ts'

/** The variable that marks every process of a pane; child processes inherit it. */
export const SESSION_VARIABLE = 'CLAMBAKE_SESSION'

/** The longest chain of parents that is followed. */
const MAX_STEPS = 200

/** Where a process comes from: its pane's session, if it or a process above it is marked, and all processes above it. */
export type Ancestry = {sessions: readonly string[]; above: readonly number[]}

/**
 * Follows a process to the processes that started it: its parents, and the leaders of their terminal sessions, which
 * stay when a parent ends. null: there is no such process.
 */
export async function ancestryOf(pid: number): Promise<Ancestry | null> {
  const read = process.platform === 'linux' ? linuxProcess : psProcess
  const sessions = new Set<string>()
  const seen = new Set<number>()
  const waiting = [pid]
  for (const next of waiting) {
    if (next <= 0 || seen.has(next) || seen.size > MAX_STEPS) continue
    seen.add(next)
    const found = await read(next)
    if (found === null) {
      if (next === pid) return null
      continue
    }
    if (found.session !== null) sessions.add(found.session)
    waiting.push(...found.from)
  }
  seen.delete(pid)
  return {sessions: [...sessions], above: [...seen]}
}

type Found = {session: string | null; from: readonly number[]}

async function linuxProcess(pid: number): Promise<Found | null> {
  const stat = readStat(pid)
  if (stat === null) return null
  return {
    session: sessionIn((await textOf(`/proc/${pid}/environ`)).split('\0')),
    from: [stat.parent, stat.leader],
  }
}

/** On macOS `ps -E` shows the environment of the user's processes after the command. */
async function psProcess(pid: number): Promise<Found | null> {
  const {exitCode, stdout} = await run('/bin/ps', {
    args: ['-Eww', '-o', 'ppid=,command=', '-p', String(pid)],
    env: {LC_ALL: 'C'},
    accept: [0, 1],
  })
  const [parent, ...words] = stdout.trim().split(/\s+/)
  if (exitCode !== 0 || !parent) return null
  return {session: sessionIn(words), from: [Number(parent)]}
}

function sessionIn(variables: readonly string[]): string | null {
  const found = variables.find(variable => variable.startsWith(`${SESSION_VARIABLE}=`))
  return found === undefined ? null : found.slice(SESSION_VARIABLE.length + 1)
}

/** Text of a file that Linux has of a process; empty: it cannot be read. */
export async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'latin1')
  } catch {
    return '' // It ended meanwhile, or is another user's.
  }
}
