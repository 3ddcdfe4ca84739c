import type {Log} from '../base/log.ts'
import type {Client, ClientOptions} from '../client/client.ts'
import {createFleet, type LeftFor, type RepositoryOptions} from '../client/fleet/fleet.ts'
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
  /** What `splash` gave; it is disposed when the screen ends. */
  mode: TerminalMode
  /** The agent whose terminal has the keyboard from the start. */
  attachTo?: AgentId
  /** What the person says their terminal writes on; the terminal is asked if they do not. */
  background?: Exclude<Background, 'unknown'> | undefined
  /** Rejects when there is no use in going on; the screen ends and rejects with it. */
  hopeless?: Promise<never>
}

/**
 * The whole screen program, from the splash to the key that leaves. Resolves when the person leaves or the terminal is
 * gone, with the errand if it is left for one; rejects when drawing fails. The terminal has been given back by then, in
 * every case.
 */
export async function openScreen(options: OpenScreenOptions): Promise<LeftFor | null> {
  const {stdin, stdout, env, clock, log, mode} = options
  const left = Promise.withResolvers<LeftFor | null>()
  const leave = (errand?: LeftFor) => left.resolve(errand ?? null)
  using terminal = mode
  const guard = guardOf(options)
  terminal.onRestored = () => guard[Symbol.dispose]()
  terminal.grabInput(stdin)
  // The window was closed, or the connection to it broke: there is nobody left to draw for.
  const gone = (error?: unknown) => {
    log.info('terminal is gone', {error})
    leave()
  }
  stdin.once('end', gone).on('error', gone)
  stdout.on('error', gone)
  const depth = colorDepth(env)
  // The first frames of panes must find a screen.
  const shown = Promise.withResolvers<void>()
  using client = createFleet({
    ...{clock, log, name: options.name, keymap: options.keymap},
    repositories: options.repositories.map(repository => ({
      ...repository,
      host: () => shown.promise.then(repository.host),
    })),
    desktop: desktopOf({stdout, env, log}),
    size: sizeOf(stdout),
    onQuit: leave,
  })
  using _attaching = options.attachTo === undefined ? null : attachFirst(client.store, options.attachTo)
  // A screen or a question that was here before has let go of it.
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
  const background = options.background ?? asked.background
  using screen = showScreen({stdin, stdout, env, clock, client, theme: themeFor(env, {depth, background}), asked})
  shown.resolve()
  const repaint = () => screen.repaint()
  terminal.onContinued = repaint
  // A window that was dragged and came back to its size is no `resize` for Node, but the terminal cut what it showed.
  process.on('SIGWINCH', repaint)
  try {
    const ended = screen.ended.then(() => null)
    return await Promise.race([left.promise, ended, ...(options.hopeless ? [options.hopeless] : [])])
  } finally {
    process.off('SIGWINCH', repaint)
    stdin.pause()
  }
}

/** Not where the answer changes nothing, nor on the Linux console, which does not know the question and is dark. */
function asksTerminal({env, background}: OpenScreenOptions): boolean {
  return background === undefined && colorDepth(env) !== 'none' && env.TERM !== 'linux'
}

/** Resolves when the daemon has told what it knows. */
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
