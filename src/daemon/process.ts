import {fileURLToPath} from 'node:url'
import {systemClock} from '../base/clock.ts'
import {takeProxy} from '../base/environment/proxy.ts'
import {EXIT, toErrorData} from '../base/errors.ts'
import {runThrough} from '../base/run.ts'
import {createStarter} from '../base/starter.ts'
import {SHAPE, VERSION} from '../base/version.ts'
import {PROTOCOL_VERSION} from '../protocol/hello.ts'
import {lockClone} from '../rpc/clone-lock.ts'
import {writeFailure} from '../rpc/failure.ts'
import {acquireProcessLock} from '../rpc/lock.ts'
import {takeSecrets} from '../rpc/secrets.ts'
import {createLog} from '../telemetry/log.ts'
import {placeOf, type Surrounding, surroundingsOf} from './place.ts'
import {runDaemon} from './run.ts'

/** Runs the daemon in this process, which works in the repository's root, and ends the process with it. */
export async function runDaemonProcess(): Promise<never> {
  let again = false
  try {
    again = await main()
  } catch (error) {
    // stderr is the daemon's log file; a process that waits for the daemon reads what `writeFailure` wrote.
    const {message, kept, next, exitCode} = toErrorData(error)
    console.error([message, kept && `kept: ${kept}`, next && `next: ${next}`].filter(Boolean).join('\n'))
    process.exit(exitCode)
  }
  // The host starts it again after a failure alone.
  process.exit(again ? EXIT.needsHuman : EXIT.good)
}

/** Gives whether the daemon is to be started again. */
async function main(): Promise<boolean> {
  const env = {...process.env, ...takeSecrets()}
  await takeProxy(env)
  const place = await placeOf({cwd: process.cwd(), env})
  try {
    return await work(await surroundingsOf(place, env), env)
  } catch (error) {
    writeFailure(place.paths.daemon.failure, toErrorData(error))
    throw error
  }
}

async function work(surrounding: Surrounding, env: NodeJS.ProcessEnv): Promise<boolean> {
  const {paths} = surrounding
  using log = createLog({file: `${paths.folder}/daemon.jsonl`, level: 'info', fields: {pid: process.pid}})
  const info = {pid: process.pid, version: VERSION, cwd: surrounding.root, startedAt: Date.now()}
  const lock = acquireProcessLock({paths: paths.daemon, info})
  // Another daemon was faster; callers find that one.
  if ('heldBy' in lock) return false
  using _lock = lock
  using _clone = lockClone({commonDir: surrounding.commonDir, state: paths.state, info, log})
  const stop = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort())
  const here = (file: string) => fileURLToPath(new URL(file, import.meta.url))
  await using starter = createStarter({entry: here('./starter.js'), label: surrounding.root})
  using _through = runThrough(starter)
  const {again} = await runDaemon({
    surrounding,
    env,
    clock: systemClock,
    log,
    lock,
    hello: {
      protocol: PROTOCOL_VERSION,
      version: VERSION,
      shape: SHAPE,
      role: 'daemon',
      pid: process.pid,
      instance: crypto.randomUUID(),
    },
    hostEntry: {node: process.execPath, entry: here('./host.js')},
    hubWorker: here('./hub-worker.js'),
    signal: stop.signal,
  })
  return again
}
