import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import type {ScriptsInput} from '../../fixtures/agent/script.ts'
import {sealedEnv} from '../../fixtures/repos/env.ts'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {createSampleRepository} from '../../fixtures/repos/sample.ts'
import {agentHandlers} from '../../src/agents/handlers.ts'
import {createContainers} from '../../src/agents/isolation/containers.ts'
import {createSandbox} from '../../src/agents/isolation/sandbox.ts'
import {createJobs} from '../../src/agents/jobs/jobs.ts'
import {type Clock, poll, systemClock} from '../../src/base/clock.ts'
import {silentLog} from '../../src/base/log.ts'
import type {Assignment} from '../../src/model/data/assignment.ts'
import type {Claim} from '../../src/model/data/claim.ts'
import {type Config, configSchema} from '../../src/model/data/config.ts'
import type {EffectOf} from '../../src/model/data/effects.ts'
import type {MailItem} from '../../src/model/data/pane.ts'
import type {ClaimBook, GitGateway} from '../../src/model/gateways/git.ts'
import type {GithubGateway} from '../../src/model/gateways/github.ts'
import type {HubGateway} from '../../src/model/gateways/hub.ts'
import {builtFile} from '../built.ts'
import {ptyHost} from './pty-host.ts'

export const AGENT = await builtFile(join(import.meta.dirname, '../../fixtures/agent/main.ts'))
export const SESSION = '6b3c1c5e-1f0b-4a55-9c0b-3a3c1f6a2b11'
export const CONFLICT: Assignment = {kind: 'repair', repair: {kind: 'conflict', paths: ['a.txt']}}

/** Agents' effects over a real repository and real terminals; the client is the scripted agent. */
export async function setUp(
  scripts: ScriptsInput,
  options: {
    config?: Config
    deafMs?: number
    /** How the hub answers when an instance registers or leaves; at once by default. */
    hub?: () => Promise<void>
    clock?: Clock
    /** Files as main has them. */
    main?: Record<string, string>
    env?: Record<string, string>
    /** The folder of the scripts; a new one by default. */
    folder?: string
  } = {},
) {
  const {hub = async () => {}} = options
  const folder = temporaryFolder()
  const home = join(folder.path, 'home')
  mkdirSync(home)
  const scriptFile = join(options.folder ?? folder.path, 'scripts.json')
  writeFileSync(scriptFile, JSON.stringify(scripts))
  const repository = await createSampleRepository({dir: join(folder.path, 'work')})
  const host = ptyHost()
  const bumps: unknown[] = []
  const config =
    options.config ??
    configSchema.parse({
      agents: {
        command: [process.execPath, AGENT, '--scripts', scriptFile],
        environment: ['CLAMBAKE_AGENT_PACE', 'CLAMBAKE_AGENT_DEAF'],
      },
    })
  const issue = {number: 7, title: 'Count', body: 'Please count.', association: 'OWNER'} as Awaited<
    ReturnType<GithubGateway['issue']>
  >
  const running = {
    host,
    config,
    clock: options.clock ?? systemClock,
    env: {
      ...sealedEnv(home),
      CLAMBAKE_AGENT_PACE: '5',
      CLAMBAKE_AGENT_DEAF: String(options.deafMs ?? 0),
      GITHUB_TOKEN: 'never',
      ...options.env,
    },
    variablesOf: async () => ({}),
    stopGraceMs: 1000,
  }
  const git = {
    root: repository.dir,
    commonDir: join(repository.dir, '.git'),
    readMain: async (file: string) => options.main?.[file] ?? null,
  } as GitGateway
  const containers = createContainers({git, env: running.env, log: silentLog})
  const sandbox = createSandbox({config, git, containers, env: running.env})
  const jobs = createJobs({...running, sandbox})
  const handlers = agentHandlers({
    containers,
    git,
    github: {issue: async () => issue} as unknown as GithubGateway,
    hub: {append() {}, register: hub, deregister: hub} as unknown as HubGateway,
    book: {
      get: () => ({record: {title: 'Count'}}) as Claim,
      bump: async (_: number, patch: unknown) => {
        bumps.push(patch)
        return {} as Claim
      },
    } as unknown as ClaimBook,
    memory: async () => null,
    mail: {take: async () => null, begun() {}, takeBack: async () => {}},
    claimOf: () => ({}),
    log: silentLog,
    jobs,
    sandbox,
    ...running,
  })
  const turn = {ticket: 7, agent: 'agent001', branch: 'agent001/7-count'} as const
  return {
    config,
    home,
    host,
    repository,
    bumps,
    containers,
    jobs,
    start: (effect: Partial<EffectOf<'startAgent'>> = {}) =>
      handlers.startAgent({
        name: 'startAgent',
        ...turn,
        session: SESSION,
        worktree: repository.dir,
        resume: false,
        assignment: {kind: 'first'},
        attempt: 1,
        starts: [5],
        ...effect,
      }),
    prompt: (assignment: Assignment = {kind: 'first'}) =>
      handlers.promptAgent({name: 'promptAgent', ...turn, assignment}),
    stop: () => handlers.stopAgent({name: 'stopAgent', ticket: 7, agent: 'agent001'}),
    /** Resolves with the n-th post of a kind. */
    async mail(kind: string, count = 1): Promise<MailItem> {
      const nth = async () => (await host.mail(0)).filter(item => item.kind === kind)[count - 1]
      const item = await poll(nth, {everyMs: 20, timeoutMs: 15_000})
      if (!item) throw new Error(`no ${kind} ${count} among ${(await host.mail(0)).map(entry => entry.kind)}`)
      return item
    },
    async [Symbol.asyncDispose]() {
      await host[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}
