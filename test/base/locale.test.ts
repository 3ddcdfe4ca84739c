import {expect, it} from 'vitest'
import {asciiCharacter, asciiText} from '../../src/base/locale.ts'

it.each([
  ['✓ a001  ● thinking … → #7', '+ a001  * thinking ~ > #7'],
  ['Für Menschen: 日本', 'Fur Menschen: ??'],
  ['e\u0301cole', 'ecole'],
  ['plain text\n\twith\x1b[1m colour', 'plain text\n\twith\x1b[1m colour'],
])('writes %s with the nearest ASCII characters', (text, ascii) => expect(asciiText(text)).toBe(ascii))

it('gives one ASCII character for a letter with its accents', () => {
  expect([asciiCharacter('e\u0301'), asciiCharacter('👩‍💻'), asciiCharacter('─')]).toEqual(['e', '?', '-'])
})
