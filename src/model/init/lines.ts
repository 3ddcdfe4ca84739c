import type {Edit} from './manifest.ts'

/** Lines with their ends, so that joined they are the text again. */
export function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}

/** What makes one text the other: lines in the place of lines, without what both begin and end with. */
export function editOf(path: string, before: string, after: string): Edit {
  const [old, fresh] = [linesOf(before), linesOf(after)]
  const shorter = Math.min(old.length, fresh.length)
  let start = 0
  while (start < shorter && old[start] === fresh[start]) start++
  let end = 0
  while (end < shorter - start && old.at(-1 - end) === fresh.at(-1 - end)) end++
  return {path, from: old.slice(start, old.length - end), to: fresh.slice(start, fresh.length - end)}
}

/** Takes an edit out of a text; null: the text no longer has its lines, or has them more than once. */
export function withoutEdit(text: string, {from, to}: Edit): string | null {
  const lines = linesOf(text)
  if (to.length === 0) return null
  const places = lines.flatMap((_, index) => (to.every((line, at) => lines[index + at] === line) ? [index] : []))
  const [place] = places
  if (place === undefined || places.length > 1) return null
  return [...lines.slice(0, place), ...from, ...lines.slice(place + to.length)].join('')
}
