/** Matches names against a glob, in which `*` is any text, slashes too, and `?` is one character. */
export function globMatcher(glob: string): (name: string) => boolean {
  // Step by step and not as an expression of many `*`, which could take for ever on a name made for it.
  const parts = glob.split('*')
  return name => {
    const [first = '', ...rest] = parts
    if (rest.length === 0) return name.length === first.length && isAt(name, 0, first)
    const last = rest.pop() ?? ''
    if (!isAt(name, 0, first) || name.length < first.length + last.length) return false
    let at = first.length
    const end = name.length - last.length
    for (const part of rest) {
      const found = find(name, part, at)
      if (found < 0 || found + part.length > end) return false
      at = found + part.length
    }
    return at <= end && isAt(name, end, last)
  }
}

/** Whether a text is at a place of the name; `?` in it is any character. */
function isAt(name: string, at: number, text: string): boolean {
  if (at + text.length > name.length) return false
  for (let index = 0; index < text.length; index++) {
    if (text[index] !== '?' && text[index] !== name[at + index]) return false
  }
  return true
}

function find(name: string, text: string, from: number): number {
  for (let at = from; at + text.length <= name.length; at++) if (isAt(name, at, text)) return at
  return -1
}
