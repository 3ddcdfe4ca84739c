import {afterEach, describe, expect, it, vi} from 'vitest'
import {ClambakeError, exitOf} from '../../src/base/errors.ts'
import {COMMANDS} from '../../src/cli/commands/index.ts'
import {openContext} from '../../src/cli/context.ts'
import {createProgram, runCli} from '../../src/cli/run.ts'
import {captured} from './captured.ts'

afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = undefined
})

/** Words after a command's name that are right as far as they go. */
const WORDS: Readonly<Record<string, string>> = {
  why: '7',
  pop: '7',
  context: 'a1',
  bottle: 'a1',
  send: 'a1 hello',
  'agents start': 'a1',
  'agents stop': 'a1',
  'agents answer': 'a1 allow',
  'agents send': 'a1 hello',
  'agents history': 'a1',
  'agents recover': 'a1',
  'agents reset': 'a1',
  reserve: 'src/cart',
  release: 'src/cart',
  'update-memory': '1 --status resolved',
  // Without it they change this user's own state, and ask nothing outside of this process.
  on: '--project',
  off: '--project',
  init: '--yes',
}
/** They ask nothing outside of this process, or work without an answer; what needs a terminal; what serves until its input ends. */
const ALONE = ['completion', 'version', 'doctor', 'demo', 'attach', 'agents attach', 'mcp']
const commands = COMMANDS.map(({name}) => name).filter(name => !ALONE.includes(name))

const FAILURES = {
  'not found': new ClambakeError({code: 'unknown-issue', message: '#7 is not here', next: 'clambake peek'}),
  refused: new ClambakeError({code: 'agent-busy', message: 'agent001 is busy', kept: 'all', next: 'wait'}),
  'no network': new ClambakeError({code: 'github-unreachable', message: 'GitHub is away', next: 'wait'}),
  'no login': new ClambakeError({code: 'no-token', message: 'There is no token', next: 'gh auth login'}),
  'wrong configuration': new ClambakeError({code: 'wrong-config', message: 'a line is wrong', next: 'mend it'}),
  'Ctrl-C at a question': new ClambakeError({code: 'interrupted', message: 'Not answered', next: 'again'}),
  'a bug': new TypeError('x is not a function'),
}

/** Runs a command line in this process, with everything outside of it failing. */
async function clambake(args: readonly string[], failure: Error) {
  const fails = () => Promise.reject(failure)
  const connection = {
    call: fails,
    get peer() {
      throw failure
    },
  } as never
  const given = async () => connection
  return captured(() =>
    runCli(args, {
      open: ({json}) => ({
        ...openContext({json, createProgram}),
        daemon: given,
        runningDaemon: given,
        host: given,
        runningHost: given,
        place: fails,
        surrounding: fails,
        hub: fails,
        traced: (_, task) => task(),
        explained: async (error: unknown) => error,
      }),
    }),
  )
}

describe.each(Object.entries(FAILURES))('%s', (_, failure) => {
  const code = failure instanceof ClambakeError ? failure.code : 'internal'

  it.each(commands)('ends %s with its exit code, and with one JSON value where that is asked for', async name => {
    const words = [...name.split(' '), ...(WORDS[name] ?? '').split(' ')].filter(Boolean)
    const text = await clambake(words, failure)
    expect(text).toMatchObject({exitCode: exitOf(code), stdout: ''})
    expect(text.stderr).toContain(`clambake: ${failure.message}\n`)
    expect(text.stderr).not.toMatch(/\n +at /)
    for (const option of ['--json', ...(name === 'init' ? ['--format=json'] : [])]) {
      const data = await clambake([...words, option], failure)
      expect(data).toMatchObject({exitCode: exitOf(code), stderr: ''})
      const {error, ...more} = JSON.parse(data.stdout)
      expect(more).toEqual({})
      expect(error).toMatchObject({code, message: failure.message, exitCode: exitOf(code)})
    }
  })
})

it('knows every command', () => {
  const names = COMMANDS.map(({name}) => name)
  expect([...Object.keys(WORDS), ...ALONE].filter(name => !names.includes(name))).toEqual([])
})
