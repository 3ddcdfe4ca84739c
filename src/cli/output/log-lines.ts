import {safeLine} from '../../base/text.ts'

/** A line of a JSON log for people: time, level, message, and the fields. What is no JSON is shown as it is. */
export function logLine(line: string): string {
  const entry = entryOf(line)
  if (entry === null) return safeLine(line)
  const {time = '', level = '', msg = '', pid: _, ...fields} = entry
  const more = Object.entries(fields).map(([name, value]) => `${name}=${asText(value)}`)
  return safeLine([String(time), String(level).padEnd(5), String(msg), ...more].join(' '))
}

function entryOf(line: string): Record<string, unknown> | null {
  try {
    const entry: unknown = JSON.parse(line)
    return typeof entry === 'object' && entry !== null && !Array.isArray(entry) ? {...entry} : null
  } catch {
    return null
  }
}

function asText(value: unknown): string {
  return typeof value === 'string' && /^[^\s"]+$/.test(value) ? value : JSON.stringify(value)
}

/** The lines that a log got between two looks; all of them, if it was emptied meanwhile. */
export function newLines(before: readonly string[], now: readonly string[]): readonly string[] {
  const isSameLog = now.length >= before.length && now[0] === before[0]
  return isSameLog ? now.slice(before.length) : now
}
