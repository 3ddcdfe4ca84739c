import {expect, it} from 'vitest'
import {hunksOf, placesIn} from '../../../src/model/radar/hunks.ts'

it('the places of a file in which two sides conflict have the lines of both', () => {
  const text = [
    'a',
    '<<<<<<< main',
    'one',
    'two',
    '=======',
    'three',
    '>>>>>>> work',
    'b',
    '<<<<<<< main',
    '=======',
    'x',
    '>>>>>>> work',
  ]
  expect(hunksOf(text.join('\n'))).toEqual([
    {line: 2, ours: ['one', 'two'], theirs: ['three']},
    {line: 9, ours: [], theirs: ['x']},
  ])
})

it('the base between the sides, as some show it, is left out, and a file that ends in a conflict has that one', () => {
  expect(hunksOf(['<<<<<<< a', '1', '||||||| base', '0', '=======', '2'].join('\n'))).toEqual([
    {line: 1, ours: ['1'], theirs: ['2']},
  ])
  expect(hunksOf('<<<<<<<< no mark\n=======\n')).toEqual([])
})

it('looks through so many files and lines of a conflict, and says how many files are left', () => {
  const text = (lines: number) => ['<<<<<<< a', ...Array(lines).fill('x'), '=======', 'y', '>>>>>>> b'].join('\n')
  const paths = Array.from({length: 500}, (_, index) => `file${index}`)
  const many = placesIn(paths, new Map(paths.map(path => [path, text(1)])))
  expect([Object.keys(many.hunks).length, many.more]).toEqual([200, 300])
  const long = placesIn(paths.slice(0, 5), new Map(paths.map(path => [path, text(9000)])))
  expect([Object.keys(long.hunks), long.more]).toEqual([['file0', 'file1'], 3])
  expect(placesIn(['big'], new Map([['big', text(50_000)]]))).toMatchObject({hunks: {big: [{line: 1}]}, more: 0})
  expect(placesIn(['deleted', 'file0'], new Map([['file0', text(1)]]))).toMatchObject({
    hunks: {file0: [{line: 1}]},
    more: 0,
  })
})
