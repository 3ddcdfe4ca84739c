import {wordsOf} from './query.ts'

/** Shortest beginning by which two forms of a word are taken for one. */
const STEM = 4

/** The part of a text that has most of the words, on one line, at most `width` characters, cut at words. */
export function snippetOf(text: string, words: readonly string[], width: number): string {
  const parts = text.split(/\s+/).filter(part => part !== '')
  const hits = parts.map(part => wordsOf(part).some(word => words.some(sought => isForm(word, sought))))
  let best = {from: 0, to: fit(parts, 0, width), found: -1}
  for (let from = 0; from < parts.length; from++) {
    if (from > 0 && !hits[from]) continue
    const to = fit(parts, from, width)
    const found = hits.slice(from, to).filter(Boolean).length
    if (found > best.found) best = {from, to, found}
  }
  // A few words before the first, so that it is read in its sentence.
  let {from, to} = best
  if (to === parts.length) while (from > 0 && length(parts, from - 1, to) <= width) from--
  else for (let n = 0; n < 3 && from > 0; n++) from--
  to = fit(parts, from, width)
  const shown = parts.slice(from, to).join(' ')
  const cut = [...shown].slice(0, width).join('')
  return `${from > 0 ? '…' : ''}${cut}${to < parts.length || cut !== shown ? '…' : ''}`
}

/** The end of the longest run of parts from `from` that fits; at least one. */
function fit(parts: readonly string[], from: number, width: number): number {
  let [to, used] = [from, 0]
  while (to < parts.length) {
    used += [...parts[to]!].length + (to > from ? 1 : 0)
    if (used > width && to > from) break
    to++
  }
  return to
}

function length(parts: readonly string[], from: number, to: number): number {
  return [...parts.slice(from, to).join(' ')].length
}

function isForm(word: string, sought: string): boolean {
  if (word === sought) return true
  const [short, long] = word.length < sought.length ? [word, sought] : [sought, word]
  return short.length >= STEM && long.startsWith(short.slice(0, Math.max(STEM, short.length - 2)))
}
