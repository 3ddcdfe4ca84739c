import {parse} from 'smol-toml'

/**
 * Finds the line, counted from 1, of the entry at `path`; undefined: there is no such entry.
 *
 * The parser gives no positions, so this parses longer and longer beginnings of the file until one has the entry. That
 * costs one parse per line, and happens only to show an error.
 */
export function lineOf(toml: string, path: readonly PropertyKey[]): number | undefined {
  const lines = toml.split('\n')
  let start = 0
  for (let end = 1; end <= lines.length; end++) {
    const table = parseBeginning(lines.slice(0, end).join('\n'))
    // The beginning ends inside a value of several lines.
    if (table === undefined) continue
    if (holds(table, path)) return start + 1 + lines.slice(start, end).findIndex(isEntry)
    start = end
  }
  return undefined
}

function parseBeginning(toml: string): unknown {
  try {
    return parse(toml)
  } catch {
    return undefined
  }
}

function holds(value: unknown, path: readonly PropertyKey[]): boolean {
  const [key, ...rest] = path
  if (key === undefined) return true
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return false
  return holds((value as Record<PropertyKey, unknown>)[key], rest)
}

function isEntry(line: string): boolean {
  const text = line.trim()
  return text !== '' && !text.startsWith('#')
}
