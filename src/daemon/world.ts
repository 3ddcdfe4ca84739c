import type {ProfileFault} from '../agents/profile.ts'
import type {Clock} from '../base/clock.ts'
import type {Log} from '../base/log.ts'
import type {LiveConfig} from '../config/live.ts'
import type {Coordination} from '../hub/coordination.ts'
import type {Config} from '../model/data/config.ts'
import type {GitWithLanding} from '../model/gateways/git.ts'
import type {GithubGateway} from '../model/gateways/github.ts'
import type {HostGateway} from '../model/gateways/host.ts'
import type {HubGateway} from '../model/gateways/hub.ts'
import type {TicketTraces} from '../telemetry/tickets.ts'
import type {PermissionStore} from './agents/standing-permissions.ts'
import type {CrashPoints} from './crash.ts'
import type {ReviewStore} from './reviews/store.ts'

/** What the sessions of all projects do with each other, and word of each change of it. */
export type Sessions = Coordination & {
  /** From now on the listeners are called; may be called again, as after the hub's worker died. */
  watch(): Promise<void>
  /** Called soon after anybody wrote to the hub, this program included. */
  onChange(listener: () => void): void
  /** The name in the hub of an agent, as `agent001@/home/ada/shop`. */
  named(id: string): string
}

/** Everything outside that the daemon works with: gateways, configuration, clock, names. Tests use one in memory. */
export type World = {
  git: GitWithLanding & {lostCommits(): Promise<readonly string[]>}
  github: GithubGateway
  host: HostGateway
  hub: HubGateway
  /** null: a read-only run opens no hub. */
  sessions: Sessions | null
  traces: TicketTraces
  /** As it is in force when a section is read. */
  config: Config
  followConfig: LiveConfig['followConfig']
  /** Why no agent of the chosen profile can start on this machine now; null: nothing is missing. */
  profileFault: (config: Config) => ProfileFault | null
  clock: Clock
  log: Log
  crash: CrashPoints
  /** Where the calls that people always allow are kept after the daemon ends. */
  permissionStore: PermissionStore
  /** Where a person's reviews are kept until they are sent. */
  reviewStore: ReviewStore
  /** The environment that agents' environments are made from. */
  env: NodeJS.ProcessEnv
  /** This daemon, as its claims name it. */
  owner: string
  hostName: string
  repository: string
  defaultBranch: string
  /** Who calls over the socket: `ada@laptop`. */
  caller: string
  /** No effect is carried out, and the gateways refuse every write. */
  readOnly: boolean
}
