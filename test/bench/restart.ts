import {poll} from '../../src/base/clock.ts'
import {isAlive} from '../../src/base/run.ts'
import {openPlay, type Play} from '../e2e/stage.ts'
import {PATIENCE, stateWhen} from '../e2e/steps.ts'
import {type BenchResult, judge, quantile, valueAtMost} from './result.ts'
import type {Say} from './say.ts'

const ROUNDS = 8
/** What the product promises after kill -9 of everything. */
const RECONCILED_MS = 5000

/**
 * From `daemon start`, after host and daemon were killed at work, to a state that was compared with GitHub and git and has
 * the tickets of before. When their agents start again is a matter of the restart back-off.
 */
export async function benchRestart(say: Say): Promise<BenchResult[]> {
  say(`restart: ${ROUNDS} rounds on the demo's repository`)
  await using play = await openPlay({agents: 4, routing: 'auto', pace: 60_000})
  await play.command(['daemon', 'start'])
  await stateWhen(play, ({agents}) => agents.every(({state}) => state === 'working'))
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    await killAll(play)
    const at = performance.now()
    await play.command(['daemon', 'start'])
    await stateWhen(play, ({header, tickets}) => header.main !== null && tickets.some(({agent}) => agent !== null))
    times.push(performance.now() - at)
  }
  const figure = (name: string, value: number) => ({name, value, unit: 'ms', reference: null})
  return [
    judge(
      figure('restart: reconciled after kill -9 of host and daemon, p99', quantile(times, 0.99)),
      valueAtMost(RECONCILED_MS),
    ),
  ]
}

async function killAll(play: Play): Promise<void> {
  const {daemon, host} = play.pids()
  const pids = [daemon, host].flatMap(pid => pid ?? [])
  for (const pid of pids) process.kill(pid, 'SIGKILL')
  await poll(() => (pids.some(isAlive) ? undefined : true), PATIENCE)
}
