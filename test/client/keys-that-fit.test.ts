import {expect, it} from 'vitest'
import {keysThatFit} from '../../src/client/text/keys-that-fit.ts'

it('drops whole keys from the end until the rest has room, but never those that are always named', () => {
  const fitting = (width: number) =>
    keysThatFit(['open', 'answer', 'write', 'ESC'], {
      draw: key => [{text: `${key} `}],
      isAlways: key => key === 'ESC',
      width,
    })
      .map(({text}) => text)
      .join('')
  expect(fitting(22)).toBe('open answer write ESC ')
  expect(fitting(21)).toBe('open answer ESC ')
  expect(fitting(9)).toBe('open ESC ')
  expect(fitting(8)).toBe('ESC ')
  expect(fitting(3)).toBe('')
})
