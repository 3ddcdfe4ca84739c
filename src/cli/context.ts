import {fileURLToPath} from 'node:url'
import type {Command} from 'commander'
import {type Clock, systemClock} from '../base/clock.ts'
import {ClambakeError, EXIT, type ExitCode, hasCode} from '../base/errors.ts'
import {asciiText, hasUnicode} from '../base/locale.ts'
import {silentLog} from '../base/log.ts'
import type {ProcessPaths} from '../base/paths.ts'
import {safeJson, safeOutput} from '../base/text.ts'
import {SHAPE, VERSION} from '../base/version.ts'
import type {Place, Surrounding} from '../daemon/place.ts'
import type {Coordination} from '../hub/coordination.ts'
import type {DaemonApi, DaemonTopics} from '../protocol/daemon.ts'
import {type Hello, isOtherBuild, PROTOCOL_VERSION} from '../protocol/hello.ts'
import type {HostApi, HostTopics} from '../protocol/host-api.ts'
import type {Api, Topics} from '../protocol/rpc-message.ts'
import type {Elsewhere} from '../rpc/clone-lock.ts'
import type {Connection} from '../rpc/connect.ts'
import type {Telemetry} from '../telemetry/telemetry.ts'
import type {TerminalMode} from '../tui/terminal-mode.ts'
import {folderFromHere} from './current-folder.ts'

export type DaemonConnection = Connection<DaemonApi, DaemonTopics>
export type HostConnection = Connection<HostApi, HostTopics>

/** Makes the program with all its commands, to run in this folder and environment; default: the process's own. */
export type CreateProgram = (where?: {cwd: string; env: NodeJS.ProcessEnv}) => Command

/** What a command works with. Disposing closes what it opened. */
export type CommandContext = AsyncDisposable & {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  readonly clock: Clock
  readonly json: boolean
  /** Input and output are a terminal, so the person can be asked. */
  readonly interactive: boolean
  /** Connects to the daemon; starts it if none runs. */
  daemon(): Promise<DaemonConnection>
  /** Connects to the running daemon; undefined: none runs. */
  runningDaemon(): Promise<DaemonConnection | undefined>
  /** Of an error that comes from a daemon of another build, what to do about it; others as they are. */
  explained(error: unknown): Promise<unknown>
  /** Process id of the `--once` that runs in the daemon's place; undefined: none. */
  runningPass(): Promise<number | undefined>
  /** The daemon of this clone that has its state in another folder; undefined: none. */
  daemonElsewhere(): Promise<Elsewhere | undefined>
  /** Connects to the terminal host; starts it if none runs. */
  host(): Promise<HostConnection>
  /** Connects to the running terminal host; undefined: none runs. */
  runningHost(): Promise<HostConnection | undefined>
  /** Where the repository is. Reads no configuration, so that `daemon stop` works with a broken one. */
  place(): Promise<Place>
  surrounding(): Promise<Surrounding>
  /** Opens the hub, as the repository's configuration or the environment names it; works outside of repositories too. */
  hub(): Promise<Coordination>
  /** The same for who opens and closes it again and again. */
  openHub(): Promise<Coordination & AsyncDisposable>
  /** The terminal as the splash set it up; undefined: no splash was painted. */
  readonly mode: TerminalMode | undefined
  readonly createProgram: CreateProgram
  /** Runs a whole command as one trace, which includes its calls to other processes. */
  traced<T>(name: string, task: () => Promise<T>): Promise<T>
  /** Prints the result as JSON with `--json`, else as text. */
  print(result: unknown, text: () => string): void
  /** Prints a line for people while they wait; prints nothing with `--json`. */
  say(line: string): void
  /** Asks the person; false without a terminal and with `--json`. Throws `interrupted` at Ctrl-C. */
  confirm(question: string): Promise<boolean>
  setExit(code: ExitCode): void
}

/** A file beside the program in its bundle. */
export function builtFile(
  name: 'clambake.js' | 'daemon.js' | 'host.js' | 'hub-worker.js' | 'starter.js' | 'demo-agent.js',
): string {
  return fileURLToPath(new URL(`./${name}`, import.meta.url))
}

export function helloOf(role: Hello['role']): Hello {
  return {
    protocol: PROTOCOL_VERSION,
    version: VERSION,
    shape: SHAPE,
    role,
    pid: process.pid,
    instance: crypto.randomUUID(),
  }
}

