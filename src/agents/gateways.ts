import type {Clock} from '../base/clock.ts'
import type {Log} from '../base/log.ts'
import type {Config} from '../model/data/config.ts'
import type {PaneInfo} from '../model/data/pane.ts'
import type {ClaimBook, GitGateway} from '../model/gateways/git.ts'
import type {GithubGateway} from '../model/gateways/github.ts'
import type {HostGateway} from '../model/gateways/host.ts'
import type {AgentMail, AgentMemory, HubGateway} from '../model/gateways/hub.ts'
import type {ClaimOf} from '../model/hub/instance.ts'
import type {Containers} from './isolation/containers.ts'
import type {Sandbox} from './isolation/sandbox.ts'
import type {Jobs} from './jobs/jobs.ts'
import type {VariablesOf} from './runtime/variables.ts'

/** What the handlers of agents use. */
export type AgentGateways = {
  git: GitGateway
  github: GithubGateway
  host: HostGateway
  hub: Pick<HubGateway, 'append' | 'register' | 'deregister' | 'messages' | 'messageDelivered' | 'messageExpired'>
  mail: AgentMail
  memory: AgentMemory
  book: ClaimBook
  /** The claim of a ticket as the hub names it. */
  claimOf: ClaimOf
  config: Config
  clock: Clock
  log: Log
  jobs: Jobs
  containers: Containers
  sandbox: Sandbox | null
  /** The environment that agents' environments are made from. */
  env: NodeJS.ProcessEnv
  variablesOf: VariablesOf
  stopGraceMs: number
}

/** The panes of a ticket's agent, those that have ended too. */
export async function panesOf(host: HostGateway, ticket: number): Promise<PaneInfo[]> {
  return (await host.panes()).filter(info => info.meta.ticket === String(ticket))
}

/** The pane's note of when the last prompt was given, for agents that do not acknowledge prompts. */
export function promptedNow(clock: Clock): {prompted: string} {
  return {prompted: String(clock.now())}
}
