import {readFileSync} from 'node:fs'
import {mkdir, writeFile} from 'node:fs/promises'
import {join, resolve} from 'node:path'
import {sealedEnv} from '../../fixtures/repos/env.ts'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {silentLog} from '../../src/base/log.ts'
import {ensurePrivateFolder, runtimePaths} from '../../src/base/paths.ts'
import {run} from '../../src/base/run.ts'
import type {DaemonApi, DaemonState, DaemonTopics} from '../../src/protocol/daemon.ts'
import {type Hello, PROTOCOL_VERSION} from '../../src/protocol/hello.ts'
import type {HostApi, HostTopics} from '../../src/protocol/host-api.ts'
import type {Connection} from '../../src/rpc/connect.ts'
import {ensureHost} from '../../src/rpc/ensure.ts'
import {acquireProcessLock} from '../../src/rpc/lock.ts'
import {serve} from '../../src/rpc/serve.ts'
import {OuterTerminal} from './outer.ts'

const DIST = resolve(import.meta.dirname, '../../dist')
const PROGRAM = join(DIST, 'clambake.js')
const {version} = JSON.parse(readFileSync(resolve(DIST, '../package.json'), 'utf8')) as {version: string}

export type Size = {cols: number; rows: number}

/** A repository with the real terminal host, and a daemon that knows only what the benchmark tells it. */
export type Stage = AsyncDisposable & {
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
  readonly host: Connection<HostApi, HostTopics>
  /** Changes slices of the daemon's state and sends them to every connected client. */
  tell(change: Partial<DaemonState>): void
  /** Starts the program of a pane. */
  spawn(pane: string, command: readonly [string, ...string[]]): Promise<void>
  /** The command line of the built program. */
  program(...args: readonly string[]): readonly [string, ...string[]]
  /** The built program's screen. */
  open(size: Size): OuterTerminal
}

/** Everything is in one temporary folder and ends with the stage. */
export async function openStage(state: DaemonState): Promise<Stage> {
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(temporaryFolder('clambake-bench-')).path
  const env = sealedEnv(folder, {CLAMBAKE_STATE_DIR: join(folder, 'state')})
  const checkout = join(folder, 'shop')
  await mkdir(checkout)
  await run('git', {args: ['init', '--quiet', '--initial-branch=main', checkout], env})
  const paths = runtimePaths({env, commonDir: join(checkout, '.git'), version})
  ensurePrivateFolder(paths.folder)
  // Only the first start in a repository explains itself; people wait for all the others.
  await writeFile(join(paths.folder, 'seen'), '')

  const host = await ensureHost({
    paths,
    hello: hello('daemon'),
    host: {node: process.execPath, entry: join(DIST, 'host.js')},
    env,
  })
  stack.defer(async () => {
    await host.call('host.shutdown', {force: true})
    await host.closed
  })

  let known = state
  const lock = acquireProcessLock({
    paths: paths.daemon,
    info: {pid: process.pid, version, cwd: checkout, startedAt: Date.now()},
  })
  if ('heldBy' in lock) throw new Error('a new folder has a daemon already')
  stack.use(lock)
  const daemon = stack.use(
    await serve<Pick<DaemonApi, 'state'>, DaemonTopics>({
      path: paths.daemon.socket,
      lock,
      hello: hello('daemon'),
      handlers: {state: () => known},
      log: silentLog,
    }),
  )

  const program: Stage['program'] = (...args) => [process.execPath, PROGRAM, ...args]
  const disposables = stack.move()
  return {
    folder: checkout,
    env,
    host,
    tell(change) {
      known = {...known, ...change}
      daemon.broadcast('state', change)
    },
    async spawn(pane, command) {
      const session = `bench-${process.pid}-${pane}`
      await host.call('pane.spawn', {
        pane,
        title: pane,
        command,
        cwd: checkout,
        env: {...env},
        cols: 80,
        rows: 24,
        session,
        meta: {},
      })
    },
    program,
    open: size => new OuterTerminal({command: program(), cwd: checkout, env, ...size}),
    [Symbol.asyncDispose]: () => disposables.disposeAsync(),
  }
}

function hello(role: Hello['role']): Hello {
  return {protocol: PROTOCOL_VERSION, version, role, pid: process.pid, instance: crypto.randomUUID()}
}
