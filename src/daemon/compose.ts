import {hostname} from 'node:os'
import {join} from 'node:path'
import type {Clock} from '../base/clock.ts'
import type {Log} from '../base/log.ts'
import {repositoryKey} from '../base/paths.ts'
import {registerSecret} from '../base/redact.ts'
import {VERSION} from '../base/version.ts'
import {openRepository} from '../git/repository.ts'
import {createGithub} from '../github/gateway.ts'
import {sharedLimitFile} from '../github/shared-limit.ts'
import {resolveRepository} from '../github/slug.ts'
import type {SnapshotOptions} from '../github/snapshot.ts'
import {findToken, ghAuthToken} from '../github/token.ts'
import {openHub} from '../hub/hub.ts'
import type {Mode} from '../model/core/facts.ts'
import type {Config} from '../model/data/config.ts'
import {isTrusted} from '../model/data/trust.ts'
import type {HostGateway} from '../model/gateways/host.ts'
import {startTelemetry} from '../telemetry/telemetry.ts'
import {permissionFile} from './agents/standing-permissions.ts'
import {crashPoints} from './crash.ts'
import type {Surrounding} from './place.ts'
import {noHub} from './read-only.ts'
import type {World} from './world.ts'

/** What the configuration lets the daemon do without being asked. */
export function modeOf({routing, bundling}: Config): Mode {
  return {
    routing: routing.auto ? 'auto' : 'by hand',
    landing: !bundling.enabled ? 'by hand' : bundling.schedule_minutes === 0 ? 'at once' : 'train',
  }
}

export type OpenWorld = {world: World; [Symbol.asyncDispose](): Promise<void>}

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
  const {root, commonDir, config, paths} = surrounding
  // The same name at every start of this checkout's daemon, so that it recognises its earlier claims.
  const owner = `${hostname().replace(/[^A-Za-z0-9-]/g, '-')}-${repositoryKey(commonDir)}`
  let token: string | undefined
  const findIt = async (host: string) => {
    token ??= await findToken({env, config: config.github, runGh: () => ghAuthToken(host, env)})
    registerSecret(token)
    return token
  }
  const git = await openRepository({
    dir: root,
    env,
    clock,
    log,
    owner,
    hostName: hostname(),
    config,
    token: () => findIt(address.host),
  })
  const address = resolveRepository(config.github, git.remoteUrl)
  const github = createGithub({
    baseUrl: address.apiUrl,
    owner: address.owner,
    repo: address.repo,
    token: () => findIt(address.host),
    clock,
    log,
    shared: sharedLimitFile({
      state: paths.state,
      apiUrl: address.apiUrl,
      repository: `${address.owner}/${address.repo}`,
      clock,
      log,
      readOnly: options.readOnly ?? false,
    }),
    snapshot: snapshotOptions(config),
  })
  await using stack = new AsyncDisposableStack()
  const repository = await github.repository()
  const telemetry = await startTelemetry({
    service: 'clambake-daemon',
    version: VERSION,
    endpoint: config.observability.otlp_endpoint ?? null,
    resource: {'clambake.repository': repository.fullName, 'clambake.owner': owner},
    log,
    clock,
  })
  stack.defer(telemetry.shutdown)
  const hub = options.readOnly
    ? noHub()
    : stack.use(
        await openHub({
          file: paths.hub,
          repository: repository.fullName,
          clock,
          log,
          worker: options.hubWorker,
          onTrouble: trouble => trouble && log.warn('hub in trouble', {trouble}),
        }),
      )
  const opened = stack.move()
  return {
    world: {
      git,
      github,
      hub,
      host: options.host,
      traces: telemetry.tickets,
      config,
      clock,
      log,
      crash: crashPoints(env),
      permissionStore: permissionFile(join(paths.folder, 'always.json')),
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

/** The configured board, and the gate for issues that need a maintainer's label. */
function snapshotOptions({github, routing}: Config): SnapshotOptions {
  return {
    board: github.project_id ?? null,
    gate: {label: routing.routing_label, trusts: issue => isTrusted(issue, routing)},
  }
}

/** The user's name, or number: in a container a user may have no name. */
function userName(env: NodeJS.ProcessEnv): string {
  return env.USER || env.LOGNAME || `user${process.getuid?.() ?? ''}`
}
