import {readFileSync} from 'node:fs'
import {join, resolve} from 'node:path'
import {type StageOptions, setStage} from '../../fixtures/demo/stage.ts'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {poll} from '../../src/base/clock.ts'
import {ClambakeError, isSystemError} from '../../src/base/errors.ts'
import {runtimePaths} from '../../src/base/paths.ts'
import {isAlive, run} from '../../src/base/run.ts'
import {type Hello, PROTOCOL_VERSION} from '../../src/protocol/hello.ts'
import {connect} from '../../src/rpc/connect.ts'
import {type App, openApp} from './driver/app.ts'
import type {Pids, Play} from './play.ts'
import {processesOf, signalIfAlive} from './processes.ts'
import {stateWhen} from './steps.ts'

export type {Play} from './play.ts'

const ROOT = resolve(import.meta.dirname, '../..')
export const PROGRAM = join(ROOT, 'dist/clambake.js')
const AGENT = join(ROOT, 'dist/demo-agent.js')
const {version} = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {version: string}
/** Processes that were asked to end do so within this time. */
const END_MS = 10_000

/** The demo's shop with the built program, ended to the last process afterwards. */
export async function openPlay(options: Partial<StageOptions> = {}): Promise<Play> {
  const folder = temporaryFolder('clambake-e2e-')
  // Removed with what a killed process left in it. A short path beside the other: it may hold sockets.
  const temporary = temporaryFolder('c-')
  const stage = await setStage({
    folder: folder.path,
    agent: [process.execPath, AGENT],
    pace: 30,
    routing: 'by hand',
    // Nothing departs by itself while a test looks.
    trainMinutes: 600,
    ...options,
    bundling: {leave_early: false, ...options.bundling},
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
  const json: Play['json'] = async (...args) => JSON.parse((await command([...args, '--json'])).stdout)
  const daemon: Play['daemon'] = () => connect({path: paths.daemon.socket, hello})
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
    json,
    async popped(issue) {
      const {exitCode, stderr} = await command(['pop', ...(issue === undefined ? [] : [String(issue)])])
      if (exitCode !== 0) throw new Error(`nothing was popped: ${stderr}`)
    },
    bottled: issue =>
      stateWhen({daemon}, ({tickets}) => tickets.some(({number, detail}) => number === issue && detail === 'bottled')),
    async landed(...issues) {
      const report = (await json('land')) as {merged?: number[]}
      if (report.merged?.join() !== issues.join()) {
        throw new Error(`not ${issues.join()} but this was landed: ${JSON.stringify(report, null, 1)}`)
      }
    },
    pids: () => pidsIn(stage.checkout),
    alsoIn: checkout => checkouts.push(checkout),
    daemon,
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

/** Ends the daemons, then their hosts with their agents; kills what is left, and gives it as `pid command`. */
async function endAll({pids, processes}: {pids: () => Pids[]} & Pick<Play, 'processes'>): Promise<string[]> {
  const told = new Set<number>()
  const gone = await poll(
    async () => {
      const running = pids()
      for (const {daemon, host} of running) {
        // A daemon that is about to end would start another host in place of an ended one.
        const next = daemon ?? host
        if (next !== null && !told.has(next)) signalIfAlive(next, 'SIGTERM')
        if (next !== null) told.add(next)
      }
      // The look at all processes of the machine is dear, and finds at least these two.
      if (running.some(({daemon, host}) => daemon !== null || host !== null)) return undefined
      return (await processes()).length === 0 ? true : undefined
    },
    {everyMs: 50, timeoutMs: END_MS},
  )
  const left = gone ? [] : await processes()
  for (const entry of left) signalIfAlive(Number.parseInt(entry, 10), 'SIGKILL')
  return left
}
