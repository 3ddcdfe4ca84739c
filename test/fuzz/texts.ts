import fc from 'fast-check'
import {anyCharacter} from '../any-character.ts'

/** Pieces that break programs: control characters, half characters, keys of prototypes, long and odd words. */
const ODD = [
  '\0',
  '\x1b[31m',
  '\x9b2J',
  '\x1b]0;x\x07',
  '\ud800',
  '\u202e',
  '__proto__',
  'constructor',
  '-1',
  '1e999',
  '99999999999999999999',
  '--',
  '-',
  '@all',
  '../../etc',
  ' ',
  '\r\n',
  'x'.repeat(5000),
  '漢字👨‍👩‍👧',
  '$(touch x)',
]

export const oddText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...ODD),
  fc.string({unit: anyCharacter, maxLength: 30}),
)
