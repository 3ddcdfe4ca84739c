import {CommanderError} from 'commander'
import {afterEach, describe, expect, it, vi} from 'vitest'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {ClambakeError} from '../../src/base/errors.ts'
import {VERSION} from '../../src/base/version.ts'
import {createProgram, runCli} from '../../src/cli/run.ts'
import {usageErrorOf} from '../../src/cli/usage-errors.ts'
import {captured} from './captured.ts'

afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = undefined
})

/** Runs a command line in this process, up to where it would end it. */
async function clambake(...args: string[]) {
  return captured(() => runCli(args))
}

describe('the command line', () => {
  it('tells version and help on the standard output', async () => {
    expect(await clambake('--version')).toEqual({exitCode: 0, stdout: `${VERSION}\n`, stderr: ''})
    const help = await clambake('--help')
    expect(help).toMatchObject({exitCode: 0, stderr: ''})
    expect(help.stdout).toMatch(/^ +2 +usage or configuration/m)
    const word = await clambake('help', 'pop')
    expect(word).toMatchObject({exitCode: 0, stderr: ''})
    expect(word.stdout).toContain('clambake pop 123')
  })

  it('says in one form what is wrong and what comes next, and exits with 2', async () => {
    expect(await clambake('staus')).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: [
        'clambake: staus is neither a command nor a folder',
        '  next: did you mean clambake status? clambake --help lists all',
        '',
      ].join('\n'),
    })
  })

  it.each([
    [['pop', 'seven'], /^clambake: pop: .*seven is not an issue number/],
    [['pop', '--nonsense'], /^clambake: pop: there is no option --nonsense\n {2}next: clambake pop --help/],
    [['pop', '1', '2'], /^clambake: pop: takes at most 1 argument, found also 2/],
    [['attach'], /^clambake: attach: <agent> is missing: the agent, like agent001.*\n {2}next: clambake attach --help/],
    [['attach', 'bob'], /^clambake: attach: bob is not an agent; use a name like agent001/],
    [['logs', 'a1', '--lines', 'none'], /^clambake: logs: --lines none is not a whole number above 0/],
    [['logs', 'a1', '-n', 'none'], /^clambake: logs: --lines none is not a whole number above 0/],
    [['peek', '-n', '0'], /^clambake: peek: --limit 0 is not a whole number above 0/],
    [['logs', 'a1', '--lines'], /^clambake: logs: --lines needs a value: number of lines/],
    [['logs', 'a1', '--folow'], /^clambake: logs: there is no option --folow\n {2}next: did you mean --follow\?/],
    [
      ['peekk', '--limit', '3'],
      /^clambake: peekk is neither a command nor a folder\n {2}next: did you mean clambake peek\?/,
    ],
    [['xyzzy'], /^clambake: xyzzy is neither a command nor a folder\n {2}next: clambake --help/],
    [['help', 'nonsense'], /^clambake: nonsense is neither a command nor a folder/],
    [['--onse'], /^clambake: there is no option --onse\n {2}next: did you mean --once\?/],
    [['--once', 'peek'], /^clambake: --once does not work with peek/],
    [['why', ''], /^clambake: why: <agent\|issue\|pr> is empty: agent001, 123 or #123\n {2}next: clambake why --help/],
    [['agents', 'stop', ''], /^clambake: agents stop: <agents> is empty/],
    [[''], /^clambake: There is no folder ""/],
    [['register', ''], /^clambake: register: takes no arguments, found ""/],
    [
      ['route', '--labels', 'a', '--labels', 'b'],
      /^clambake: route: --labels is given twice, first a, then b\n {2}next/,
    ],
    [['route', '--agents', '9999999999'], /^clambake: route: --agents 9999999999 is more than 999999999/],
    [['pop', '99999999999999999999'], /^clambake: pop: 99999999999999999999 is not an issue number/],
    [['demo', '--agents', '13'], /^clambake: demo: --agents 13 is not a number from 1 to 12/],
    [['sync', '--all', '--agents', 'a1'], /^clambake: sync: --all and --agents exclude each other/],
    [['--json'], /"message":"--json only works with --once"/],
    [['daemon', 'stat'], /^clambake: daemon: there is no command stat\n {2}next: did you mean/],
    [['daemon'], /^clambake: daemon needs a subcommand: start/],
    [['agents', 'lst'], /^clambake: agents: there is no command lst\n {2}next: did you mean list\?/],
    [['sync', 'github-wins'], /^clambake: sync: takes no arguments, found github-wins/],
    [['route', '--strategy'], /^clambake: route: there is no option --strategy/],
    [['route', '--think-level'], /^clambake: route: --think-level needs one of think, hard, harder, ultra/],
    [['route', '--load-balance', 'fair'], /^clambake: route: --load-balance fair is not one of least-loaded, round-/],
    [['route', '--priority', 'urgent'], /^clambake: route: --priority urgent is not one of unblocker, merge, high/],
    [
      ['route', '--agents', '2', '--max-agents', '3'],
      /--max-agents and --agents are the same option, but their values/,
    ],
    [
      ['route', '--issue', '3', '--labels', 'bug'],
      /--issue and --labels exclude each other\n {2}next: give one of them/,
    ],
    [['sync', '--strategy', 'manual', '--resolve-conflicts', 'local-wins'], /are the same option, but their values/],
    [['sync', '--resolve-conflicts', 'mine'], /--resolve-conflicts mine is not one of github-wins, local-wins, manual/],
    [['cleanup', '--dry-run', '--yes'], /^clambake: cleanup: --dry-run and --yes exclude each other/],
    [['init', '--undo', '--force'], /^clambake: init: --undo and --force exclude each other/],
    [['land', '--dry-run', '--no-wait'], /^clambake: land: --dry-run and --no-wait exclude each other/],
    [['agents', 'stop'], /^clambake: agents stop: the name of an agent, or --all, is missing/],
    [['recover', '--scan', 'work-7'], /^clambake: recover: --scan and <branch\.\.\.> exclude each other/],
    [['recover', '--action', 'archive', '--auto-pr'], /^clambake: recover: --action and --auto-pr exclude each other/],
    [['recover', '--into', '.'], /^clambake: recover: --into only works with --restore/],
    [['status', '--watch', '--health-check'], /^clambake: status: --health-check and --watch exclude each other/],
    [['pop', '3', '--mine'], /^clambake: pop: --mine and <issue> exclude each other/],
    [['land', '--pause', 'x'.repeat(300)], /^clambake: land: --pause x{60}… has more than 200 characters/],
    [['--timeout', '5m'], /--timeout only works with --once\n {2}next: clambake --once --timeout/],
    [['--once', '--timeout', 'soon'], /--timeout soon is not a time like 90s, 10m or 2h/],
    [['--once', '--timeout', '-5'], /--timeout -5 is not a time like 90s, 10m or 2h/],
    [['--once', '--timeout', '0'], /--timeout 0 is no time in which anything could be done/],
    [['.', './nowhere'], /There is no folder \.\/nowhere/],
    [['--once', '.', 'src'], /--once does one pass in one repository only\n {2}next: run clambake --once FOLDER/],
    [['--once', '--fleet'], /--once does one pass in one repository only/],
    [['--fleet', 'src'], /--fleet opens the repositories of your taste\.json/],
    [['--fleet', 'peek'], /^clambake: --fleet does not work with peek/],
    [['./nowhere'], /There is no folder \.\/nowhere/],
    [['land', '--strategy', 'fast'], /^clambake: land: --strategy fast is not one of merge, squash, rebase/],
    [['land', '--require-reviews', '11'], /--require-reviews 11 is more than 10/],
    [
      ['land', '--require-review', '--require-reviews', '2'],
      /--require-review and --require-reviews do not go together/,
    ],
    [['land', '--pause', '--require-ci'], /--pause and --require-ci do not go together/],
    [['land', '--resume', '--dry-run'], /--resume and --dry-run do not go together/],
    [['land', '--dry-run', '--trace-integration'], /--trace-integration and --dry-run do not go together/],
    [['land', '--no-wait', '--analyze-performance'], /--analyze-performance and --no-wait do not go together/],
    [['land', '--pause', '--resume'], /--pause and --resume do not go together/],
  ])('refuses %j as wrong usage', async (args, stderr) => {
    const {exitCode, ...said} = await clambake(...args)
    expect(exitCode).toBe(2)
    expect(args.includes('--json') ? said.stdout : said.stderr).toMatch(stderr)
    expect(args.includes('--json') ? said.stderr : said.stdout).toBe('')
  })

  it('gives errors as JSON where JSON was asked for', async () => {
    const {exitCode, stdout, stderr} = await clambake('pop', 'seven', '--json')
    expect({exitCode, stderr}).toEqual({exitCode: 2, stderr: ''})
    expect(JSON.parse(stdout)).toMatchObject({error: {code: 'bad-usage', exitCode: 2}})
  })

  it('tells what is no repository, without a stack trace', async () => {
    await using folder = temporaryFolder()
    const {exitCode, stderr} = await clambake('--once', folder.path)
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(/^clambake: .*not.* repository.*\n/i)
    expect(stderr).not.toMatch(/\n +at /)
  })
})

