import {Command, CommanderError} from 'commander'
import fc from 'fast-check'
import {expect, it} from 'vitest'
import {toErrorData} from '../../src/base/errors.ts'
import {safeText} from '../../src/base/text.ts'
import {COMMANDS} from '../../src/cli/commands/index.ts'
import type {CommandContext} from '../../src/cli/context.ts'
import {createProgram} from '../../src/cli/run.ts'
import {checkFirstWord, usageErrorOf, withHelpWord} from '../../src/cli/usage-errors.ts'
import {exampleConfig} from '../../src/config/example.ts'
import {parseConfig} from '../../src/config/load.ts'
import {faultIn, fuzz} from './run.ts'
import {oddText} from './texts.ts'

/** What a person is shown of an error; it must be theirs to mend, no defect. */
function shownOf(error: unknown): string {
  const {code, message, kept, next, exitCode} = toErrorData(error)
  expect({code, message: code === 'internal' ? message : ''}).toEqual({code, message: ''})
  expect(exitCode).toBeGreaterThan(0)
  return safeText([message, kept, next].filter(Boolean).join('\n'))
}

const line = fc.oneof(
  fc.constantFrom(
    ...exampleConfig()
      .split('\n')
      .map(text => text.replace(/^# ?/, '')),
  ),
  fc
    .tuple(fc.constantFrom('[agents]', 'x', 'max_agents', '[profiles.a]', '__proto__', 'a.b.c'), oddText)
    .map(([key, text]) => `${key} = ${text}`),
  oddText,
  fc.constantFrom(
    '[[[',
    `${'['.repeat(5000)}`,
    `a = ${'['.repeat(5000)}`,
    `a = ${'{b='.repeat(2000)}`,
    'a = 1',
    '[agents]',
    '""=""',
  ),
)

it('any text of a configuration is read, or refused with words for a person', async () => {
  await fuzz(fc.array(line, {maxLength: 8}), 600, lines => {
    try {
      parseConfig(lines.join('\n'))
    } catch (error) {
      expect(faultIn(shownOf(error))).toBeNull()
    }
  })
})

const REACHED = new Error('the command would run now')
/** Takes the place of a command's connections: nothing is run. */
const nowhere = {
  json: false,
  traced() {
    throw REACHED
  },
  [Symbol.asyncDispose]: async () => {},
} as unknown as CommandContext

function program(): Command {
  const made = new Command('clambake')
    .exitOverride()
    .configureOutput({writeErr() {}, writeOut() {}})
    .enablePositionalOptions()
  for (const command of COMMANDS) command.mount(made, () => nowhere)
  return made
}

const names = COMMANDS.flatMap(({name}) => name.split(' '))
const flags = ['--json', '--help', '-f', '--lines', '--max-agents', '--issue', '--think-level', '--labels', '-V', '--']
const words = fc.array(fc.oneof(fc.constantFrom(...names), fc.constantFrom(...flags), oddText), {maxLength: 6})

it('any arguments are understood, or refused with words for a person', async () => {
  const known = createProgram()
  await fuzz(words, 400, async args => {
    try {
      checkFirstWord(known, args)
      await program().parseAsync([...withHelpWord(known, args)], {from: 'user'})
    } catch (error) {
      if (error === REACHED || (error instanceof CommanderError && error.exitCode === 0)) return
      expect(faultIn(shownOf(error instanceof CommanderError ? usageErrorOf(error, known, args) : error))).toBeNull()
    }
  })
})
