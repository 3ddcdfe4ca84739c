import {silentLog} from '../base/log.ts'
import type {DaemonLink, HostLink} from '../client/connection/links.ts'
import {openServices} from '../daemon/open.ts'
import {READING_METHODS, readOnlyError} from '../daemon/read-only.ts'
import type {Services} from '../daemon/services.ts'
import type {DaemonApi, DaemonTopics, PassReport} from '../protocol/daemon.ts'
import type {HostApi} from '../protocol/host-api.ts'
import {connectHost} from '../rpc/host-gateway.ts'
import {builtFile, type CommandContext} from './context.ts'

/** Methods of the terminal host that change nothing for others. */
const HOST_READS: readonly (keyof HostApi)[] = [
  'pane.list',
  'pane.text',
  'left.list',
  'view.open',
  'view.ack',
  'view.close',
  'mail.read',
]

/**
 * Connects to the running daemon and refuses every change. If none runs, it runs the daemon's services in this process
 * over gateways that refuse every write, until `stack` is disposed.
 */
export async function readOnlyDaemon(context: CommandContext, stack: AsyncDisposableStack): Promise<DaemonLink> {
  const running = await context.runningDaemon()
  return running ? watching(running) : servicesLink(await openReading(context, stack))
}

/** Connects to the running terminals, only to look at them; without a host there are none. */
export async function readOnlyHost(context: CommandContext): Promise<HostLink> {
  const host = await context.runningHost()
  if (!host) return {call: refuseOrNothing, on: () => ({[Symbol.dispose]() {}}), closed: new Promise(() => {})}
  return {
    closed: host.closed,
    on: (topic, listener) => host.on(topic, listener),
    async call(method, params) {
      if (!HOST_READS.includes(method)) throw readOnlyError(method)
      // A read-only screen must not resize the terminal.
      return host.call(method, (method === 'view.open' ? {...(params as object), own: false} : params) as typeof params)
    },
  }
}

/** Reports what a pass would find; claims, lands and starts nothing. */
export async function readOnlyPass(context: CommandContext): Promise<PassReport> {
  await using stack = new AsyncDisposableStack()
  const services = await openReading(context, stack)
  const over = AbortSignal.abort()
  return services.pass({agents: false, timeoutMs: null, signal: over})
}

async function openReading(context: CommandContext, stack: AsyncDisposableStack): Promise<Services> {
  const {clock, env} = context
  const surrounding = await context.surrounding()
  const running = await context.runningHost()
  const log = silentLog
  const host = running ? stack.use(await connectHost({open: async () => running, log, clock})) : null
  const hubWorker = builtFile('hub-worker.js')
  const {services} = stack.use(
    await openServices({surrounding, host, env, clock, log, hubWorker, shutdown: () => {}, readOnly: true}),
  )
  services.reconciler.start()
  return services
}

/** Wraps a running daemon: its state says read-only, and its changing methods are refused. */
function watching(link: DaemonLink): DaemonLink {
  const marked = <S extends Partial<DaemonTopics['state']>>(state: S): S =>
    state.header ? {...state, header: {...state.header, readOnly: true}} : state
  return {
    closed: link.closed,
    on: (topic, listener) =>
      link.on(topic, data =>
        listener(topic === 'state' ? (marked(data as DaemonTopics['state']) as typeof data) : data),
      ),
    async call(method, params) {
      if (!READING_METHODS.includes(method)) throw readOnlyError(method)
      const result = await link.call(method, params)
      return method === 'state' ? (marked(result as DaemonApi['state']['result']) as typeof result) : result
    },
  }
}

/** Gives services in this process the interface of a daemon. */
function servicesLink(services: Services): DaemonLink {
  const listeners = new Set<(state: DaemonTopics['state']) => void>()
  services.onState(() => {
    for (const listener of listeners) listener(services.state())
  })
  return {
    closed: new Promise(() => {}),
    on(topic, listener) {
      if (topic !== 'state') return {[Symbol.dispose]() {}}
      const onState = listener as (state: DaemonTopics['state']) => void
      listeners.add(onState)
      return {[Symbol.dispose]: () => void listeners.delete(onState)}
    },
    async call(method, params) {
      if (!READING_METHODS.includes(method)) throw readOnlyError(method)
      return services.api[method](params)
    },
  }
}

async function refuseOrNothing<M extends keyof HostApi>(method: M): Promise<HostApi[M]['result']> {
  if (method === 'pane.list') return [] as unknown as HostApi[M]['result']
  throw readOnlyError(method)
}
