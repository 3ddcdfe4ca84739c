import type {Clock} from '../base/clock.ts'
import type {Log} from '../base/log.ts'
import {modeOf} from '../model/core/mode.ts'
import type {HostGateway} from '../model/gateways/host.ts'
import type {Hello} from '../protocol/hello.ts'
import {ensureHost} from '../rpc/ensure.ts'
import {openWorld} from './compose.ts'
import {hostEnvironment, type Surrounding} from './place.ts'
import {noHost, readOnlyWorld} from './read-only.ts'
import {type Services, wireServices} from './services.ts'
import type {World} from './world.ts'

type OpenServices = {services: Services; world: World; [Symbol.asyncDispose](): Promise<void>}

/**
 * Opens the services of one repository over its real gateways; the daemon, `--once` and read-only runs all do it here.
 * A read-only run writes nothing: every gateway refuses writes, no hub is opened, and nothing lands by itself.
 * Throws as the gateways do.
 */
export async function openServices(options: {
  surrounding: Surrounding
  /** The connected terminal host; null: none runs, which only a read-only run accepts. */
  host: HostGateway | null
  env: NodeJS.ProcessEnv
  clock: Clock
  log: Log
  hubWorker: URL | string
  /** Called when a client asks the services to end. */
  shutdown: () => void
  readOnly?: boolean
}): Promise<OpenServices> {
  const {surrounding, host, env, clock, log, hubWorker, shutdown, readOnly = false} = options
  await using stack = new AsyncDisposableStack()
  const opened = stack.use(await openWorld({surrounding, host: host ?? noHost(), env, clock, log, hubWorker, readOnly}))
  const world = readOnly ? readOnlyWorld(opened.world) : opened.world
  const configured = modeOf(surrounding.config)
  const mode = readOnly ? {...configured, landing: 'by hand' as const} : configured
  const services = stack.use(await wireServices(world, {mode, shutdown}))
  const whole = stack.move()
  return {services, world, [Symbol.asyncDispose]: () => whole.disposeAsync()}
}

/** How a process reaches the repository's terminal host: `open` starts it if it does not run. */
export function hostOpener(options: {
  surrounding: Surrounding
  hello: Hello
  /** The Node binary and the built `host.js`. */
  host: {node: string; entry: string}
  env: NodeJS.ProcessEnv
  clock: Clock
}) {
  const {surrounding, hello, host, clock} = options
  const {env, secrets} = hostEnvironment(options.env, surrounding.config)
  return {env, secrets, open: () => ensureHost({paths: surrounding.paths, hello, host, env, clock})}
}
