import {join} from 'node:path'
import {ClambakeError} from '../../base/errors.ts'
import {runThrough} from '../../base/run.ts'
import {createStarter} from '../../base/starter.ts'
import {VERSION} from '../../base/version.ts'
import {hostOpener, openServices} from '../../daemon/open.ts'
import type {PassReport} from '../../protocol/daemon.ts'
import {lockClone} from '../../rpc/clone-lock.ts'
import {refuseDuringPass} from '../../rpc/ensure.ts'
import {connectHost} from '../../rpc/host-gateway.ts'
import {acquireProcessLock} from '../../rpc/lock.ts'
import {createLog} from '../../telemetry/log.ts'
import {builtFile, type CommandContext, helloOf} from '../context.ts'
import {endHost} from '../end-processes.ts'
import {createEventPrinter} from '../output/events.ts'

export type OnceInput = {
  /** false: starts no agent and only lands what is bottled. */
  agents: boolean
  /** null: as long as it takes. */
  timeoutMs: number | null
}

/**
 * Does one pass in this process, which runs in the daemon's place meanwhile, and starts and ends a terminal host. SIGINT or
 * SIGTERM parks: the running agents' work is saved, their claims stay, and the next start continues.
 */
export async function passInProcess(input: OnceInput, context: CommandContext): Promise<PassReport> {
  const {env, clock} = context
  const surrounding = await context.surrounding()
  const {paths, root} = surrounding
  using log = createLog({file: join(paths.folder, 'once.jsonl'), level: 'info', fields: {pid: process.pid}})
  const info = {pid: process.pid, version: VERSION, cwd: root, startedAt: clock.now(), doing: 'pass'} as const
  const lock = acquireProcessLock({paths: paths.daemon, info})
  if ('heldBy' in lock) {
    refuseDuringPass(paths)
    throw new ClambakeError({
      code: 'already-running',
      message: `A daemon${lock.heldBy ? ` (pid ${lock.heldBy.pid})` : ''} is starting or ending here`,
      kept: 'the daemon was left alone',
      next: 'try again',
    })
  }
  using _lock = lock
  using _clone = lockClone({commonDir: surrounding.commonDir, state: paths.state, info, log})
  const stop = new AbortController()
  const park = () => stop.abort()
  process.on('SIGINT', park).on('SIGTERM', park)

  await using stack = new AsyncDisposableStack()
  stack.defer(() => void process.off('SIGINT', park).off('SIGTERM', park))
  const {open} = hostOpener({
    surrounding,
    hello: helloOf('daemon'),
    host: {node: process.execPath, entry: builtFile('host.js')},
    env,
    clock,
  })
  // The gateway is disposed first, since it would replace the host that ends.
  stack.defer(async () => endHost(await open()))
  const host = stack.use(await connectHost({open, log, clock}))
  const starter = stack.use(createStarter({entry: builtFile('starter.js'), label: surrounding.root}))
  stack.use(runThrough(starter))
  const hubWorker = builtFile('hub-worker.js')
  const {services, world} = stack.use(
    await openServices({surrounding, host, env, clock, log, hubWorker, shutdown: park}),
  )
  const printNew = createEventPrinter(context.say, services.state().events)
  services.onState(() => printNew(services.state().events))
  services.onNotice(({text}) => context.say(text))
  const report = await services.pass({...input, signal: stop.signal})
  await services.park()
  await world.hub.flush()
  return report
}
