import {parse} from 'smol-toml'

/**
 * The line, counted from 1, on which the entry at `path` is written; undefined when none is.
 *
 * The parser gives no positions, so it is asked: the entry begins after the last whole beginning of the file that
 * does not hold it yet. Costs a parse for each line and runs only when an error is to be shown.
 */
export function lineOf(toml: string, path: readonly PropertyKey[]): number | undefined {
  const lines = toml.split('\n')
  let start = 0
  for (let end = 1; end <= lines.length; end++) {
    const table = parseBeginning(lines.slice(0, end).join('\n'))
    // In the middle of a value that spans lines.
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
