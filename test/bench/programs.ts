import {join} from 'node:path'
import {sealedEnv} from '../../fixtures/repos/env.ts'
import {execute} from '../../src/base/execute.ts'
import {createStarter, type Starter} from '../../src/base/starter.ts'
import {type BenchResult, judge, quantile, ratioAtMost} from './result.ts'
import type {Say} from './say.ts'

/** A daemon's memory after some hours with twelve agents. */
const MEMORY_MB = 300
const PROGRAMS = 100
const STARTER = join(import.meta.dirname, '../../dist/starter.js')

/**
 * A git command started by a process as big as a daemon: how long that process can do nothing else, and how long the
 * command takes, by its starter and by itself.
 */
export async function benchPrograms(say: Say): Promise<BenchResult[]> {
  say(`programs: ${PROGRAMS} git commands from a process of ${MEMORY_MB} MB`)
  const memory = Array.from({length: MEMORY_MB}, () => Buffer.alloc(1 << 20, 1))
  await using starter = createStarter({entry: STARTER, label: 'bench'})
  await measure(starter.execute, 3)
  const own = await measure(execute, PROGRAMS)
  const small = await measure(starter.execute, PROGRAMS)
  if (memory.length !== MEMORY_MB) throw new Error('the memory must be held until here')
  return [
    judge(
      {name: 'a git command blocks the daemon', value: small.blockedMs, unit: 'ms', reference: own.blockedMs},
      ratioAtMost(0.2),
    ),
    judge({name: 'a git command, p50', value: small.tookMs, unit: 'ms', reference: own.tookMs}, ratioAtMost(1)),
  ]
}

/** Milliseconds of each program: the median of what it took, and the mean of what this thread was busy with it. */
async function measure(start: Starter['execute'], programs: number): Promise<{tookMs: number; blockedMs: number}> {
  const env = sealedEnv('/nonexistent')
  const took: number[] = []
  const before = performance.eventLoopUtilization()
  for (let at = 0; at < programs; at++) {
    const began = performance.now()
    await start({file: 'git', args: ['--version'], env})
    took.push(performance.now() - began)
  }
  const {active} = performance.eventLoopUtilization(before)
  return {tookMs: quantile(took, 0.5), blockedMs: active / programs}
}
