import type {Log} from '../base/log.ts'
import type {Client, ClientOptions} from '../client/client.ts'
import {createFleet, type LeftFor, type RepositoryOptions} from '../client/fleet/fleet.ts'
import {tourBegins} from '../client/state/update.ts'
import {type Background, themeFor} from '../client/text/theme.ts'
import type {AgentId} from '../model/data/ids.ts'
import {attachFirst} from './attach-first.ts'
import {colorDepth} from './color.ts'
import {desktopOf} from './desktop.ts'
import {awaitFirstFrame} from './first-frame.ts'
import {showScreen} from './screen.ts'
import {startGuard} from './terminal-guard.ts'
import {sizeOf} from './terminal-io.ts'
import type {TerminalMode} from './terminal-mode.ts'

export type OpenScreenOptions = Pick<ClientOptions, 'clock' | 'log' | 'name' | 'keymap'> & {
  /** One, or several with a tab each; the first is shown. */
  repositories: readonly RepositoryOptions[]
  stdin: NodeJS.ReadStream & {fd: number}
  stdout: NodeJS.WriteStream & {fd: number}
  env: NodeJS.ProcessEnv
  /** The result of `splash`; it is disposed when the screen ends. */
  mode: TerminalMode
  /** The agent whose terminal has the keyboard from the start. */
  attachTo?: AgentId
  /** Shows somebody who is new here what happens and which key to try. */
  tour?: boolean
  /** The background that the person has configured; without it, the terminal is asked. */
  background?: Exclude<Background, 'unknown'> | undefined
  /** Rejects when the screen cannot be used any longer; it then ends and rejects with the same error. */
  hopeless?: Promise<never>
}

/**
 * Runs the screen from the splash to the key that leaves it. Resolves when the person leaves or the terminal closes, with
 * the errand if there is one; rejects if drawing fails. In every case the terminal is restored by then.
 */
export async function openScreen(options: OpenScreenOptions): Promise<LeftFor | null> {
  const {stdin, stdout, env, clock, log, mode} = options
  const left = Promise.withResolvers<LeftFor | null>()
  const leave = (errand?: LeftFor) => left.resolve(errand ?? null)
  using terminal = mode
  const guard = guardOf(options)
  terminal.onRestored = () => guard[Symbol.dispose]()
  terminal.grabInput(stdin)
  // The window was closed, or the connection to it broke.
  const gone = (error?: unknown) => {
    log.info('terminal is gone', {error})
    leave()
  }
  stdin.once('end', gone).on('error', gone)
  stdout.on('error', gone)
  const depth = colorDepth(env)
  // Panes must not send frames before there is a screen.
  const shown = Promise.withResolvers<void>()
  using client = createFleet({
    ...{clock, log, name: options.name, keymap: options.keymap},
    repositories: options.repositories.map(repository => ({
      ...repository,
      host: () => shown.promise.then(repository.host),
    })),
    desktop: desktopOf({stdout, env, log, suspend: () => terminal.suspend()}),
    size: sizeOf(stdout),
    onQuit: leave,
  })
  using _attaching = options.attachTo === undefined ? null : attachFirst(client.store, options.attachTo)
  if (options.tour) client.store.apply(tourBegins())
  // An earlier screen or question may have paused the input.
  stdin.resume()
  const asked = await awaitFirstFrame({
    stdin,
    stdout,
    clock,
    env,
    ask: asksTerminal(options),
    ready: firstState(client),
  })
  const {cols, rows} = sizeOf(stdout)
  client.resize(cols, rows)
  const themeOn = (background: Background) => themeFor(env, {depth, background})
  const theme = themeOn(options.background ?? asked.background)
  using screen = showScreen({stdin, stdout, env, clock, client, theme, asked, themeOn})
  shown.resolve()
  const repaint = () => screen.repaint()
  terminal.onContinued = repaint
  // Node reports no `resize` for a window that was dragged and got its size back, but the terminal has cut its content.
  process.on('SIGWINCH', repaint)
  try {
    const ended = screen.ended.then(() => null)
    return await Promise.race([left.promise, ended, ...(options.hopeless ? [options.hopeless] : [])])
  } finally {
    process.off('SIGWINCH', repaint)
    stdin.pause()
  }
}

/** Whether to ask the terminal: not if the answer changes nothing, nor on the Linux console, which is dark and cannot answer. */
function asksTerminal({env, background}: OpenScreenOptions): boolean {
  return background === undefined && colorDepth(env) !== 'none' && env.TERM !== 'linux'
}

/** Resolves when the daemon has sent its state. */
function firstState({store}: Client): Promise<void> {
  return new Promise(resolve => {
    const unsubscribe = store.subscribe(({header}) => {
      if (header === null) return
      unsubscribe()
      resolve()
    })
  })
}

function guardOf({stdin, stdout, env, log}: Pick<OpenScreenOptions, 'stdin' | 'stdout' | 'env'> & {log: Log}) {
  return startGuard({
    tty: {input: stdin.fd, output: stdout.fd},
    env: {PATH: env.PATH},
    onFailure: error => log.warn('no guard for the terminal', {error}),
  })
}
