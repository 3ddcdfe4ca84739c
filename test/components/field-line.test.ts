import {expect, it} from 'vitest'
import {fieldLine, fieldLines} from '../../components/elements/fieldLine.ts'
import {processorTime} from '../processor-time.ts'

const shown = (text: string, width: number) => fieldLine('> ', text, width)[1]!.text

it('shows the end of what is typed, by the columns that it takes', () => {
  expect(shown('abc', 10)).toBe('abc')
  expect(shown('abcdefgh', 8)).toBe('defgh')
  expect(shown('日本語', 8)).toBe('本語')
  expect(shown('x👩‍👩‍👧‍👦', 5)).toBe('👩‍👩‍👧‍👦')
})

it('looks at the end alone of a text of a million characters', () => {
  const text = `${'one line of a paste '.repeat(50_000)}end`
  const used = processorTime()
  expect(shown(text, 40)).toMatch(/paste end$/)
  expect(used()).toBeLessThan(5000)
})

it('shows a text over several lines, and the last of them where it takes more', () => {
  const lines = (text: string, height: number) =>
    fieldLines('> ', text, {width: 12, height}).map(line => line.map(({text: part}) => part).join(''))
  expect(lines('one two three four', 3)).toEqual(['> one two   ', '  three     ', '  four      '])
  expect(lines('one two three fou', 3)).toEqual(['> one two   ', '  three fou '])
  expect(lines('one two three fou', 1)).toEqual(['> three fou '])
  expect(lines('日本語日本語日本語', 3)).toEqual(['> 日本語日本', '  語日本語  '])
  expect(lines('', 3)).toEqual(['>           '])
})
