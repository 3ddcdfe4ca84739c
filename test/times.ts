import type {Reporter, TestModule} from 'vitest/node'

/** A run of fewer files is a part of the suite, whose times vitest itself prints beside each file. */
const WHOLE_SUITE = 50
const SLOWEST = 10

type FileTime = {file: string; ms: number}

/** Prints, after a run of the whole suite, how long each end-to-end file took, and the slowest of the others. */
export function timesReporter(): Reporter {
  return {
    onTestRunEnd(modules) {
      if (modules.length >= WHOLE_SUITE) console.log(timesTable(modules.map(timeOf)))
    },
  }
}

/** The wall time of a file in its worker; starting the worker is not in it. */
function timeOf(module: TestModule): FileTime {
  const {setupDuration, prepareDuration, collectDuration, duration} = module.diagnostic()
  return {file: module.relativeModuleId, ms: setupDuration + prepareDuration + collectDuration + duration}
}

export function timesTable(times: readonly FileTime[]): string {
  const sorted = times.toSorted((a, b) => b.ms - a.ms)
  const isEndToEnd = ({file}: FileTime) => file.startsWith('test/e2e/')
  const endToEnd = sorted.filter(isEndToEnd)
  const others = sorted.filter(time => !isEndToEnd(time))
  return [
    ...section(`end-to-end files: ${endToEnd.length}`, endToEnd, endToEnd),
    ...section(`other files: ${others.length}, of which the slowest`, others, others.slice(0, SLOWEST)),
  ].join('\n')
}

function section(title: string, all: readonly FileTime[], shown: readonly FileTime[]): string[] {
  const total = all.reduce((sum, {ms}) => sum + ms, 0)
  return [row(total, title), ...shown.map(({ms, file}) => row(ms, `  ${file}`)), '']
}

function row(ms: number, text: string): string {
  return `${(ms / 1000).toFixed(1).padStart(8)} s  ${text}`
}
