import {join} from 'node:path'
import {ClambakeError, EXIT, usageError} from '../../base/errors.ts'
import {createKeymap, type Keymap} from '../../client/keys/keymap.ts'
import {openTaste, type Taste, type TasteStore} from '../../config/taste.ts'
import {unknownAgent} from '../../model/agent/unknown.ts'
import type {AgentId} from '../../model/data/ids.ts'
import {createLog} from '../../telemetry/log.ts'
import {type OpenScreenOptions, openScreen} from '../../tui/open-screen.ts'
import {splash} from '../../tui/splash.ts'
import type {TerminalMode} from '../../tui/terminal-mode.ts'
import {type CommandContext, helloOf} from '../context.ts'
import type {Errand} from './errand.ts'
import {repositoryOf} from './repository.ts'

/**
 * Opens the full screen on this terminal until the person leaves. Gives the errand for which the person left, if any.
 * Throws `not-a-terminal`, and errors of the daemon's start that only the person can fix.
 */
export async function showScreen(
  context: CommandContext,
  options: {
    attachTo?: AgentId
    readOnly?: boolean
    /** Shows somebody who is new here what happens and which key to try. */
    tour?: boolean
    /** The environment in which the person's taste is found; default: the screen's own. */
    tasteEnv?: NodeJS.ProcessEnv
  } = {},
): Promise<Errand | null> {
  using mode = takeTerminal(context)
  const readOnly = options.readOnly ? await import('../read-only.ts') : null
  const {paths} = await context.place()
  // A running daemon has read its configuration already.
  await context.surrounding().catch(async error => {
    if (!(await context.runningDaemon())) throw error
  })
  if (options.attachTo !== undefined) await checkTerminal(context, options.attachTo)
  const tasteStore = openTaste({env: options.tasteEnv ?? context.env})
  using log = createLog({file: join(paths.folder, 'client.jsonl'), level: 'info', fields: {pid: process.pid}})
  await using reading = new AsyncDisposableStack()
  const failed = Promise.withResolvers<never>()
  // A rejection after the screen's end must not end the process.
  failed.promise.catch(() => {})
  const repository = await repositoryOf(context, {tasteStore, log, readOnly, reading})
  const left = await openScreen({
    ...screenOf(context, tasteStore, mode),
    log,
    repositories: [
      {
        ...repository,
        daemon: () =>
          repository.daemon().catch(error => {
            if (isUsage(error)) failed.reject(error)
            throw error
          }),
      },
    ],
    hopeless: failed.promise,
    ...(options.tour ? {tour: true} : {}),
    ...(options.attachTo === undefined ? {} : {attachTo: options.attachTo}),
  })
  return left && {run: left.run, cwd: context.cwd, env: context.env}
}

/** Sets the terminal up for the screen, until disposed. Throws `not-a-terminal`. */
export function takeTerminal(context: CommandContext): TerminalMode {
  const {stdout} = process
  if (!context.interactive) {
    throw usageError({
      code: 'not-a-terminal',
      message: 'The screen needs a terminal on its input and output',
      next: 'clambake status prints the state; clambake --once does one pass without a screen',
    })
  }
  if (context.env.TERM === 'dumb') {
    throw usageError({
      code: 'not-a-terminal',
      message: 'The screen needs a terminal that can move its cursor, and TERM says that this one cannot: dumb',
      next: 'set TERM to what it is, such as xterm-256color; clambake status prints the state',
    })
  }
  return context.mode ?? splash(stdout, stdout.columns, stdout.rows)
}

/** The options of every screen on this terminal. Throws if the person's keys are wrong. */
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

/** Checks that an agent has a terminal. Throws `unknown-agent` and `no-terminal`. */
async function checkTerminal(context: CommandContext, agent: AgentId): Promise<void> {
  const daemon = await context.daemon()
  const {agents} = await daemon.call('state', {})
  const row = agents.find(other => other.agent === agent)
  if (row?.pane != null) return
  if (!row)
    throw unknownAgent(
      agents.map(other => other.agent),
      agent,
    )
  throw new ClambakeError({
    code: 'no-terminal',
    message: `${agent} has no terminal: it is ${row.state}`,
    next: 'clambake pop starts an agent on an issue; clambake status shows who works',
  })
}

/** Whether only the person can fix an error, so that waiting does not help. */
function isUsage(error: unknown): error is ClambakeError {
  return error instanceof ClambakeError && error.exitCode === EXIT.usage
}

/** The person's keys. Throws what is wrong with them, with the file's name. */
function keymapOf({taste, file}: TasteStore): Keymap {
  try {
    return createKeymap({'agent.detach': [taste.detach_key], ...taste.keys})
  } catch (error) {
    if (!isUsage(error)) throw error
    throw new ClambakeError({...error.toJSON(), message: `${file}: ${error.message}`, cause: error})
  }
}

/** The environment, changed to the person's taste: without colour, without Unicode. */
function asLiked(env: NodeJS.ProcessEnv, taste: Taste): NodeJS.ProcessEnv {
  return {
    ...env,
    ...(taste.theme === 'plain' ? {NO_COLOR: '1'} : {}),
    ...(taste.glyphs === 'ascii' ? {CLAMBAKE_ASCII: '1'} : {}),
  }
}
