import {expect, it} from 'vitest'
import type {CommandContext} from '../../../src/cli/context.ts'
import {takeTerminal} from '../../../src/cli/screen/show-screen.ts'

it.each([
  [{interactive: false, env: {}}, /needs a terminal on its input and output/],
  [{interactive: true, env: {TERM: 'dumb'}}, /TERM says that this one cannot: dumb/],
])('the screen is refused where it could not be drawn, with what to do: %o', (context, message) => {
  expect(() => takeTerminal(context as unknown as CommandContext)).toThrow(message)
})
