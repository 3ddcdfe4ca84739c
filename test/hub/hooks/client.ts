import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdirSync} from 'node:fs'
import {join} from 'node:path'
import {createInterface} from 'node:readline'
import {type HookPaths, hookPaths, placePaths} from '../../../src/hub/hooks/folder.ts'
import {readGuard} from '../../../src/hub/hooks/guard.ts'
import {installScript} from '../../../src/hub/hooks/install.ts'
import {type HookEvent, hookCommand, type Program} from '../../../src/hub/hooks/script.ts'
import type {HubPlace} from '../../../src/hub/place.ts'

export type Answer = {out: string; ms: number; json: Record<string, never> | null}

/** A client of a project that a person started, with our hooks. */
export type TestClient = AsyncDisposable & {
  readonly pid: number
  readonly folder: string
  hook(event: HookEvent, input?: object): Promise<Answer>
  /** Runs any shell command as a hook is run; gives how long it took. */
  time(command: string, input: object): Promise<number>
  kill(): Promise<void>
}

export type Machine = AsyncDisposable & {
  readonly paths: HookPaths
  readonly place: HubPlace
  readonly env: NodeJS.ProcessEnv
  client(project: string): Promise<TestClient>
  /** The process that watches the hub now; null: none does. */
  watcher(): number | null
}

/** A user's own state folder, with the hooks in it; all that runs there is ended with it. */
export function hookMachine(options: {
  folder: string
  program: Program
  env?: NodeJS.ProcessEnv
  place?: HubPlace
}): Machine {
  const state = join(options.folder, 'state')
  const paths = hookPaths(state)
  installScript(paths, options.program)
  const place = options.place ?? ({kind: 'file', file: join(state, 'hub.db')} as const)
  const env = {
    PATH: process.env.PATH,
    HOME: options.folder,
    CLAMBAKE_STATE_DIR: state,
    ...(place.kind === 'postgres' && {CLAMBAKE_DATABASE_URL: place.url}),
    ...options.env,
  }
  const clients: TestClient[] = []
  const watcher = () => {
    const pid = readGuard(placePaths(paths, place).guard)?.pid ?? null
    return pid !== null && isRunning(pid) ? pid : null
  }
  return {
    paths,
    place,
    env,
    watcher,
    async client(project) {
      const client = await startClient({paths, env, folder: join(options.folder, project)})
      clients.push(client)
      return client
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(clients.map(client => client.kill()))
      const pid = watcher()
      if (pid !== null) process.kill(pid, 'SIGKILL')
    },
  }
}

async function startClient(options: {paths: HookPaths; env: NodeJS.ProcessEnv; folder: string}): Promise<TestClient> {
  const {paths, env, folder} = options
  mkdirSync(folder, {recursive: true})
  const child = spawn(process.execPath, [join(import.meta.dirname, 'client-main.ts')], {
    env,
    cwd: folder,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  await once(child, 'spawn')
  const lines = createInterface({input: child.stdout})[Symbol.asyncIterator]()
  async function kill(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  async function run(command: string, input: object) {
    child.stdin.write(`${JSON.stringify({command, input: JSON.stringify(input)})}\n`)
    const {value} = await lines.next()
    return JSON.parse(value ?? '') as {out: string; err: string; code: number; ms: number}
  }

  return {
    pid: child.pid!,
    folder,
    async hook(event, input = {}) {
      const given = {session_id: `s-${child.pid}`, cwd: folder, hook_event_name: event, ...input}
      const {out, err, code, ms} = await run(hookCommand(paths.script, event), given)
      if (code !== 0 || err !== '') throw new Error(`the hook ${event} ended with ${code}: ${err}`)
      return {out, ms, json: out === '' ? null : JSON.parse(out)}
    },
    time: async (command, input) => (await run(command, input)).ms,
    kill,
    [Symbol.asyncDispose]: kill,
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
