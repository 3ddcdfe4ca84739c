import type {Clock} from '../base/clock.ts'
import type {Log} from '../base/log.ts'
import type {DaemonApi, DaemonTopics} from '../protocol/daemon.ts'
import type {Hello} from '../protocol/hello.ts'
import {connectHost} from '../rpc/host-gateway.ts'
import type {ProcessLock} from '../rpc/lock.ts'
import {serve} from '../rpc/serve.ts'
import {guardedApi} from './api/guard.ts'
import {broadcastState} from './broadcast.ts'
import {hostOpener, openServices} from './open.ts'
import type {Surrounding} from './place.ts'

/**
 * Serves clients until the signal is aborted or a client asks the daemon to end. Agents keep running. `again`: its folder
 * was removed, and a new daemon is to make it again with all that was open in it: database, logs, git's folders.
 */
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
}): Promise<{again: boolean}> {
  const {surrounding, env, clock, log, lock, hello} = options
  const ended = Promise.withResolvers<'wanted' | 'removed'>()
  const end = () => ended.resolve('wanted')
  options.signal.addEventListener('abort', end, {once: true})

  const opener = hostOpener({surrounding, hello, host: options.hostEntry, env, clock})
  await using host = await connectHost({open: opener.open, log, clock})
  let supervised = false
  const register = () => {
    supervised = true
    const argv = [process.execPath, ...process.argv.slice(1)]
    const {env: plain, secrets} = opener
    const log = surrounding.paths.daemon.log
    const charge = {pid: process.pid, argv, cwd: surrounding.root, env: plain, secrets, log}
    host.supervise(charge).catch(error => options.log.warn('could not register with the host supervisor', {error}))
  }
  // A host that replaces the one that started this daemon does not know it.
  using _registering = host.onState(state => state === 'connected' && register())
  await using opened = await openServices({
    surrounding,
    host,
    env,
    clock,
    log,
    hubWorker: options.hubWorker,
    shutdown: end,
  })
  const {services, world} = opened
  await using server = await serve<DaemonApi, DaemonTopics>({
    path: surrounding.paths.daemon.socket,
    lock,
    hello,
    handlers: guardedApi({apiFor: services.apiFor, state: () => services.engine.state()}),
    callers: {
      above: () => [process.pid, ...(host.pid === null ? [] : [host.pid])],
      sessions: () => Object.values(services.engine.state().tickets).map(({context}) => context.session),
    },
    // A slow reader gets the newest state of each slice once.
    coalesce: {state: (waiting, next) => ({...waiting, ...next})},
    onReplaced: end,
    onRemoved: () => ended.resolve('removed'),
    log,
    clock,
  })

  using _broadcast = broadcastState({services, clock, send: changed => server.broadcast('state', changed)})
  services.onNotice(notice => server.broadcast('notice', notice))
  services.reconciler.start()
  log.info('daemon started', {repository: world.repository})
  const again = (await ended.promise) === 'removed'
  // The host is not the parent process and cannot see that this end is wanted.
  if (!again && supervised && host.state === 'connected') await host.release()
  log.info('daemon stopped', {again})
  return {again}
}
