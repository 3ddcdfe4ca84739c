import {count} from '../../base/words.ts'
import type {HubPlace} from '../../hub/place.ts'
import {probeAbilities} from '../../hub/sqlite/abilities.ts'
import {checkHubHealth, type HubHealth} from '../../hub/sqlite/health.ts'
import {bad, type Finding, good, hint} from './finding.ts'

/** What fixes each problem. The daemon itself keeps events in memory and replaces a corrupt database. */
const MENDS: {[kind in Exclude<HubHealth['kind'], 'none' | 'sound'>]: string} = {
  locked: 'end the process that locks it, or wait; events are kept in memory meanwhile',
  full: 'free some space: clambake cleanup --dry-run lists what could be deleted',
  corrupt: 'clambake daemon start moves the file aside and begins a new one; only history is lost',
  unavailable: 'make the file readable and writable for you; events are kept in memory meanwhile',
}
/** Above this difference to a server's clock, machines disagree about what is stale or expired. */
const CLOCK_MS = 60_000

/** Checks the hub's database of events and messages. */
export async function checkHub(place: HubPlace): Promise<Finding[]> {
  return place.kind === 'file' ? [checkFile(place.file), ...checkAbilities()] : [await checkServer(place)]
}

function checkFile(file: string): Finding {
  const health = checkHubHealth(file)
  if (health.kind === 'none') return good('hub', 'no history yet; the first event creates it')
  if (health.kind === 'sound') return good('hub', `${file}, ${count(health.events, 'event')}`)
  return bad('hub', `${file} is ${health.kind}: ${health.message}`, MENDS[health.kind])
}

/** What this Node's SQLite lacks, if anything. */
function checkAbilities(): Finding[] {
  const {fullText, extensions} = probeAbilities()
  const lacks = [
    ...(fullText === true ? [] : [`no full text (${fullText})`]),
    ...(extensions === true ? [] : [`loads no extensions (${extensions})`]),
  ]
  if (lacks.length === 0) return []
  return [
    hint(
      'hub search',
      `SQLite of node ${process.version} has ${lacks.join(', ')}`,
      'use a Node from nodejs.org, which has both',
    ),
  ]
}

async function checkServer({url, name}: Extract<HubPlace, {kind: 'postgres'}>): Promise<Finding> {
  const {checkPostgresHealth} = await import('../../hub/postgres/health.ts')
  const health = await checkPostgresHealth(url)
  if (health.kind !== 'sound') {
    return bad(
      'hub',
      `${name} is ${health.kind}: ${health.message}`,
      'see [hub] url and CLAMBAKE_DATABASE_URL; work continues',
    )
  }
  const {version, events, vectors, aheadMs} = health
  const detail = `${name}, Postgres ${version}, ${count(events, 'event')}${vectors ? ', pgvector' : ''}`
  if (Math.abs(aheadMs) < CLOCK_MS) return good('hub', detail)
  const seconds = Math.round(Math.abs(aheadMs) / 1000)
  return hint(
    'hub',
    `${detail}; its clock differs from this one by ${seconds} s`,
    'set both clocks by the same source (NTP)',
  )
}
