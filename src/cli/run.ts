import {existsSync} from 'node:fs'
import {resolve} from 'node:path'
import {Command, CommanderError} from 'commander'
import {ClambakeError, type ErrorData, EXIT, toErrorData, usageError} from '../base/errors.ts'
import {safeText} from '../base/text.ts'
import {VERSION} from '../base/version.ts'
import type {PassReport} from '../protocol/daemon.ts'
import type {TerminalMode} from '../tui/terminal-mode.ts'
import {COMMANDS} from './commands/index.ts'
import {onceExit, onceText, runOnce} from './commands/once.ts'
import {type CommandContext, openContext} from './context.ts'
import {examplesText} from './define.ts'
import {type Errand, untilLeft} from './errand.ts'
import {duration} from './inputs.ts'
import {checkFirstWord, noSuchFolder, usageErrorOf, withHelpWord} from './usage.ts'

const SUMMARY = `Supervises coding agents on the GitHub issues of this repository.

Without a command it opens the full screen: the queue, the pull requests and the agents, live.`

const EXAMPLES: [string, string][] = [
  ['clambake', 'the full screen; q leaves it and agents run on'],
  ['clambake ~/shop ~/api', 'several repositories, a tab for each'],
  ['clambake --once', 'one whole pass without a screen: claim, work, land, report'],
  ['clambake pop 123', 'an agent takes issue 123'],
  ['clambake demo', 'try it on a repository and a GitHub of its own'],
]

type RootOptions = {
  once?: boolean
  json?: boolean
  agents: boolean
  readOnly?: boolean
  fleet?: boolean
  timeout?: string
}

/** Runs the command line and sets the exit code: 0 good, 1 something needs a human, 2 usage or configuration, 130 Ctrl-C at a question. */
export async function runCli(args: readonly string[], mode?: TerminalMode): Promise<void> {
  const program = createProgram({mode})
  try {
    checkFirstWord(program, args)
    await program.parseAsync([...withHelpWord(program, args)], {from: 'user'})
  } catch (error) {
    mode?.[Symbol.dispose]()
    if (!(error instanceof CommanderError)) tell(toErrorData(error), {args, cause: error})
    else if (error.exitCode !== 0) tell(usageErrorOf(error, program, args).toJSON(), {args, cause: error})
  }
  mode?.[Symbol.dispose]()
  // Sockets of a connection that is being given up must not hold the process.
  process.exit()
}

/** Where its commands run, and in what environment; default: the process's own. */
type Surroundings = {mode?: TerminalMode | undefined; cwd?: string; env?: NodeJS.ProcessEnv}

export function createProgram({mode, ...surroundings}: Surroundings = {}): Command {
  const program = new Command('clambake')
    .description(SUMMARY)
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .option('--once', 'one pass: reconcile, claim, run the agents to their end, land, report')
    .option('--json', 'with --once: print the report as JSON')
    .option('--no-agents', 'with --once: start no agent, only land what is bottled')
    .option('--read-only', 'only look: nothing is claimed, labelled, pushed, landed or started')
    .option('--fleet', 'a tab for each repository of `fleet` in your taste.json; the default outside of any')
    .option('--timeout <time>', 'with --once: stop after a time like 30m; running work is kept')
    .addHelpText(
      'after',
      `${examplesText(EXAMPLES)}\nExit codes: 0 good, 1 something needs a person, 2 usage or configuration, 130 Ctrl-C at a question.\n`,
    )
    .showSuggestionAfterError()
    .enablePositionalOptions()
    // What is wrong is told in one form for all errors.
    .configureOutput({writeErr: () => {}})
    .exitOverride()
    .argument('[repositories...]', 'folders of repositories, each with a tab; default: the one around this folder')
    .action(async (repositories: string[], options: RootOptions) => {
      checkFolders(repositories, options)
      if (!options.once) {
        refuseLoose(options)
        return untilLeft(first => screens(repositories, options, first ? mode : undefined))
      }
      const cwd = resolve(repositories[0] ?? '.')
      await using context = openContext({json: options.json === true, cwd, role: 'command', mode})
      await once(options, context)
    })
    .hook('preAction', (root, command) => {
      if (root !== command) refuseLoose(root.opts<RootOptions>(), command.name())
    })
  for (const command of COMMANDS) command.mount(program, ({json}) => openContext({json, mode, ...surroundings}))
  return program
}

