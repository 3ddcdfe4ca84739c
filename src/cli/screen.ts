import {join} from 'node:path'
import {ClambakeError, EXIT, usageError} from '../base/errors.ts'
import {createKeymap, type Keymap} from '../client/keymap.ts'
import type {Arrangement} from '../client/types.ts'
import {type LayoutTaste, layoutFor, openTaste, type Taste, type TasteStore} from '../config/taste.ts'
import type {AgentId} from '../model/ids.ts'
import {createLog} from '../telemetry/log.ts'
import {openScreen} from '../tui/main.ts'
import {splash} from '../tui/splash.ts'
import {type CommandContext, helloOf} from './context.ts'
import {firstStartChecks} from './first-start.ts'

/**
 * The full screen on this terminal until the person leaves. Throws `not-a-terminal`, and what keeps the daemon from
 * starting if only the person can change it.
 */
export async function showScreen(
  context: CommandContext,
  options: {attachTo?: AgentId; readOnly?: boolean} = {},
): Promise<void> {
  const {stdin, stdout} = process
  if (!context.interactive) {
    throw usageError({
      code: 'not-a-terminal',
      message: 'The screen needs a terminal on its input and output',
      next: 'clambake status prints the state; clambake --once does one pass without a screen',
    })
  }
  // It brings a whole daemon along, which nobody else waits for.
  const readOnly = options.readOnly ? await import('./read-only.ts') : null
  const mode = context.mode ?? splash(stdout, stdout.columns, stdout.rows)
  using _given = mode
  const {paths, root} = await context.place()
  // A daemon that runs has its configuration already.
  await context.surrounding().catch(async error => {
    if (!(await context.runningDaemon())) throw error
  })
  if (options.attachTo !== undefined) await checkTerminal(context, options.attachTo)
  const tasteStore = openTaste({env: context.env})
  const {taste} = tasteStore
  using log = createLog({file: join(paths.folder, 'client.jsonl'), level: 'info', fields: {pid: process.pid}})
  const remember = (arrangement: Arrangement) => {
    try {
      tasteStore.set({layouts: {...tasteStore.taste.layouts, [root]: layoutTasteOf(arrangement)}})
    } catch (error) {
      log.warn('the layout is not remembered', {file: tasteStore.file, error})
    }
  }
  await using reading = new AsyncDisposableStack()
  const hopeless = Promise.withResolvers<never>()
  // After the screen's end there is nobody to tell.
  hopeless.promise.catch(() => {})
  await openScreen({
    stdin,
    stdout,
    env: asLiked(context.env, taste),
    clock: context.clock,
    log,
    mode,
    name: helloOf('client').instance,
    keymap: keymapOf(tasteStore),
    arrangement: arrangementOf(layoutFor(taste, root)),
    onArranged: arrangement => remember(arrangement),
    background: taste.theme === 'dark' || taste.theme === 'light' ? taste.theme : undefined,
    daemon: () =>
      (readOnly ? readOnly.readOnlyDaemon(context, reading) : context.daemon()).catch(error => {
        if (isUsage(error)) hopeless.reject(error)
        throw error
      }),
    hopeless: hopeless.promise,
    setup: await firstStartChecks(context),
    host: () => (readOnly ? readOnly.readOnlyHost(context) : context.host()),
    ...(options.attachTo === undefined ? {} : {attachTo: options.attachTo}),
  })
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

function arrangementOf({lists, agents_abreast: abreast}: LayoutTaste): Arrangement {
  return {lists: lists ?? null, abreast: abreast ?? null}
}

function layoutTasteOf({lists, abreast}: Arrangement): LayoutTaste {
  return {...(lists === null ? {} : {lists}), ...(abreast === null ? {} : {agents_abreast: abreast})}
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
