import {expect, it} from 'vitest'
import {hunksOf} from '../../../src/model/radar/hunks.ts'

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
