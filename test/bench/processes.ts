import {readFileSync} from 'node:fs'
import {sleep} from '../../src/base/clock.ts'

/** Linux counts processor time in hundredths of a second, whatever the kernel's own tick is. */
const TICK_MS = 10

/** Whether /proc tells of processes here; without it there are no figures of cost. */
export const CAN_MEASURE = process.platform === 'linux'

/** Percent of one core that the processes take together over the next `ms`. */
export async function cpuPercent(pids: readonly number[], ms: number): Promise<number> {
  const start = performance.now()
  const before = processorMs(pids)
  await sleep(ms)
  return ((processorMs(pids) - before) / (performance.now() - start)) * 100
}

/** Resident memory of the processes together. */
export function residentMegabytes(pids: readonly number[]): number {
  return sum(pids, pid => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024)
}

/** User and system time of all threads. */
function processorMs(pids: readonly number[]): number {
  return sum(pids, pid => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the program's name, which may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS
  })
}

function sum(pids: readonly number[], of: (pid: number) => number): number {
  return pids.reduce((all, pid) => all + of(pid), 0)
}
