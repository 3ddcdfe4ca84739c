import {join} from 'node:path'
import type {RepositoryOptions} from '../../fixtures/github/create.ts'
import {systemClock} from '../../src/base/clock.ts'
import {silentLog} from '../../src/base/log.ts'
import {createClaimBook} from '../../src/daemon/claim-book.ts'
import {createReviewAsker} from '../../src/daemon/reviews/ask.ts'
import {openRepository, type Repository} from '../../src/git/repository.ts'
import {createGithub} from '../../src/github/gateway.ts'
import {type LandingEffect, landingHandlers} from '../../src/landing/handlers.ts'
import type {EffectHandlers} from '../../src/model/core/effect-handler.ts'
import type {Fact} from '../../src/model/core/facts.ts'
import type {Config} from '../../src/model/data/config.ts'
import type {Effect} from '../../src/model/data/effects.ts'
import {NO_TERMS} from '../../src/model/data/landing/terms.ts'
import {NO_USAGE} from '../../src/model/data/usage.ts'
import type {GitGateway} from '../../src/model/gateways/git.ts'
import type {GithubGateway} from '../../src/model/gateways/github.ts'
import {type TicketEffect, ticketHandlers} from '../../src/tickets/handlers.ts'
import {memoryHub} from '../daemon/memory-host.ts'
import {claimOf} from '../git/claim-of.ts'
import {agentIn, createForge} from '../git/setup.ts'
import {aConfig} from '../model/builders.ts'

type Handled = EffectHandlers<TicketEffect | LandingEffect>
export type Fault = {at: number; side: 'before' | 'after'}

/** A daemon's ticket and landing handlers over real git and the fake GitHub. */
export async function createTicketSetup(given: RepositoryOptions & {config?: Config} = {}) {
  // Nothing checks commits here.
  const {config = aConfig({integration: {allow_no_checks: true}}), ...options} = given
  const forge = await createForge({unknownMergeabilityReads: 0, labels: ['route:ready'], ...options})
  const server = forge.github
  const remote = server.repository('acme', 'widget')
  const github = createGithub({
    baseUrl: server.apiUrl,
    owner: 'acme',
    repo: 'widget',
    token: async () => server.token,
    clock: systemClock,
    log: silentLog,
    secondMs: 10,
  })
  const hub = memoryHub(systemClock)

  /** Starts a daemon `owner` that knows the claims it holds; a fault ends it at one of its gateway calls. */
  async function startDaemon({owner = 'tester', fault}: {owner?: string; fault?: Fault} = {}) {
    let calls = 0
    const git: Repository =
      owner === 'tester' ? forge.repository : await openRepository({...forge.options, owner, hostName: `${owner}-host`})
    const failing = <T extends object>(gateway: T): T =>
      fault === undefined
        ? gateway
        : new Proxy(gateway, {
            get(target, key) {
              const method = Reflect.get(target, key)
              if (typeof method !== 'function') return method
              return async (...args: unknown[]) => {
                const dies = ++calls === fault.at
                if (dies && fault.side === 'before') throw new Error('killed')
                const answer = await Reflect.apply(method, target, args)
                if (dies) throw new Error('killed')
                return answer
              }
            },
          })
    const gateways: {git: GitGateway; github: GithubGateway} = {git: failing(git), github: failing(github)}
    const book = createClaimBook(gateways.git)
    for (const claim of await git.claims()) if (claim.record.owner === owner) book.put(claim)
    const showColumn = async () => true
    const shared = {...gateways, hub, book, config, clock: systemClock, owner, hostName: `${owner}-host`, showColumn}
    const handlers: Handled = {
      ...ticketHandlers({...shared, onTrouble: () => {}, profileFault: () => null, beginTrace: () => null}),
      ...landingHandlers({
        madeFiles: [],
        ...shared,
        defaultBranch: 'main',
        usageOf: () => NO_USAGE,
        deadNow: async () => new Set(),
        askReviewers: createReviewAsker({...gateways, hub, config}),
        tearDown: async () => {},
        endTrace: () => {},
      }),
    }
    return {
      git,
      book,
      calls: () => calls,
      /** Carries an effect out. */
      do: (effect: Extract<Effect, {name: keyof Handled}>): Promise<readonly Fact[]> =>
        (handlers[effect.name] as (effect: Effect) => Promise<readonly Fact[]>)(effect),
    }
  }

  const daemon = await startDaemon()
  const pathOf = (issue: number) => join(forge.repository.workspaceRoot, `issue-${issue}`)
  return {
    server,
    remote,
    github,
    hub,
    startDaemon,
    daemon,
    /** Git in the daemon's clone. */
    git: forge.clone.git,
    pathOf,
    agent: (issue: number) => agentIn(pathOf(issue), forge.clone),
    openIssue: (number: number, title = `Issue ${number}`, body = '') =>
      remote.openIssue({number, title, body, labels: ['route:ready']}),
    [Symbol.asyncDispose]: () => forge[Symbol.asyncDispose](),
  }
}