/** Every command of the tree that runs something, with its words. */
const commandLines = (function walk(
  commands: ReturnType<typeof createProgram>['commands'],
  words: readonly string[] = [],
): {words: readonly string[]; command: (typeof commands)[number]}[] {
  return commands.flatMap(command => {
    const path = [...words, command.name()]
    return command.commands.length > 0 ? walk(command.commands, path) : [{words: path, command}]
  })
})(createProgram().commands)

describe('an error about the command line', () => {
  /** Words of commander and zod that say nothing to a person. */
  const RAW =
    /\berror:|invalid (input|option|string)|expected \w+, received|too (big|small|many arguments)|'--|argument missing/i
  const JUNK = ['\u0007', '-', '99999999999999999999', 'x'.repeat(5000), '{}', 'a b']

  it.each(commandLines.map(({words, command}) => [words.join(' '), words, command] as const))(
    'is in plain words for any option of %s',
    async (_, words, command) => {
      const valued = command.options.filter(({required, optional}) => required || optional)
      const lines = [
        ['--no-such-option'],
        ...valued.filter(({required}) => required).map(({long}) => [long!]),
        ...valued.flatMap(({long}) => JUNK.map(junk => [`${long}=${junk}`])),
        [...command.registeredArguments.map(() => 'x'), 'x', 'y', 'z'],
        ...JUNK.map(junk => ['--', ...command.registeredArguments.map(() => junk)]),
      ]
      for (const line of lines) {
        const error = await usageErrorFor([...words, ...line])
        if (error === null) continue
        expect(`${error.message}; ${error.next}`, line.join(' ')).not.toMatch(RAW)
        expect(error.message.length, line.join(' ')).toBeLessThan(400)
      }
    },
  )
})

