import type {Clock} from '../base/clock.ts'
import type {Log} from '../base/log.ts'
import type {DaemonApi, DaemonTopics} from '../protocol/daemon.ts'
import type {Hello} from '../protocol/hello.ts'
import {ensureHost} from '../rpc/ensure.ts'
import {connectHost} from '../rpc/host-gateway.ts'
import type {ProcessLock} from '../rpc/lock.ts'
import {serve} from '../rpc/serve.ts'
import {broadcastState} from './broadcast.ts'
import {modeOf, openWorld} from './compose.ts'
import {hostEnvironment, type Surrounding} from './place.ts'
import {openServices} from './services.ts'

/** Serves until the signal is aborted or somebody asks for the end. Agents are not touched by that. */
export async function runDaemon(options: {
  surrounding: Surrounding
  env: NodeJS.ProcessEnv
  clock: Clock
  log: Log
  lock: ProcessLock
  hello: Hello
  hostEntry: {node: string; entry: string}
  hubWorker: string
  signal: AbortSignal
}): Promise<void> {
  const {surrounding, env, clock, log, lock, hello} = options
  const ended = Promise.withResolvers<void>()
  options.signal.addEventListener('abort', () => ended.resolve(), {once: true})

  const whole = hostEnvironment(env, surrounding.config.observability.otlp_endpoint)
  const open = () => ensureHost({paths: surrounding.paths, hello, host: options.hostEntry, env: whole, clock})
  await using host = await connectHost({open, log, clock})
  let entrusted = false
  const entrust = () => {
    entrusted = true
    const argv = [process.execPath, ...process.argv.slice(1)]
    const charge = {pid: process.pid, argv, cwd: surrounding.root, env: whole}
    host.supervise({...charge, log: surrounding.paths.daemon.log}).catch(error => log.warn('nobody keeps us', {error}))
  }
  // A host that came after the one that started us does not know us.
  using _kept = host.onState(state => state === 'connected' && entrust())
  await using opened = await openWorld({surrounding, host, env, clock, log, hubWorker: options.hubWorker})
  using services = await openServices(opened.world, {
    mode: modeOf(surrounding.config),
    shutdown: () => ended.resolve(),
  })
  await using server = await serve<DaemonApi, DaemonTopics>({
    path: surrounding.paths.daemon.socket,
    lock,
    hello,
    handlers: services.api,
    // A slow reader gets each slice's newest state once.
    coalesce: {state: (waiting, next) => ({...waiting, ...next})},
    log,
    clock,
  })

  using _telling = broadcastState({services, clock, send: changed => server.broadcast('state', changed)})
  services.onNotice(notice => server.broadcast('notice', notice))
  services.reconciler.start()
  log.info('daemon serves', {repository: opened.world.repository})
  await ended.promise
  // It is no parent of ours and cannot see that we end by our own wish.
  if (entrusted && host.state === 'connected') await host.release()
  log.info('daemon ends')
}
