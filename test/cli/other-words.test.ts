import {CommanderError} from 'commander'
import {describe, expect, it} from 'vitest'
import {LINES, wordsOfLine} from '../../fixtures/orchestrators/lines.ts'
import {ClambakeError} from '../../src/base/errors.ts'
import {COMMANDS} from '../../src/cli/commands/index.ts'
import type {CommandContext} from '../../src/cli/context.ts'
import {GROUPS, withBareGroup} from '../../src/cli/groups.ts'
import {OTHER_COMMANDS} from '../../src/cli/other-words.ts'
import {createProgram} from '../../src/cli/run.ts'
import {checkFirstWord, usageErrorOf, withHelpWord} from '../../src/cli/usage-errors.ts'

const REACHED = 'the outside was reached'

/** Runs a command line up to its first call of another process or look at the repository; gives what that was. */
async function reached(line: string): Promise<{calls: string; with: unknown}> {
  const found: {calls: string; with: unknown}[] = []
  const note = (calls: string, given: unknown = {}): never => {
    found.push({calls, with: given})
    throw new Error(REACHED)
  }
  const connection = {call: async (method: string, params: unknown) => note(method, params)}
  const context = {
    env: {},
    json: false,
    interactive: false,
    daemon: async () => connection,
    runningDaemon: async () => connection,
    runningHost: async () => connection,
    surrounding: async () => note('surrounding'),
    place: async () => note('place'),
    traced: (_: string, task: () => Promise<unknown>) => task(),
    explained: async (error: unknown) => error,
    async [Symbol.asyncDispose]() {},
  } as unknown as CommandContext
  const args = wordsOfLine(line)
  const program = createProgram({open: () => context})
  try {
    checkFirstWord(program, args)
    await program.parseAsync([...withBareGroup(withHelpWord(program, args))], {from: 'user'})
  } catch (error) {
    if (error instanceof CommanderError) throw usageErrorOf(error, program, args)
    if (!(error instanceof Error) || error.message !== REACHED) throw error
  }
  return found[0] ?? {calls: 'nothing', with: {}}
}

describe('a command line of another orchestrator', () => {
  it.each(LINES)('clambake %s', async (line, meant) => {
    if ('says' in meant) {
      const error: unknown = await reached(line).catch(refused => refused)
      expect(error).toBeInstanceOf(ClambakeError)
      const {exitCode, message, next} = error as ClambakeError
      expect(exitCode).toBe(2)
      expect(`${message}; ${next}`).toMatch(meant.says)
    } else if ('runs' in meant) expect((await reached(line)).calls).toMatch(/^(surrounding|place)$/)
    else {
      const first = await reached(line)
      expect(first.calls).toBe(meant.calls)
      if (meant.with) expect(first.with).toEqual(meant.with)
    }
  })

  it('is refused only as long as there is no such command', () => {
    const names = COMMANDS.map(({name}) => name.split(' ')[0])
    expect(Object.keys(OTHER_COMMANDS).filter(name => names.includes(name))).toEqual([])
  })

  it.each(Object.entries(OTHER_COMMANDS))('%s is answered with command lines that exist: %s', async (_, next) => {
    const lines = [...next.matchAll(/clambake ((?:[a-z-]+ ?)+(?:--[a-z-]+)?)/g)].map(([, line]) => line!)
    expect(lines.length).toBeGreaterThan(0)
    for (const line of lines) {
      const [first = '', second = ''] = line.split(' ')
      const isKnown = COMMANDS.some(({name}) => name === first || name === `${first} ${second}`)
      expect(isKnown || first === 'opens', line).toBe(true)
    }
  })
})

it('every group of commands has a summary and examples', () => {
  const groups = new Set(COMMANDS.flatMap(({name}) => (name.includes(' ') ? [name.split(' ')[0]!] : [])))
  expect(Object.keys(GROUPS).sort()).toEqual([...groups].sort())
})
