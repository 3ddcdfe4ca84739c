import {join} from 'node:path'
import {ClambakeError, EXIT, usageError} from '../../base/errors.ts'
import {createKeymap, type Keymap} from '../../client/keys/keymap.ts'
import {openTaste, type Taste, type TasteStore} from '../../config/taste.ts'
import type {AgentId} from '../../model/data/ids.ts'
import {createLog} from '../../telemetry/log.ts'
import {type OpenScreenOptions, openScreen} from '../../tui/main.ts'
import {splash} from '../../tui/splash.ts'
import type {TerminalMode} from '../../tui/terminal-mode.ts'
import {type CommandContext, helloOf} from '../context.ts'
import type {Errand} from './errand.ts'
import {repositoryOf} from './repository.ts'

/**
 * The full screen on this terminal until the person leaves; gives the errand that it is left for, if it is for one.
 * Throws `not-a-terminal`, and what keeps the daemon from starting if only the person can change it.
 */
export async function showScreen(
  context: CommandContext,
  options: {attachTo?: AgentId; readOnly?: boolean} = {},
): Promise<Errand | null> {
  using mode = takeTerminal(context)
  const readOnly = options.readOnly ? await import('../read-only.ts') : null
  const {paths} = await context.place()
  // A daemon that runs has its configuration already.
  await context.surrounding().catch(async error => {
    if (!(await context.runningDaemon())) throw error
  })
  if (options.attachTo !== undefined) await checkTerminal(context, options.attachTo)
  const tasteStore = openTaste({env: context.env})
  using log = createLog({file: join(paths.folder, 'client.jsonl'), level: 'info', fields: {pid: process.pid}})
  await using reading = new AsyncDisposableStack()
  const hopeless = Promise.withResolvers<never>()
  // After the screen's end there is nobody to tell.
  hopeless.promise.catch(() => {})
  const repository = await repositoryOf(context, {tasteStore, log, readOnly, reading})
  const left = await openScreen({
    ...screenOf(context, tasteStore, mode),
    log,
    repositories: [
      {
        ...repository,
        daemon: () =>
          repository.daemon().catch(error => {
            if (isUsage(error)) hopeless.reject(error)
            throw error
          }),
      },
    ],
    hopeless: hopeless.promise,
    ...(options.attachTo === undefined ? {} : {attachTo: options.attachTo}),
  })
  return left && {run: left.run, cwd: context.cwd, env: context.env}
}

/** The terminal in its mode; to be disposed. Throws `not-a-terminal`. */
export function takeTerminal(context: CommandContext): TerminalMode {
  const {stdout} = process
  if (!context.interactive) {
    throw usageError({
      code: 'not-a-terminal',
      message: 'The screen needs a terminal on its input and output',
      next: 'clambake status prints the state; clambake --once does one pass without a screen',
    })
  }
  return context.mode ?? splash(stdout, stdout.columns, stdout.rows)
}

/** What every screen on this terminal is opened with. Throws what is wrong with the person's keys. */
export function screenOf(
  context: CommandContext,
  tasteStore: TasteStore,
  mode: TerminalMode,
): Omit<OpenScreenOptions, 'log' | 'repositories'> {
  const {taste} = tasteStore
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    env: asLiked(context.env, taste),
    clock: context.clock,
    mode,
    name: helloOf('client').instance,
    keymap: keymapOf(tasteStore),
    background: taste.theme === 'dark' || taste.theme === 'light' ? taste.theme : undefined,
  }
}

/** Throws `unknown-agent`, and `no-terminal` for an agent that does not work. */
async function checkTerminal(context: CommandContext, agent: AgentId): Promise<void> {
  const daemon = await context.daemon()
  const {agents} = await daemon.call('state', {})
  const row = agents.find(other => other.agent === agent)
  if (row?.pane != null) return
  throw row
    ? new ClambakeError({
        code: 'no-terminal',
        message: `${agent} has no terminal: it is ${row.state}`,
        next: 'clambake pop starts an agent on an issue; clambake status shows who works',
      })
    : usageError({
        code: 'unknown-agent',
        message: `There is no ${agent} here: agents are ${agents.map(other => other.agent).join(', ')}`,
        next: 'name one of them, or raise routing.max_agents in clambake.toml',
      })
}

/** What no waiting mends: the person must set or write something and start again. */
function isUsage(error: unknown): error is ClambakeError {
  return error instanceof ClambakeError && error.exitCode === EXIT.usage
}

/** The keys as this person has them. Throws what is wrong with them, with the file in which it stands. */
function keymapOf({taste, file}: TasteStore): Keymap {
  try {
    return createKeymap({'agent.detach': [taste.detach_key], ...taste.keys})
  } catch (error) {
    if (!isUsage(error)) throw error
    throw usageError({...error.toJSON(), message: `${file}: ${error.message}`, cause: error})
  }
}

/** Taste says by environment what a terminal would say: no colour, no Unicode. */
function asLiked(env: NodeJS.ProcessEnv, taste: Taste): NodeJS.ProcessEnv {
  return {
    ...env,
    ...(taste.theme === 'plain' ? {NO_COLOR: '1'} : {}),
    ...(taste.glyphs === 'ascii' ? {CLAMBAKE_ASCII: '1'} : {}),
  }
}
