import {readlink, realpath} from 'node:fs/promises'
import {userInfo} from 'node:os'
import {sep} from 'node:path'
import {type Clock, systemClock} from '../base/clock.ts'
import {textOf} from '../base/processes/ancestry.ts'
import {runningProcesses} from '../base/processes/stat.ts'
import {run} from '../base/run.ts'
import type {LeftBehind} from '../model/data/pane.ts'
import {endAll, findSession} from './processes.ts'

/** Where to look: the sessions of programs that have ended, and the folder that they worked in. */
type Place = {sessions: readonly string[]; folder: string}

type Entry = LeftBehind & {parent: number; hasTerminal: boolean; name: string}

/** What adopts processes whose parent has ended. */
const ADOPTERS = ['init', 'systemd', 'launchd']

/**
 * Finds what programs left behind: processes with the variable of their sessions, and those that work in the folder without
 * a terminal and without the parent that started them, with all below them. A person's shells and editors have one or the
 * other, and are never among them.
 */
export async function findLeftBehind({sessions, folder}: Place): Promise<LeftBehind[]> {
  const marked = (await Promise.all(sessions.map(session => findSession(session)))).flat()
  const table = await processes()
  const place = await realpath(folder).catch(() => folder)
  const placed = new Set<number>()
  const isAdopted = ({parent}: Entry) => {
    const above = table.get(parent)
    return above === undefined || parent === 1 || ADOPTERS.includes(above.name)
  }
  for (const [pid, entry] of table) {
    if (pid !== process.pid && !entry.hasTerminal && isAdopted(entry) && (await worksIn(pid, place))) placed.add(pid)
  }
  let grown = -1
  while (grown !== placed.size) {
    grown = placed.size
    for (const [pid, {parent}] of table) if (placed.has(parent)) placed.add(pid)
  }
  const unknown = {command: ''}
  return [...new Set([...marked, ...placed])].map(pid => ({pid, command: (table.get(pid) ?? unknown).command}))
}

/** Ends what `findLeftBehind` finds, as `endSession` ends a session, and gives what that was. */
export async function endLeftBehind(options: Place & {graceMs: number; clock?: Clock}): Promise<LeftBehind[]> {
  const {sessions, folder, graceMs, clock = systemClock} = options
  const seen = new Map<number, LeftBehind>()
  const find = async () => {
    const found = await findLeftBehind({sessions, folder})
    for (const left of found) if (!seen.has(left.pid)) seen.set(left.pid, left)
    return found.map(({pid}) => pid)
  }
  await endAll({find, graceMs, clock})
  return [...seen.values()]
}

async function processes(): Promise<Map<number, Entry>> {
  const entries = process.platform === 'linux' ? await linuxEntries() : await psEntries()
  return new Map(entries.map(entry => [entry.pid, entry]))
}

async function linuxEntries(): Promise<Entry[]> {
  return Promise.all(
    runningProcesses().map(async ({pid, parent, terminal, name}) => {
      const command = (await textOf(`/proc/${pid}/cmdline`)).split('\0').join(' ').trim()
      return {pid, parent, hasTerminal: terminal !== 0, name, command: command || name}
    }),
  )
}

/** Reads the user's processes on macOS. */
async function psEntries(): Promise<Entry[]> {
  const {stdout} = await run('/bin/ps', {
    args: ['-xww', '-o', 'pid=,ppid=,tty=,stat=,command='],
    env: {LC_ALL: 'C'},
  })
  return stdout.split('\n').flatMap(line => {
    const [pid, parent, terminal = '', state, ...words] = line.trim().split(/\s+/)
    if (!pid || !state || state.startsWith('Z')) return []
    const name = (words[0] ?? '').split('/').at(-1) ?? ''
    const hasTerminal = !/^\?+$/.test(terminal)
    return [{pid: Number(pid), parent: Number(parent), hasTerminal, name, command: words.join(' ')}]
  })
}

/** Whether a process of this user works in the folder, also one that was removed under it. */
async function worksIn(pid: number, folder: string): Promise<boolean> {
  const at = process.platform === 'linux' ? await linuxFolder(pid) : await lsofFolder(pid)
  return at === folder || at.startsWith(folder + sep)
}

async function linuxFolder(pid: number): Promise<string> {
  try {
    return (await readlink(`/proc/${pid}/cwd`)).replace(/ \(deleted\)$/, '')
  } catch {
    return '' // It ended meanwhile, or is another user's.
  }
}

async function lsofFolder(pid: number): Promise<string> {
  const {stdout} = await run('/usr/sbin/lsof', {
    args: ['-a', '-d', 'cwd', '-u', userInfo().username, '-p', String(pid), '-Fn'],
    env: {LC_ALL: 'C'},
    accept: [0, 1],
  })
  return /^n(.*)$/m.exec(stdout)?.[1] ?? ''
}
