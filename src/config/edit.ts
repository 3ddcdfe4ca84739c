import {parse} from 'smol-toml'

type Table = Record<string, unknown>

/**
 * Writes one setting into the text of a `clambake.toml`, or comments it out if `value` is null. All other lines stay as
 * they are, with their comments. null: the file is invalid, or its form cannot be edited line by line.
 */
export function editSetting(
  toml: string,
  {path: [table, key], value}: {path: readonly [table: string, key: string]; value: string | number | null},
): string | null {
  const before = tables(toml)
  if (before === null) return null
  if ((before[table] as Table | undefined)?.[key] === (value ?? undefined)) return toml
  const after = written(toml.split('\n'), {table, key, value}).join('\n')
  return says(tables(after), withValue(before, {table, key, value})) ? after : null
}

function written(
  lines: readonly string[],
  {table, key, value}: {table: string; key: string; value: string | number | null},
): string[] {
  const head = lines.findIndex(line => line.replace(/#.*/, '').trim() === `[${table}]`)
  const assignment = value === null ? null : `${key} = ${JSON.stringify(value)}`
  if (head < 0) {
    const kept = lines.at(-1) === '' ? lines.slice(0, -1) : lines
    return assignment === null ? [...lines] : [...kept, '', `[${table}]`, assignment, '']
  }
  const next = lines.findIndex((line, index) => index > head && /^\s*\[/.test(line))
  const end = next < 0 ? lines.length : next
  const find = (pattern: RegExp) => lines.findIndex((line, index) => index > head && index < end && pattern.test(line))
  const active = find(new RegExp(`^\\s*${key}\\s*=`))
  if (assignment === null) return active < 0 ? [...lines] : lines.with(active, `#${lines[active]?.trim()}`)
  const there = active >= 0 ? active : find(new RegExp(`^#\\s*${key}\\s*=`))
  return there >= 0 ? lines.with(there, assignment) : lines.toSpliced(head + 1, 0, assignment)
}

function withValue(
  before: Table,
  {table, key, value}: {table: string; key: string; value: string | number | null},
): Table {
  const {[key]: _, ...rest} = (before[table] ?? {}) as Table
  return {...before, [table]: value === null ? rest : {...rest, [key]: value}}
}

/** Whether the file has the wanted values. An empty table equals no table. */
function says(found: Table | null, wanted: Table): boolean {
  const text = (value: unknown): string =>
    JSON.stringify(value, (_, inner: unknown) => {
      if (typeof inner === 'bigint') return String(inner)
      if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner
      return Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
    })
  return found !== null && text(found) === text(wanted)
}

function tables(toml: string): Table | null {
  try {
    return parse(toml)
  } catch {
    return null
  }
}
