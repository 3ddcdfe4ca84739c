import {readdirSync, readFileSync} from 'node:fs'
import type {Reporter, TestModule} from 'vitest/node'
import {stackOf} from './stack.ts'

/** Longer than any test may take with its retry: a worker that is silent for so long turns in a loop. */
const PATIENCE_MS = 9 * 60_000
const LOOK_MS = 5_000

/**
 * Ends the run when a test does not end and its own timeout does not end it either, as in a loop that never gives the
 * timer its turn: else CI waits until it is killed and nobody learns where. Says the test and where its worker is.
 */
export function stuckReporter({patienceMs = PATIENCE_MS, lookMs = LOOK_MS} = {}): Reporter {
  const running = new Map<TestModule, {at: number; what: string}>()
  let timer: NodeJS.Timeout | undefined
  const is = (module: TestModule, what: string) => void running.set(module, {at: performance.now(), what})

  async function look(): Promise<void> {
    const stuck = [...running].filter(([, {at}]) => performance.now() - at > patienceMs)
    if (stuck.length === 0) return
    clearInterval(timer)
    for (const [module, {what}] of stuck) {
      console.error(`The run is ended: ${module.relativeModuleId} does not end, ${what}.`)
    }
    for (const pid of ownChildren()) {
      console.error([`Process ${pid} is at:`, ...(await stackOf(pid))].join('\n    '))
    }
    process.exit(1)
  }

  return {
    onTestRunStart() {
      timer = setInterval(look, lookMs).unref()
    },
    onTestModuleStart: module => is(module, 'before its first test'),
    onTestCaseReady: test => is(test.module, `in “${test.fullName}”`),
    onTestCaseResult: test => is(test.module, `after “${test.fullName}”`),
    onTestModuleEnd: module => void running.delete(module),
    onTestRunEnd: () => clearInterval(timer),
  }
}

function ownChildren(): number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name) && parentOf(name) === process.pid)
    .map(Number)
}

function parentOf(pid: string): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')')).split(' ')[2])
  } catch {
    // It has just ended.
    return null
  }
}
