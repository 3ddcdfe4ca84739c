import {CAN_MEASURE} from '../processes.ts'
import type {BenchResult} from '../result.ts'
import type {Say} from '../say.ts'
import {benchBusy} from './busy.ts'
import {benchFlood} from './flood.ts'
import {benchList} from './list.ts'

/** What it costs to show agents live, and how keys feel meanwhile, beside tmux with the same programs. */
export async function benchPanes(say: Say): Promise<BenchResult[]> {
  const list = await benchList(say)
  if (!CAN_MEASURE) {
    say('panes: cost of processes is read from /proc, which is not here')
    return list
  }
  return [...(await benchBusy(say)), ...(await benchFlood(say)), ...list]
}
