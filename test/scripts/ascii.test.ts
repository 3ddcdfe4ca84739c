import {expect, it} from 'vitest'
import {inAscii} from '../../src/scripts/ascii.ts'

const CODE = String.raw`// what “it” finds…
const größe = /^[─-╿…]+$/u
const face = /^[\p{L}😀-😂]$/v
return [größe.test('──…'), face.test('😁'), face.test('\ud83d'), 'ä"😀', ${'`é — \\u2014`'}, {'→': 1, é: 2}]`

it('writes code in ASCII that does the same', () => {
  const ascii = inAscii(CODE)
  expect(ascii).toMatch(/^[\x00-\x7F]*$/)
  const done = new Function(CODE)()
  expect(new Function(ascii)()).toEqual(done)
  expect(done).toEqual([true, true, false, 'ä"😀', 'é — —', {'→': 1, é: 2}])
})

it('fails where the program would see the escapes', () => {
  expect(() => inAscii('const a = String.raw`\n—`')).toThrow('String.raw')
  expect(inAscii("String.raw`a` + '—'")).toBe("String.raw`a` + '\\u2014'")
  expect(() => inAscii('/\\—/')).toThrow('backslash')
  expect(inAscii('/\\\\—/')).toBe('/\\\\\\u2014/')
})
