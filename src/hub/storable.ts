/**
 * Plain data as both databases can keep it: Postgres refuses a text with a NUL, and one such event would hold up all that
 * follow it for good. The character is replaced by a visible mark.
 */
export function storable<T>(value: T): T {
  return walk(value) as T
}

function walk(value: unknown): unknown {
  if (typeof value === 'string') return value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value
  if (Array.isArray(value)) return value.map(walk)
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, walk(entry)]))
}
