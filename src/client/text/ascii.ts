import type {Line} from './line.ts'

/** Marks that documents are drawn with, for terminals that show no more than ASCII. */
const PLAIN: Readonly<Record<string, string>> = {
  '•': '-',
  '▎': '|',
  '─': '-',
  '━': '=',
  '✓': '+',
  '✗': 'x',
  '◐': '~',
  '◆': '!',
  '·': '.',
  '→': '>',
}

const MARKS = new RegExp(`[${Object.keys(PLAIN).join('')}]`, 'g')

/** The line in ASCII marks; letters of any script stay. */
export function inAscii(line: Line): Line {
  return line.map(segment => ({...segment, text: segment.text.replace(MARKS, mark => PLAIN[mark]!)}))
}
