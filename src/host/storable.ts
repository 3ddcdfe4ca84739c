/** The deepest nesting that is kept as it came; the socket's encoding refuses more than 100 levels, envelope included. */
const MAX_DEPTH = 32
/** What takes the place of a part that not even its text can be made of. */
const TOO_DEEP = '[a part that is nested too deep to keep]'

/**
 * Gives a parsed JSON value in a form that every socket can carry: a part that is nested too deep, or has a key that a
 * decoder refuses, is replaced by its JSON text. `altered` says whether any part was.
 */
export function storable(value: unknown): {value: unknown; altered: boolean} {
  let altered = false
  const asText = (part: unknown): string => {
    altered = true
    try {
      return JSON.stringify(part)
    } catch {
      return TOO_DEEP // JSON.stringify ran out of stack.
    }
  }
  const keep = (part: unknown, depth: number): unknown => {
    if (typeof part !== 'object' || part === null) return part
    if (depth >= MAX_DEPTH || Object.hasOwn(part, '__proto__')) return asText(part)
    if (Array.isArray(part)) return part.map(entry => keep(entry, depth + 1))
    return Object.fromEntries(Object.entries(part).map(([key, entry]) => [key, keep(entry, depth + 1)]))
  }
  const kept = keep(value, 0)
  return {value: kept, altered}
}
