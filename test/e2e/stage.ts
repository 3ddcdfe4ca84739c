import {readFileSync} from 'node:fs'
import {join, resolve} from 'node:path'
import {type Stage, type StageOptions, setStage} from '../../fixtures/demo/stage.ts'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {poll} from '../../src/base/clock.ts'
import {ClambakeError, isSystemError} from '../../src/base/errors.ts'
import {runtimePaths} from '../../src/base/paths.ts'
import {isAlive, type RunResult, run} from '../../src/base/run.ts'
import type {DaemonApi, DaemonTopics} from '../../src/protocol/daemon.ts'
import {type Hello, PROTOCOL_VERSION} from '../../src/protocol/hello.ts'
import type {HostApi, HostTopics} from '../../src/protocol/host-api.ts'
import {type Connection, connect} from '../../src/rpc/connect.ts'
import {type App, type AppOptions, openApp} from './driver/app.ts'
import {processesOf, signalIfAlive} from './processes.ts'

const ROOT = resolve(import.meta.dirname, '../..')
export const PROGRAM = join(ROOT, 'dist/clambake.js')
const AGENT = join(ROOT, 'dist/demo-agent.js')
const {version} = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {version: string}
/** Processes that were told to end do so within this time. */
const END_MS = 10_000

type Pids = {daemon: number | null; host: number | null}

export type Play = AsyncDisposable &
  Stage & {
    /** The play's own folder: home, state, clones. */
    folder: string
    /** The screen, or a command with its arguments, in a real terminal. */
    open(
      options?: Partial<Pick<AppOptions, 'args' | 'cols' | 'rows' | 'background'>> & {env?: Record<string, string>},
    ): App
    /** A command without a terminal; any exit code is an answer. `cwd`: another clone. */
    command(args: readonly string[], env?: Record<string, string>, cwd?: string): Promise<RunResult>
    /** A command that is ended by a signal; throws when it is not. */
    dies(args: readonly string[], env: Record<string, string>): Promise<NodeJS.Signals>
    /** The command's `--json`, parsed. */
    json(...args: string[]): Promise<unknown>
    /** Process ids of the daemon and the host as they say themselves; null: not running. */
    pids(): Pids
    /** A further clone, whose processes are ended with those of the play's own. */
    alsoIn(checkout: string): void
    /** Connections to the processes as they run, without starting any. Rejects with `not-running`. */
    daemon(): Promise<Connection<DaemonApi, DaemonTopics>>
    host(): Promise<Connection<HostApi, HostTopics>>
    /** Everything of this play that runs, as `pid command`. */
    processes(): Promise<string[]>
  }

/** The demo's shop with the built program, ended to the last process afterwards. */
export async function openPlay(options: Partial<StageOptions> = {}): Promise<Play> {
  const folder = temporaryFolder('clambake-e2e-')
  // What a killed process left there goes with it. Short and beside the other: sockets may be in it.
  const temporary = temporaryFolder('c-')
  const stage = await setStage({
    folder: folder.path,
    agent: [process.execPath, AGENT],
    pace: 30,
    routing: 'by hand',
    // Nothing departs by itself while a test looks.
    trainMinutes: 600,
    ...options,
    env: {TMPDIR: temporary.path, ...options.env},
  })
  const pathsIn = (checkout: string) => runtimePaths({env: stage.env, commonDir: join(checkout, '.git'), version})
  const paths = pathsIn(stage.checkout)
  const checkouts = [stage.checkout]
  const hello: Hello = {protocol: PROTOCOL_VERSION, version, role: 'client', pid: process.pid, instance: 'a test'}
  const apps: App[] = []
  const pidIn = (file: string): number | null => {
    try {
      const {pid} = JSON.parse(readFileSync(file, 'utf8')) as {pid: number}
      return isAlive(pid) ? pid : null
    } catch (error) {
      if (isSystemError(error, 'ENOENT')) return null
      throw error
    }
  }
  const pidsIn = (checkout: string): Pids => {
    const {daemon, host} = pathsIn(checkout)
    return {daemon: pidIn(daemon.info), host: pidIn(host.info)}
  }
  const command: Play['command'] = (args, env = {}, cwd = stage.checkout) =>
    run(process.execPath, {
      args: [PROGRAM, ...args],
      cwd,
      env: {...stage.env, ...env},
      accept: [0, 1, 2],
      timeoutMs: 120_000,
    })
  return {
    ...stage,
    folder: folder.path,
    open({args = [], env = {}, ...size} = {}) {
      const app = openApp({
        command: process.execPath,
        args: [PROGRAM, ...args],
        cwd: stage.checkout,
        env: {...stage.env, ...env},
        ...size,
      })
      apps.push(app)
      return app
    },
    command,
    async dies(args, env) {
      try {
        const {stdout, stderr} = await command(args, env)
        throw new Error(`clambake ${args.join(' ')} lived on and said: ${stdout}${stderr}`)
      } catch (error) {
        const signal = error instanceof ClambakeError && (error.cause as {signal?: NodeJS.Signals}).signal
        if (signal) return signal
        throw error
      }
    },
    async json(...args) {
      const {stdout} = await command([...args, '--json'])
      return JSON.parse(stdout)
    },
    pids: () => pidsIn(stage.checkout),
    alsoIn: checkout => checkouts.push(checkout),
    daemon: () => connect({path: paths.daemon.socket, hello}),
    host: () => connect({path: paths.host.socket, hello}),
    processes: () => processesOf(folder.path),
    async [Symbol.asyncDispose]() {
      for (const app of apps) await app[Symbol.asyncDispose]()
      const left = await endAll({pids: () => checkouts.map(pidsIn), processes: () => processesOf(folder.path)})
      await stage[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
      await temporary[Symbol.asyncDispose]()
      if (left.length > 0) throw new Error(`processes were left behind:\n${left.join('\n')}`)
    },
  }
}

/** Ends the daemons, then their hosts with their agents; what is there after that is killed and given as `pid command`. */
async function endAll({pids, processes}: {pids: () => Pids[]} & Pick<Play, 'processes'>): Promise<string[]> {
  const told = new Set<number>()
  const gone = await poll(
    async () => {
      for (const {daemon, host} of pids()) {
        // Without its host a daemon that is about to end would bring another one.
        const next = daemon ?? host
        if (next !== null && !told.has(next)) signalIfAlive(next, 'SIGTERM')
        if (next !== null) told.add(next)
      }
      return (await processes()).length === 0 ? true : undefined
    },
    {everyMs: 50, timeoutMs: END_MS},
  )
  const left = gone ? [] : await processes()
  for (const entry of left) signalIfAlive(Number.parseInt(entry, 10), 'SIGKILL')
  return left
}
