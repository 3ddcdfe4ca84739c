import {count} from '../../base/words.ts'
import {checkHubHealth, type HubHealth} from '../../hub/health.ts'
import {bad, type Finding, good} from './finding.ts'

/** What fixes each problem. The daemon itself keeps events in memory and replaces a corrupt database. */
const MENDS: {[kind in Exclude<HubHealth['kind'], 'none' | 'sound'>]: string} = {
  locked: 'end the process that locks it, or wait; events are kept in memory meanwhile',
  full: 'free some space: clambake cleanup --dry-run lists what could be deleted',
  corrupt: 'clambake daemon start moves the file aside and begins a new one; only history is lost',
  unavailable: 'make the file readable and writable for you; events are kept in memory meanwhile',
}

/** Checks the hub's database of events and messages. */
export function checkHub(file: string): Finding {
  const health = checkHubHealth(file)
  if (health.kind === 'none') return good('hub', 'no history yet; the first event creates it')
  if (health.kind === 'sound') return good('hub', `${file}, ${count(health.events, 'event')}`)
  return bad('hub', `${file} is ${health.kind}: ${health.message}`, MENDS[health.kind])
}
