import {existsSync} from 'node:fs'
import {Command, CommanderError} from 'commander'
import {takeProxy} from '../base/environment/proxy.ts'
import {EXIT, EXIT_MEANINGS, usageError} from '../base/errors.ts'
import {VERSION} from '../base/version.ts'
import type {TerminalMode} from '../tui/terminal-mode.ts'
import {COMMANDS} from './commands/index.ts'
import {type CommandContext, openContext} from './context.ts'
import {folderFromHere} from './current-folder.ts'
import {examplesText} from './define.ts'
import {withBareGroup} from './groups.ts'
import {onceCommand} from './once/command.ts'
import {allWritten} from './output/written.ts'
import {printError} from './print-error.ts'
import {openScreens} from './screen/open-screens.ts'
import {checkFirstWord, noSuchFolder, usageErrorOf, withHelpWord} from './usage-errors.ts'

const SUMMARY = `Supervises coding agents that work on the GitHub issues of this repository.

Without a command it opens the full screen with the queue, the pull requests and the agents.`

const EXAMPLES: [string, string][] = [
  ['clambake', 'open the full screen; q quits and agents keep running'],
  ['clambake ~/shop ~/api', 'open several repositories, one tab each'],
  ['clambake --once', 'do one pass without a screen: claim, work, land, report'],
  ['clambake pop 123', 'start an agent on issue 123'],
  ['clambake demo', 'try it on a sample repository with a fake GitHub'],
]

type RootOptions = {
  once?: boolean
  json?: boolean
  agents: boolean
  readOnly?: boolean
  fleet?: boolean
  timeout?: string
}

/** Runs the command line and sets the exit code, one of EXIT_MEANINGS. */
export async function runCli(args: readonly string[], surroundings: Surroundings = {}): Promise<void> {
  const {mode} = surroundings
  const program = createProgram({...surroundings, first: args[0]})
  process.stdout.on('error', error => unlessUnread(error, () => printError(error, [])))
  process.stderr.on('error', error => unlessUnread(error, () => {}))
  try {
    checkFirstWord(program, args)
    await takeProxy(process.env)
    await program.parseAsync([...withBareGroup(withHelpWord(program, args))], {from: 'user'})
  } catch (error) {
    mode?.[Symbol.dispose]()
    if (!(error instanceof CommanderError)) printError(error, args)
    else if (error.exitCode !== 0) printError(usageErrorOf(error, program, args), args)
  }
  mode?.[Symbol.dispose]()
  await Promise.all([allWritten(process.stdout), allWritten(process.stderr)])
  // Sockets of a connection that is being given up must not hold the process.
  process.exit()
}

/**
 * Lets the work continue though no one reads its output any more, as in `clambake events | head` or in a terminal that was
 * closed. What cannot be written for another reason, to a full disk say, ends it with the reason.
 */
function unlessUnread(error: NodeJS.ErrnoException, say: () => void): void {
  if (error.code === 'EPIPE' || error.code === 'EIO') return
  process.exitCode = EXIT.needsHuman
  say()
  process.exit()
}

/** Where its commands run, and in what environment; default: the process's own. */
type Surroundings = {
  mode?: TerminalMode | undefined
  cwd?: string
  env?: NodeJS.ProcessEnv
  /** Makes the context of a command; default: one that reaches the real processes. */
  open?: (options: {json: boolean}) => CommandContext
  /** The first word of its command line: one of a command makes that command alone, or its group; default: all. */
  first?: string | undefined
}

/** Makes the whole command line of commander: options of the program, and every command. */
export function createProgram({mode, open, first, ...surroundings}: Surroundings = {}): Command {
  const program = new Command('clambake')
    .description(SUMMARY)
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .option('--once', 'do one pass: reconcile, claim, run the agents until they finish, land, report')
    .option('--json', 'with --once: print the report as JSON')
    .option('--no-agents', 'with --once: start no agent, only land bottled work')
    .option('--read-only', 'only look: claim, label, push, land and start nothing')
    .option(
      '--fleet',
      'open one tab for each repository of `fleet` in your taste.json (default outside of a repository)',
    )
    .option('--timeout <time>', 'with --once: stop after a time like 30m; running work is kept')
    .addHelpText(
      'after',
      `${examplesText(EXAMPLES)}\nExit codes:\n${EXIT_MEANINGS.map(([code, meaning]) => `  ${String(code).padEnd(3)}  ${meaning}\n`).join('')}`,
    )
    .showSuggestionAfterError()
    .enablePositionalOptions()
    // printError prints all errors in one form.
    .configureOutput({writeErr: () => {}})
    .exitOverride()
    .argument('[repositories...]', 'folders of repositories, one tab each (default: the repository of this folder)')
    .action(async (repositories: string[], options: RootOptions) => {
      checkFolders(repositories, options)
      const {readOnly = false, fleet = false, agents, timeout} = options
      if (!options.once) {
        refuseLoose(options)
        return openScreens(repositories, {readOnly, fleet, mode, createProgram})
      }
      const cwd = folderFromHere(repositories[0])
      await using context = openContext({json: options.json === true, cwd, role: 'command', mode, createProgram})
      await onceCommand({agents, readOnly, timeout}, context)
    })
    .hook('preAction', (root, command) => {
      if (root !== command) refuseLoose(root.opts<RootOptions>(), command.name())
    })
  const asked = COMMANDS.filter(({name}) => name.split(' ')[0] === first)
  for (const command of asked.length > 0 ? asked : COMMANDS) {
    command.mount(program, open ?? (({json}) => openContext({json, mode, createProgram, ...surroundings})))
  }
  return program
}

/** Refuses options of the program that would have no effect here: those of `--once` without it, or before a command. */
function refuseLoose({once, json, agents, readOnly, fleet, timeout}: RootOptions, command?: string): void {
  const [loose] = [
    ...(timeout === undefined ? [] : ['--timeout']),
    ...(agents ? [] : ['--no-agents']),
    ...(command === undefined && json ? ['--json'] : []),
    ...(command !== undefined && once ? ['--once'] : []),
    ...(command !== undefined && readOnly ? ['--read-only'] : []),
    ...(command !== undefined && fleet ? ['--fleet'] : []),
  ]
  if (loose === undefined) return
  throw usageError({
    code: 'bad-usage',
    message: command === undefined ? `${loose} only works with --once` : `${loose} does not work with ${command}`,
    next: command === undefined ? `clambake --once ${loose}` : `clambake ${command} --help`,
  })
}

/** Refuses folders that do not exist, several repositories with `--once`, and folders beside `--fleet`. */
function checkFolders(repositories: readonly string[], {once, fleet}: RootOptions): void {
  const missing = repositories.find(folder => !existsSync(folder))
  if (missing !== undefined) throw noSuchFolder(missing)
  if (once && (fleet || repositories.length > 1)) {
    throw usageError({
      code: 'bad-usage',
      message: '--once does one pass in one repository only',
      next: 'run clambake --once FOLDER for each repository',
    })
  }
  if (fleet && repositories.length > 0) {
    throw usageError({
      code: 'bad-usage',
      message: '--fleet opens the repositories of your taste.json and takes no folders',
      next: 'leave out --fleet or the folders',
    })
  }
}
