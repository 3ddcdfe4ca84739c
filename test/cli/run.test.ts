import {afterEach, describe, expect, it, vi} from 'vitest'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {VERSION} from '../../src/base/version.ts'
import {createProgram, runCli} from '../../src/cli/run.ts'

afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = undefined
})

/** Runs a command line in this process, up to where it would end it. */
async function clambake(...args: string[]) {
  const said = {stdout: '', stderr: ''}
  for (const name of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[name], 'write').mockImplementation(text => {
      said[name] += text
      return true
    })
  }
  vi.spyOn(process, 'exit').mockImplementation((() => {}) as never)
  await runCli(args)
  const exitCode = process.exitCode ?? 0
  vi.restoreAllMocks()
  process.exitCode = undefined
  return {exitCode, ...said}
}

describe('the command line', () => {
  it('tells version and help on the standard output', async () => {
    expect(await clambake('--version')).toEqual({exitCode: 0, stdout: `${VERSION}\n`, stderr: ''})
    const help = await clambake('--help')
    expect(help).toMatchObject({exitCode: 0, stderr: ''})
    expect(help.stdout).toContain(
      'Exit codes: 0 good, 1 something needs a person, 2 usage or configuration, 130 Ctrl-C',
    )
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
    [['pop', '--nonsense'], /^clambake: pop: .*unknown option '--nonsense'[\s\S]*next: .*clambake pop --help/],
    [['pop', '1', '2'], /^clambake: pop: too many arguments/],
    [['attach'], /^clambake: attach: missing required argument 'agent'\n {2}next: clambake attach --help/],
    [['attach', 'bob'], /^clambake: attach: bob is not an agent; use a name like agent001/],
    [['logs', 'a1', '--lines', 'none'], /^clambake: logs: --lines none is not a whole number above 0/],
    [['logs', 'a1', '--lines'], /^clambake: logs: option '--lines <n>' argument missing/],
    [['logs', 'a1', '--folow'], /^clambake: logs: unknown option '--folow'\n {2}next: did you mean --follow\?/],
    [
      ['peekk', '--limit', '3'],
      /^clambake: peekk is neither a command nor a folder\n {2}next: did you mean clambake peek\?/,
    ],
    [['xyzzy'], /^clambake: xyzzy is neither a command nor a folder\n {2}next: clambake --help/],
    [['help', 'nonsense'], /^clambake: nonsense is neither a command nor a folder/],
    [['--onse'], /^clambake: unknown option '--onse'\n {2}next: did you mean --once\?/],
    [['--once', 'peek'], /^clambake: --once does not work with peek/],
    [['--json'], /"message":"--json only works with --once"/],
    [['daemon', 'stat'], /^clambake: daemon: unknown command 'stat'\n {2}next: did you mean/],
    [['daemon'], /^clambake: daemon needs a subcommand: start/],
    [['--timeout', '5m'], /--timeout only works with --once\n {2}next: clambake --once --timeout/],
    [['--once', '--timeout', 'soon'], /--timeout soon is not a time like 90s, 10m or 2h/],
    [['--once', '--timeout', '-5'], /--timeout -5 is not a time like 90s, 10m or 2h/],
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