/** What is wrong with a command line by itself; null: it is right as far as its words go. */
async function usageErrorFor(args: readonly string[]): Promise<ClambakeError | null> {
  const open = () =>
    ({
      async [Symbol.asyncDispose]() {},
      traced: () => Promise.reject(new Error('runs')),
      explained: async (error: unknown) => error,
    }) as never
  const program = createProgram({open})
  try {
    await program.parseAsync([...args], {from: 'user'})
  } catch (error) {
    if (error instanceof CommanderError) return usageErrorOf(error, program, args)
    if (error instanceof ClambakeError) return error
    if (!(error instanceof Error) || error.message !== 'runs') throw error
  }
  return null
}

describe('the help of a group', () => {
  it.each(['agents', 'daemon'])('of %s says what it is for, lists its commands and gives examples', async group => {
    const {exitCode, stdout} = await clambake(group, '--help')
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/Examples:\n {2}clambake /)
    expect(stdout).not.toContain('display help for command')
    expect((await clambake('--help')).stdout).toMatch(new RegExp(`^  ${group} .*\\w`, 'm'))
  })

  it('alone is the command that it stands for', async () => {
    await using folder = temporaryFolder()
    const before = process.cwd()
    process.chdir(folder.path)
    const {exitCode, stderr} = await clambake('agents').finally(() => process.chdir(before))
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(/not.* repository/i)
  })
})

describe('every command', () => {
  const all = (function walk(commands: ReturnType<typeof createProgram>['commands']): typeof commands {
    return commands.flatMap(command => [command, ...walk(command.commands)])
  })(createProgram().commands)

  it('has one line that says what it does, and takes --json unless it groups others', () => {
    expect(all.length).toBeGreaterThan(10)
    for (const command of all.filter(({commands}) => commands.length === 0)) {
      expect(command.description(), command.name()).toMatch(/^[^\n]{10,100}$/)
      expect(
        command.options.map(({long}) => long),
        command.name(),
      ).toContain('--json')
    }
  })
})

it('says in a folder that was removed where to go', async () => {
  vi.spyOn(process, 'cwd').mockImplementation(() => {
    throw Object.assign(new Error('ENOENT: process.cwd failed'), {code: 'ENOENT'})
  })
  expect(await clambake('status')).toMatchObject({
    exitCode: 2,
    stderr:
      'clambake: The folder that you are in was removed\n  next: cd into your repository and repeat the command\n',
  })
})