/** Opens what a command works with. Connections are made when they are first asked for, and end with the context. */
export function openContext(options: {
  json: boolean
  cwd?: string
  env?: NodeJS.ProcessEnv
  role?: Hello['role']
  mode?: TerminalMode | undefined
  createProgram: CreateProgram
}): CommandContext {
  const {json, cwd = folderFromHere(), env = process.env, role = 'command'} = options
  const stack = new AsyncDisposableStack()
  const hello = helloOf(role)
  /** A daemon of another build that was asked. */
  let other: Hello | undefined
  /** Into a pipe or a file, characters are written as they are. */
  const written = (text: string) => {
    if (process.stdout.isTTY !== true) return text
    const safe = safeOutput(text)
    return hasUnicode(env) ? safe : asciiText(safe)
  }
  const interactive = process.stdin.isTTY === true && process.stdout.isTTY === true
  let found: Promise<Place> | undefined
  const reach = () => import('./connections.ts')
  const place = () => {
    found ??= reach()
      .then(({placeOf}) => placeOf({cwd, env}))
      .catch(error => {
        // A screen that stays open tries again: the repository may be created meanwhile.
        found = undefined
        throw error
      })
    return found
  }
  const surrounding = async () => (await reach()).surroundingsOf(await place(), env)

  /** The configuration; null outside of a repository, and when it is unreadable. */
  async function readConfig(): Promise<Surrounding['config'] | null> {
    try {
      return (await surrounding()).config
    } catch (error) {
      if (error instanceof ClambakeError) return null
      throw error
    }
  }

  let telemetry: Promise<Telemetry> | undefined
  function openTelemetry(): Promise<Telemetry> {
    telemetry ??= (async () => {
      const {startTelemetry} = await reach()
      const endpoint = (await readConfig())?.observability.otlp_endpoint ?? null
      return startTelemetry({service: 'clambake', version: VERSION, endpoint, log: silentLog})
    })()
    return telemetry
  }
  stack.defer(async () => (await telemetry)?.shutdown())

  /** The screen draws all of a daemon's state, so it wants one of its own build; a command finds out what it gets. */
  async function checkBuild({peer}: DaemonConnection): Promise<void> {
    if (!isOtherBuild(hello, peer)) return
    other = peer
    // One that names no build is tried: it may send all that is drawn.
    if (role === 'client' && peer.shape !== undefined) throw (await import('../rpc/parse.ts')).otherBuild(peer)
  }

  /** Makes each call a span, so that the other process's spans become its children. */
  async function tracedCalls<A extends Api, T extends Topics>(connection: Connection<A, T>): Promise<Connection<A, T>> {
    const {span} = await openTelemetry()
    return {...connection, call: (method, ...rest) => span(method, () => connection.call(method, ...rest))}
  }

  async function start() {
    const {root, paths} = await place()
    const {hostEnvironment} = await reach()
    return {
      paths,
      hello,
      cwd: root,
      ...hostEnvironment(env, await readConfig()),
      host: {node: process.execPath, entry: builtFile('host.js')},
      daemon: {node: process.execPath, entry: builtFile('daemon.js'), args: []},
    }
  }

  /** Connects to the process at a socket; undefined: none answers. */
  async function running<A extends Api, T extends Topics>({
    socket,
    info,
  }: ProcessPaths): Promise<Connection<A, T> | undefined> {
    const {connect} = await reach()
    try {
      return await connect<A, T>({path: socket, info, hello})
    } catch (error) {
      if (hasCode(error, 'not-running')) return undefined
      throw error
    }
  }

  async function runningDaemon(): Promise<DaemonConnection | undefined> {
    const connection = await running<DaemonApi, DaemonTopics>((await place()).paths.daemon)
    if (connection) await checkBuild(stack.use(connection))
    return connection && tracedCalls(connection)
  }

  async function openHub(): Promise<Coordination & AsyncDisposable> {
    const [{openDirectHub}, {rebuiltText}, {safeLine}, {hubHere}, {refuseOff}] = await Promise.all([
      import('../hub/direct.ts'),
      import('../hub/trouble.ts'),
      import('../base/text.ts'),
      import('./hub/place.ts'),
      import('./hub/off.ts'),
    ])
    await refuseOff({env, place})
    // What was held and reserved is gone with it, so people and sessions have to know.
    const onRebuilt = (aside: string) => process.stderr.write(`clambake: ${safeLine(rebuiltText(aside))}\n`)
    return openDirectHub({...(await hubHere({env, surrounding})), clock: systemClock, onRebuilt})
  }

  return {
    cwd,
    env,
    clock: systemClock,
    json,
    interactive,
    place,
    surrounding,
    hub: async () => stack.use(await openHub()),
    openHub,
    mode: options.mode,
    createProgram: options.createProgram,
    async daemon() {
      const present = await runningDaemon()
      if (present) return present
      // Reports a wrong configuration at once, before a daemon fails to start with it.
      await surrounding()
      const {ensureDaemon} = await reach()
      const connection = stack.use(await ensureDaemon(await start()))
      await checkBuild(connection)
      return tracedCalls(connection)
    },
    runningDaemon,
    explained: async error =>
      other === undefined ? error : (await import('../rpc/parse.ts')).explainedBy(other, error),
    runningPass: async () => (await reach()).runningPass((await place()).paths)?.pid,
    async daemonElsewhere() {
      const {commonDir, paths} = await place()
      return (await reach()).daemonElsewhere(commonDir, paths.state)
    },
    host: async () => stack.use(await (await reach()).ensureHost(await start())),
    async runningHost() {
      const connection = await running<HostApi, HostTopics>((await place()).paths.host)
      return connection && stack.use(connection)
    },
    traced: async (name, task) => (await openTelemetry()).span(`clambake ${name}`, task),
    print(result, text) {
      const out = json ? safeJson(result, process.stdout.isTTY ? 2 : 0) : text()
      if (out !== '') process.stdout.write(`${json ? out : written(out)}\n`)
    },
    say(line) {
      if (!json) process.stdout.write(`${written(line)}\n`)
    },
    async confirm(question) {
      if (json || !interactive) return false
      const {askPerson} = await import('./confirm.ts')
      return askPerson(yes => yes(question), {next: 'run the command again to be asked again'})
    },
    setExit(code) {
      if (code !== EXIT.good) process.exitCode = code
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}
