import type {Config} from '../config.ts'

/**
 * Keys that a running daemon cannot change, because its gateways were opened with them: they wait for the next start.
 * All others are in force as soon as the file is read.
 */
const AT_START: readonly (readonly [section: 'github' | 'agents' | 'hub' | 'observability', key: string])[] = [
  ['github', 'owner'],
  ['github', 'repo'],
  ['github', 'token_env'],
  ['github', 'api_url'],
  ['github', 'project_id'],
  ['github', 'default_branch'],
  ['agents', 'workspace_root'],
  ['hub', 'url'],
  ['hub', 'embeddings_url'],
  ['hub', 'embeddings_model'],
  ['hub', 'embeddings_key_env'],
  ['observability', 'otlp_endpoint'],
]

/** Sections whose entries people name: a change is reported by section and name. */
const NAMED: Readonly<Record<string, string>> = {'agents.slots': 'agents'}

type Table = Readonly<Record<string, unknown>>

/** What a running daemon takes up of a configuration that was read, and the names of the keys that wait for its restart. */
export function takenUp(running: Config, read: Config): {config: Config; waiting: string[]} {
  const config: Record<string, Table> = {...read}
  const waiting: string[] = []
  for (const [section, key] of AT_START) {
    const has = (running[section] as Table)[key]
    if (has === (read[section] as Table)[key]) continue
    waiting.push(`${section}.${key}`)
    const {[key]: _read, ...others} = config[section]!
    config[section] = has === undefined ? others : {...others, [key]: has}
  }
  return {config: config as Config, waiting}
}

/** The keys in which two configurations differ, as people write them: `routing.max_agents`, `profiles.codex`. */
export function changedKeys(before: Config, after: Config): string[] {
  return differences(before, after, '').toSorted()
}

function differences(before: Table, after: Table, path: string): string[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...keys].flatMap(key => {
    const [one, other] = [before[key], after[key]]
    if (isSame(one, other)) return []
    const name = path === '' ? key : `${NAMED[path] ?? path}.${key}`
    const isSection = path === '' || name in NAMED
    return isSection && isTable(one) && isTable(other) ? differences(one, other, name) : [name]
  })
}

function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((value, index) => isSame(value, other[index]))
  }
  if (!isTable(one) || !isTable(other)) return false
  const keys = new Set([...Object.keys(one), ...Object.keys(other)])
  return [...keys].every(key => isSame(one[key], other[key]))
}

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
