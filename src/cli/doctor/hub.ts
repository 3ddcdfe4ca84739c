import {checkHubHealth, type HubHealth} from '../../hub/health.ts'
import {bad, type Finding, good} from './finding.ts'

/** What mends it; the daemon holds events back and puts a corrupt database aside by itself. */
const MENDS: {[kind in Exclude<HubHealth['kind'], 'none' | 'sound'>]: string} = {
  locked: 'end the process that holds it, or wait: events are held back meanwhile',
  full: 'make room: clambake cleanup --dry-run lists what could go',
  corrupt: 'clambake daemon start: it keeps the file aside and begins a new one; only history is lost',
  unavailable: 'make the file readable and writable for you; events are held back meanwhile',
}

/** The database of events and talk. */
export function checkHub(file: string): Finding {
  const health = checkHubHealth(file)
  if (health.kind === 'none') return good('hub', 'no history yet; it is made with the first event')
  if (health.kind === 'sound')
    return good('hub', `${file}, ${health.events} ${health.events === 1 ? 'event' : 'events'}`)
  return bad('hub', `${file} is ${health.kind}: ${health.message}`, MENDS[health.kind])
}
