import {hostname} from 'node:os'
import {join} from 'node:path'
import {profileFault} from '../agents/profile.ts'
import type {Clock} from '../base/clock.ts'
import type {Log} from '../base/log.ts'
import {repositoryKey} from '../base/paths.ts'
import {VERSION} from '../base/version.ts'
import {liveConfig} from '../config/live.ts'
import {openForgeOnDefaultBranch} from '../forge/open.ts'
import {embeddingPlace} from '../hub/embedding-place.ts'
import {openHub} from '../hub/hub.ts'
import {hubPlace} from '../hub/place.ts'
import type {HostGateway} from '../model/gateways/host.ts'
import {startTelemetry} from '../telemetry/telemetry.ts'
import {permissionFile} from './agents/standing-permissions.ts'
import {crashPoints} from './crash.ts'
import {createListeners} from './listeners.ts'
import type {Surrounding} from './place.ts'
import {noHub} from './read-only.ts'
import {createReviewStore, textFiles} from './reviews/store.ts'
import {withKeptRoot} from './start/worktree-root.ts'
import type {World} from './world.ts'

type OpenWorld = {world: World; [Symbol.asyncDispose](): Promise<void>}

/**
 * Opens the real gateways of one repository: git, GitHub, hub, telemetry. It asks GitHub for the repository, so a wrong
 * token or repository fails here. Throws as the gateways do.
 */
export async function openWorld(options: {
  surrounding: Surrounding
  host: HostGateway
  env: NodeJS.ProcessEnv
  clock: Clock
  log: Log
  hubWorker: URL | string
  /** Opens no hub, which opening would write; the caller wraps the world in `readOnlyWorld`. */
  readOnly?: boolean
}): Promise<OpenWorld> {
  const {surrounding, env, clock, log} = options
  const {root, commonDir, paths} = surrounding
  const place = {root, folder: paths.folder, readOnly: options.readOnly ?? false}
  const {config, followConfig} = liveConfig(withKeptRoot(surrounding.config, place))
  // The same name at every start of this checkout's daemon, so that it recognises its earlier claims.
  const owner = `${hostname().replace(/[^A-Za-z0-9-]/g, '-')}-${repositoryKey(commonDir)}`
  const {git, github, repository} = await openForgeOnDefaultBranch({
    root,
    state: paths.state,
    config,
    env,
    clock,
    log,
    owner,
    readOnly: options.readOnly ?? false,
  })
  await using stack = new AsyncDisposableStack()
  const telemetry = await startTelemetry({
    service: 'clambake-daemon',
    version: VERSION,
    endpoint: config.observability.otlp_endpoint ?? null,
    resource: {'clambake.repository': repository.fullName, 'clambake.owner': owner},
    log,
    clock,
  })
  stack.defer(telemetry.shutdown)
  const changes = createListeners<[]>()
  const hub = options.readOnly
    ? null
    : stack.use(
        await openHub({
          place: hubPlace({file: paths.hub, url: config.hub.url, env}),
          embeddings: embeddingPlace(config.hub, env),
          repository: repository.fullName,
          clock,
          log,
          worker: options.hubWorker,
          onTrouble: trouble => trouble && log.warn('hub in trouble', {trouble}),
          onChange: changes.call,
        }),
      )
  const opened = stack.move()
  return {
    world: {
      git,
      github,
      hub: hub ?? noHub(),
      sessions: hub && {...hub.sessions, watch: hub.watch, named: hub.named, onChange: changes.add},
      host: options.host,
      traces: telemetry.tickets,
      config,
      followConfig,
      profileFault: config => profileFault({config, hostEnv: env}),
      clock,
      log,
      crash: crashPoints(env),
      permissionStore: permissionFile(join(paths.folder, 'always.json')),
      reviewStore: createReviewStore(textFiles(join(paths.folder, 'reviews'))),
      env,
      owner,
      hostName: hostname(),
      repository: repository.fullName,
      defaultBranch: git.mainBranch,
      caller: `${userName(env)}@${hostname()}`,
      readOnly: false,
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

/** The user's name, or number: in a container a user may have no name. */
function userName(env: NodeJS.ProcessEnv): string {
  return env.USER || env.LOGNAME || `user${process.getuid?.() ?? ''}`
}
