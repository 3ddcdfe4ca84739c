import {PassThrough} from 'node:stream'
import {expect, it} from 'vitest'
import {askPerson} from '../../src/cli/confirm.ts'

/** What is typed at one question after another; the last stays open unless `ends`. */
async function answered(typed: string, {questions = 1, ends = false} = {}): Promise<boolean[]> {
  const input = new PassThrough()
  const output = Object.assign(new PassThrough(), {isTTY: true, columns: 80})
  output.resume()
  const said: boolean[] = []
  const asked = askPerson(
    async yes => {
      for (let question = 0; question < questions; question++) said.push(await yes('Write it?'))
      return said
    },
    {next: 'the same again', input, output},
  )
  if (ends) input.end(typed)
  else input.write(typed)
  return asked
}

it.each(['y\n', 'Y\n', 'yes\n', ' y \n'])('%j is a yes', async typed => {
  expect(await answered(typed)).toEqual([true])
})

it.each(['\n', 'n\n', 'no\n', 'yeah, well\n'])('%j is a no', async typed => {
  expect(await answered(typed)).toEqual([false])
})

it.each([
  ['Ctrl-C', '\x03', 1, false],
  ['Ctrl-C behind half a yes', 'y\x03', 1, false],
  ['Ctrl-C at a later question', 'y\n\x03', 2, false],
  ['the end of the input', '', 1, true],
])('%s is no answer, and everything stays as it was', async (_, typed, questions, ends) => {
  await expect(answered(typed, {questions, ends})).rejects.toMatchObject({
    code: 'interrupted',
    exitCode: 130,
    kept: 'everything as it is',
    next: 'the same again',
  })
})
