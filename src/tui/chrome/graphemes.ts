import {UnicodeGraphemesAddon} from '@xterm/addon-unicode-graphemes'

type UnicodeProvider = {
  version: string
  wcwidth(codePoint: number): 0 | 1 | 2
  charProperties(codePoint: number, preceding: number): number
}

/**
 * The width rules of the host's and the chrome's emulators, taken from the addon itself: text that is split by other
 * rules would shift cells.
 */
const provider = graphemeProvider()

function graphemeProvider(): UnicodeProvider {
  const found: UnicodeProvider[] = []
  const unicode = {register: (candidate: UnicodeProvider) => found.push(candidate), activeVersion: ''}
  new UnicodeGraphemesAddon().activate({unicode})
  const wanted = found.find(candidate => candidate.version === unicode.activeVersion)
  if (!wanted) throw new Error('the grapheme addon registered no width rules')
  return wanted
}

/** Calls `visit` for each grapheme cluster of `text` with its width in columns, 1 or 2. */
export function eachCluster(text: string, visit: (cluster: string, width: number) => void): void {
  let start = 0
  let at = 0
  let width = 0
  let state = 0
  for (const char of text) {
    state = provider.charProperties(char.codePointAt(0)!, state)
    const joins = (state & 1) === 1
    if (!joins && at > start) {
      visit(text.slice(start, at), width)
      start = at
    }
    width = (state >> 1) & 3
    at += char.length
  }
  if (at > start) visit(text.slice(start, at), width)
}

/** Whether a cluster begins with a character that has no width of its own and would join the cell before it. */
export function beginsWithoutWidth(cluster: string): boolean {
  return provider.wcwidth(cluster.codePointAt(0)!) === 0
}
