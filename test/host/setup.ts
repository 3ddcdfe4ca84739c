import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdtempSync, realpathSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {poll} from '../../src/base/clock.ts'
import {ClambakeError} from '../../src/base/errors.ts'
import {type RuntimePaths, runtimePaths} from '../../src/base/paths.ts'
import type {PaneSpec} from '../../src/model/data/pane.ts'
import {type Hello, PROTOCOL_VERSION} from '../../src/protocol/hello.ts'
import type {HostApi, HostTopics} from '../../src/protocol/host-api.ts'
import {type Connection, connect} from '../../src/rpc/connect.ts'
import {COMPILED} from '../compiled.ts'

export type HostConnection = Connection<HostApi, HostTopics>

export const PATH = process.env.PATH ?? '/usr/bin:/bin'

const ENTRY = resolve(import.meta.dirname, '../../src/host/main.ts')

export const hello = (role: Hello['role']): Hello => ({
  protocol: PROTOCOL_VERSION,
  version: 'test',
  role,
  pid: process.pid,
  instance: crypto.randomUUID(),
})

/** A folder with a host in it that runs from the sources; disposing ends all and looks that nothing stays. */
export class HostStage implements AsyncDisposable {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'host-')))
  readonly paths: RuntimePaths
  readonly #connections: HostConnection[] = []
  process: ChildProcess | undefined

  constructor() {
    this.paths = runtimePaths({env: {CLAMBAKE_STATE_DIR: join(this.folder, 's')}, commonDir: this.folder, version: '1'})
  }

  async start(): Promise<void> {
    const {socket, lock, info, log} = this.paths.host
    this.process = spawn(process.execPath, [ENTRY, '--socket', socket, '--lock', lock, '--info', info, '--log', log], {
      env: {...COMPILED, PATH, HOST_SECRET: 'not for panes', CLAMBAKE_SESSION: 'of-the-host'},
      cwd: this.folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    this.process.stderr?.on('data', chunk => {
      this.log += chunk
    })
    await (await this.connect())[Symbol.asyncDispose]()
  }

  log = ''

  async connect(role: Hello['role'] = 'daemon'): Promise<HostConnection> {
    const connection = await poll(
      () =>
        connect<HostApi, HostTopics>({path: this.paths.host.socket, hello: hello(role)}).catch(error => {
          if (error instanceof ClambakeError && error.code === 'not-running') return undefined
          throw error
        }),
      {everyMs: 20, timeoutMs: 20_000},
    )
    if (!connection) throw new Error(`the host did not start: ${this.log}`)
    this.#connections.push(connection)
    return connection
  }

  /** Ends the host as a person would, or as the worst of all does. */
  async end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const child = this.process
    this.process = undefined
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const exit = once(child, 'exit')
    child.kill(signal)
    await exit
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const connection of this.#connections) await connection[Symbol.asyncDispose]()
    await this.end()
    rmSync(this.folder, {recursive: true, force: true})
  }
}

/** A pane that runs a shell script; its session is its own. */
export function shellPane(stage: HostStage, script: string, change: Partial<PaneSpec> = {}): PaneSpec {
  const pane = change.pane ?? `pane-${crypto.randomUUID()}`
  return {
    pane,
    title: 'agent001',
    command: ['sh', '-c', script],
    cwd: stage.folder,
    env: {PATH, HOME: stage.folder},
    cols: 80,
    rows: 24,
    session: `session-${crypto.randomUUID()}`,
    meta: {ticket: '7'},
    ...change,
  }
}