/** Options of `--once` that stand without it, or before a command, would be passed over in silence. */
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
    message: command === undefined ? `${loose} goes with --once` : `${loose} does not go with ${command}`,
    next: command === undefined ? `clambake --once ${loose}` : `clambake ${command} --help`,
  })
}

/** Several repositories, or the person's own list of them, are for the screen; and a list is one or the other. */
function checkFolders(repositories: readonly string[], {once, fleet}: RootOptions): void {
  const missing = repositories.find(folder => !existsSync(folder))
  if (missing !== undefined) throw noSuchFolder(missing)
  if (once && (fleet || repositories.length > 1)) {
    throw usageError({
      code: 'bad-usage',
      message: '--once does one pass in one repository',
      next: 'run clambake --once FOLDER for each of them',
    })
  }
  if (fleet && repositories.length > 0) {
    throw usageError({
      code: 'bad-usage',
      message: '--fleet opens the repositories of your taste.json, and others are named beside it',
      next: 'leave out one of the two',
    })
  }
}

async function once(options: RootOptions, context: CommandContext): Promise<void> {
  const timeout = options.timeout === undefined ? null : duration.safeParse(options.timeout)
  if (timeout?.success === false) {
    throw usageError({
      code: 'bad-usage',
      message: `--timeout ${options.timeout} ${timeout.error.issues[0]?.message}`,
      next: 'clambake --once --timeout 30m',
    })
  }
  const wanted = {agents: options.agents, timeoutMs: timeout?.data ?? null}
  const report = await (options.readOnly ? readOnlyOnce(context) : runOnce(wanted, context))
  context.print(report, () => onceText(report))
  context.setExit(onceExit(report))
}

async function readOnlyOnce(context: CommandContext): Promise<PassReport> {
  const {readOnlyPass} = await import('./read-only.ts')
  return readOnlyPass(context)
}

/** Runs a command in the terminal that the screen has given back, and tells what went wrong with it. */
export async function runErrand({run, cwd, env}: Errand): Promise<void> {
  process.stdout.write(`\n$ clambake ${run}\n`)
  try {
    await createProgram({cwd, env}).parseAsync([run], {from: 'user'})
  } catch (error) {
    tell(toErrorData(error), {args: [run], cause: error})
  }
  // What the command ended with was told; how the screen ends is another thing.
  process.exitCode = EXIT.good
}

/** The screen of one repository or of several. Outside of any, that of the person's fleet, if there is one. */
async function screens(
  repositories: readonly string[],
  options: RootOptions,
  mode?: TerminalMode,
): Promise<Errand | null> {
  const readOnly = options.readOnly === true
  await using stack = new AsyncDisposableStack()
  const open = (cwd: string) => stack.use(openContext({json: false, cwd: resolve(cwd), role: 'client', mode}))
  const openAll = async (folders: readonly string[]) =>
    (await import('./fleet.ts')).showFleet(folders.map(open), {readOnly})
  if (repositories.length > 1) return await openAll(repositories)
  if (options.fleet) return await openAll((await import('./fleet.ts')).requireFleet(process.env))
  const context = open(repositories[0] ?? '.')
  try {
    // git looks for the repository while the screen is loaded.
    const [{showScreen}] = await Promise.all([import('./screen.ts'), context.place()])
    return await showScreen(context, {readOnly})
  } catch (error) {
    if (!(error instanceof ClambakeError && error.code === 'not-a-repository') || repositories.length > 0) throw error
    const {folders} = (await import('./fleet.ts')).fleetOf(process.env)
    if (folders.length === 0) throw error
    return await openAll(folders)
  }
}

/** What happened, what was kept, what to do next; of a defect of ours also how to find out more. */
function tell(error: ErrorData, options: {args: readonly string[]; cause: unknown}): void {
  process.exitCode = error.exitCode
  if (options.args.includes('--json')) {
    process.stdout.write(`${JSON.stringify({error})}\n`)
    return
  }
  const lines = [`clambake: ${error.message}`]
  if (error.kept) lines.push(`  kept: ${error.kept}`)
  if (error.next) lines.push(`  next: ${error.next}`)
  if (error.code === 'internal') {
    lines.push(
      '  this is a defect of clambake; please report it with what CLAMBAKE_DEBUG=1 in the environment shows more',
    )
    if (process.env.CLAMBAKE_DEBUG && options.cause instanceof Error) lines.push(options.cause.stack ?? '')
  }
  process.stderr.write(`${safeText(lines.join('\n'))}\n`)
}
