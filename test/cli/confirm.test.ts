import {PassThrough} from 'node:stream'
import {expect, it} from 'vitest'
import {confirm} from '../../src/cli/confirm.ts'

async function answered(typed: string): Promise<boolean> {
  const input = new PassThrough()
  const asked = confirm('Write it?', {input, output: new PassThrough()})
  input.end(typed)
  return asked
}

it.each(['y\n', 'Y\n', 'yes\n', ' y \n'])('%j is a yes', async typed => {
  expect(await answered(typed)).toBe(true)
})

it.each(['\n', 'n\n', 'no\n', 'yeah, well\n', ''])('%j is a no', async typed => {
  expect(await answered(typed)).toBe(false)
})