export type TicketSetup = Awaited<ReturnType<typeof createTicketSetup>>

export const branchOf = (issue: number) => `agent001/${issue}-work`

export function claim(issue: number, agent: 'agent001' | 'agent002' = 'agent001') {
  const branch = branchOf(issue).replace('agent001', agent)
  return {name: 'claimTicket', ticket: issue, title: '', body: '', agent, branch, base: null} as const
}

/** The one fact of this type that an effect gave. */
export function only<Type extends Fact['type']>(facts: readonly Fact[], type: Type): Extract<Fact, {type: Type}> {
  const [fact, ...more] = facts
  if (fact?.type !== type || more.length > 0) throw new Error(`expected one ${type}, not ${JSON.stringify(facts)}`)
  return fact as Extract<Fact, {type: Type}>
}

/** Claims an issue and lets an agent commit; gives what bottling needs. */
export async function work(setup: TicketSetup, issue: number, file = `${issue}.txt`) {
  const {daemon} = setup
  const {base} = only(await daemon.do(claim(issue)), 'ticketClaimed')
  await daemon.do({name: 'prepareWorktree', ticket: issue, branch: branchOf(issue), base})
  const head = await setup.agent(issue).commitFile(file, `work on ${issue}\n`, `Do ${issue}`)
  return {base, head, worktree: setup.pathOf(issue)}
}

export async function bottle(setup: TicketSetup, issue: number, file?: string) {
  setup.openIssue(issue)
  const done = await work(setup, issue, file)
  await setup.daemon.do({name: 'bottleTicket', ticket: issue, worktree: done.worktree, head: done.head})
  return done
}

export function opening(setup: TicketSetup, issue: number) {
  const worktree = setup.pathOf(issue)
  return {name: 'openPull', ticket: issue, branch: branchOf(issue), agent: 'agent001', worktree, repairs: 0} as const
}

/** Bottles an issue's work and opens its pull request. */
export async function open(setup: TicketSetup, issue: number) {
  const {head, worktree} = await bottle(setup, issue)
  const {pull} = only(await setup.daemon.do(opening(setup, issue)), 'pullOpened')
  return {head, worktree, pull}
}

/** A claimed issue with a pushed branch and an open pull request, made without a worktree: that takes half the time. */
export async function ready(setup: TicketSetup, issue: number, file = `${issue}.txt`) {
  setup.openIssue(issue)
  const branch = branchOf(issue)
  const base = setup.remote.branch('main')!
  const head = await setup.remote.pushCommit({branch, files: {[file]: `work on ${issue}\n`}})
  const {number: pull} = await setup.remote.openPull({head: branch, body: `Closes #${issue}`})
  const record = claimOf(issue, base, {branch, head, pull, phase: 'landing', title: `Issue ${issue}`})
  const outcome = await setup.daemon.git.claim(record)
  if (!outcome.won) throw new Error(`#${issue} is claimed already`)
  setup.daemon.book.put(outcome.claim)
  const asked = {ticket: issue, pull, branch, sha: head, requeue: false, terms: NO_TERMS} as const
  return {head, pull, merge: {name: 'mergePull', ...asked} as const}
}
