import {hostname} from 'node:os'
import {startOf} from '../base/processes/process-id.ts'
import type {ProcessId} from '../model/hub/instance.ts'

/** Whether a process runs; null: it is another machine's, of which nothing is known here. */
export async function isAlive({host, pid, start}: ProcessId): Promise<boolean | null> {
  if (host !== hostname()) return null
  return (await startOf(pid)) === start
}
