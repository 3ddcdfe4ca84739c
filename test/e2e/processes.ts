import {readdirSync, readFileSync} from 'node:fs'
import {run} from '../../src/base/run.ts'

/**
 * Live processes whose command line or environment names a folder: everything that a play started, detached or not,
 * as `pid command`.
 */
export async function processesOf(folder: string): Promise<string[]> {
  const all = process.platform === 'linux' ? linuxProcesses() : await psProcesses()
  return all.filter(({pid, all}) => pid !== process.pid && all.includes(folder)).map(({pid, name}) => `${pid} ${name}`)
}

type Entry = {pid: number; name: string; all: string}

/** Read in one go, without promises: a thousand small files are asked for many times in a run. */
function linuxProcesses(): Entry[] {
  const pids = readdirSync('/proc').filter(name => /^\d+$/.test(name))
  return pids.map(pid => {
    const command = readProc(`/proc/${pid}/cmdline`)
    const environment = readProc(`/proc/${pid}/environ`)
    return {pid: Number(pid), name: command.replaceAll('\0', ' ').trim(), all: `${command}\0${environment}`}
  })
}

/** Empty where nothing can be read: the process ended meanwhile, is a zombie, or another user's. */
function readProc(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

async function psProcesses(): Promise<Entry[]> {
  const {stdout} = await run('/bin/ps', {args: ['-axEww', '-o', 'pid=,command='], env: {LC_ALL: 'C'}})
  return stdout.split('\n').map(line => {
    const [pid = '', ...words] = line.trim().split(' ')
    return {pid: Number(pid), name: words.slice(0, 4).join(' '), all: words.join(' ')}
  })
}

/** Signals a process that may end by itself at the same moment. */
export function signalIfAlive(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
