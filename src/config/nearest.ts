import {distance} from 'fastest-levenshtein'

/**
 * The known setting that a person most likely meant by the unknown `path`: a close spelling in the same table,
 * else the same or a close name anywhere. Gives a dotted path, or undefined when nothing is near.
 */
export function nearestSetting(path: readonly string[], known: readonly (readonly string[])[]): string | undefined {
  const tables = known.flatMap(setting => setting.map((_, depth) => setting.slice(0, depth + 1)))
  const table = path.slice(0, -1)
  const wanted = path.at(-1) ?? ''
  const siblings = tables.filter(
    candidate => candidate.length === path.length && matches(table, candidate.slice(0, -1)) && candidate.at(-1) !== '*',
  )
  const here = closest(
    wanted,
    siblings.map(candidate => [...table, candidate.at(-1) ?? '']),
  )
  const anywhere = closest(
    wanted,
    tables.filter(candidate => !candidate.includes('*')),
  )
  // A right name in a wrong table is far likelier than a name with several wrong letters.
  const best = anywhere.away + 1 < here.away ? anywhere : here
  return best.candidate?.join('.')
}

/** The candidate whose last name is nearest, and how many letters it is away; none: further than is likely. */
function closest(wanted: string, candidates: readonly (readonly string[])[]) {
  // A third of the letters may be wrong; more is another word.
  const limit = Math.max(2, Math.floor(wanted.length / 3))
  let best: {candidate: readonly string[] | undefined; away: number} = {candidate: undefined, away: limit + 1}
  for (const candidate of candidates) {
    const away = distance(fold(wanted), fold(candidate.at(-1) ?? ''))
    if (away < best.away) best = {candidate, away}
  }
  return best
}

/** `maxAgents`, `max-agents` and `max_agents` are one name to a person. */
function fold(name: string): string {
  return name.toLowerCase().replace(/[-_]/g, '')
}

function matches(table: readonly string[], pattern: readonly string[]): boolean {
  return table.length === pattern.length && pattern.every((name, index) => name === '*' || name === table[index])
}
