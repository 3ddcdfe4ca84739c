import {parseAgentId} from '../model/data/ids.ts'

type Table = Record<string, unknown>
export type Mistake = {path: readonly PropertyKey[]; text: string}

/** The priorities that a list of labels names, from its first on. */
const RANKS = ['high', 'medium', 'low'] as const

/** What a word of another file means: settings of the same table, what to write instead, or null: it is one of Clambake's. */
type Meaning = Table | string | null

/**
 * Keys and forms that other orchestrators' files have and Clambake's schema does not. A key that asks for what Clambake
 * does anyway means no setting; one that asks for what it never does says what to write instead.
 */
const WORDS: Readonly<Record<string, (value: unknown, table: Table) => Meaning>> = {
  'routing.priority_labels': value => {
    if (!Array.isArray(value)) return null
    const isList = value.length <= RANKS.length && value.every(label => typeof label === 'string' && label !== '')
    if (!isList) return `must be a table, or a list of at most ${RANKS.length} labels: ${RANKS.join(', ')}`
    return {priority_labels: Object.fromEntries(value.map((label, index) => [RANKS[index], label]))}
  },
  'integration.require_reviews': value => (typeof value === 'boolean' ? {require_reviews: value ? 1 : 0} : null),
  'agents.naming_convention': value => {
    const example = typeof value === 'string' ? parseAgentId(value.replace('{id}', '001')) : undefined
    return example === undefined
      ? 'must be "agent{id}", "agent-{id}" or "claude-agent-{id}", which all name the same slots: remove the line'
      : {}
  },
  'agents.branch_prefix': (value, {branch}) => {
    if (typeof value !== 'string') return 'must be text in quotes'
    return branch === undefined
      ? {branch: `${value}{issue}-{slug}`}
      : `contradicts agents.branch: remove one of the two, agents.branch = ${JSON.stringify(`${value}{issue}-{slug}`)} says the same`
  },
  'recovery.auto_create_prs': value =>
    value === false
      ? {}
      : 'must be false, as only a person opens pull requests for orphaned work: clambake recover --pattern "agent-*" --auto-pr',
  'recovery.require_human_review': value =>
    value === true ? {} : 'must be true, as recovered work always waits for a person: clambake recover shows it',
}

/** Rewrites other orchestrators' words of a parsed file as Clambake's own; what has no meaning here is a mistake. Pure. */
export function translate(written: Table): {table: Table; mistakes: Mistake[]} {
  const mistakes: Mistake[] = []
  const table = {...written}
  for (const [name, meaningOf] of Object.entries(WORDS)) {
    const [section = '', key = ''] = name.split('.')
    const before = table[section]
    if (!isTable(before) || !Object.hasOwn(before, key)) continue
    const meaning = meaningOf(before[key], before)
    if (meaning === null) continue
    const {[key]: _, ...others} = before
    table[section] = typeof meaning === 'string' ? others : {...others, ...meaning}
    if (typeof meaning === 'string') mistakes.push({path: [section, key], text: `${name} ${meaning}`})
  }
  return {table, mistakes}
}

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
