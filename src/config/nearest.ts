import {distance} from 'fastest-levenshtein'

/**
 * Finds the known setting that the person most likely meant by an unknown `path`: a similar name in the same table, else
 * the same or a similar name anywhere. Gives a dotted path; undefined: nothing is similar.
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
  // A right name in the wrong table is likelier than a name with several wrong letters.
  const best = anywhere.away + 1 < here.away ? anywhere : here
  return best.candidate?.join('.')
}

/** The candidate with the most similar last name, and by how many letters it differs. */
function closest(wanted: string, candidates: readonly (readonly string[])[]) {
  // A third of the letters may be wrong; with more it is another word.
  const limit = Math.max(2, Math.floor(wanted.length / 3))
  let best: {candidate: readonly string[] | undefined; away: number} = {candidate: undefined, away: limit + 1}
  for (const candidate of candidates) {
    const away = distance(fold(wanted), fold(candidate.at(-1) ?? ''))
    if (away < best.away) best = {candidate, away}
  }
  return best
}

/** Reduces `maxAgents`, `max-agents` and `max_agents` to one name. */
function fold(name: string): string {
  return name.toLowerCase().replace(/[-_]/g, '')
}

function matches(table: readonly string[], pattern: readonly string[]): boolean {
  return table.length === pattern.length && pattern.every((name, index) => name === '*' || name === table[index])
}
