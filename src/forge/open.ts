import {hostname} from 'node:os'
import type {Clock} from '../base/clock.ts'
import {usageError} from '../base/errors.ts'
import type {Log} from '../base/log.ts'
import {openRepository, type Repository} from '../git/repository.ts'
import {resolveRepository} from '../github/address.ts'
import {sharedLimitFile} from '../github/client/shared-limit.ts'
import {createGithub} from '../github/gateway.ts'
import {createSetup} from '../github/setup.ts'
import type {SnapshotOptions} from '../github/snapshot/snapshot.ts'
import type {Config} from '../model/data/config.ts'
import {isTrusted} from '../model/data/trust.ts'
import type {CheckUpGateway, RepositoryAddress} from '../model/gateways/forge.ts'
import type {GithubGateway} from '../model/gateways/github.ts'
import type {SetupGateway} from '../model/init/gateway.ts'
import {assertSameRepository} from './same-repository.ts'
import {tokenReader} from './token.ts'

/** A git repository with its GitHub gateway, address and token. */
export type Forge = {
  git: Repository
  github: GithubGateway & CheckUpGateway
  address: RepositoryAddress
  /** Throws `no-token`. */
  token(): Promise<string>
}

/**
 * Opens the git repository and the GitHub gateway of a checkout from its remote, token and configuration. Asks GitHub
 * nothing yet. Throws as `openRepository` does, and `no-github-remote`.
 */
export async function openForge(options: {
  root: string
  /** The user's state folder, in which processes share GitHub's rate limit. */
  state: string
  config: Config
  env: NodeJS.ProcessEnv
  clock: Clock
  log: Log
  /** Name of this daemon in claims and leases. */
  owner: string
  /** GitHub's default branch; not given: the one that the clone noted. `github.default_branch` wins over both. */
  mainBranch?: string
  /** Does not share the rate limits that it meets, but keeps to those of others. */
  readOnly?: boolean
}): Promise<Forge> {
  const {root, state, config, env, clock, log, owner, readOnly = false} = options
  const readToken = tokenReader({config: config.github, env, clock})
  // A clone that notes no main branch is asked for it, with the login, before the address is known.
  const loginAt = (url: string) => readToken(() => resolveRepository(config.github, url).host)
  const mainBranch = config.github.default_branch ?? options.mainBranch
  const git = await openRepository({
    ...{dir: root, state, env, clock, log, owner, hostName: hostname(), config, token: loginAt, readOnly},
    ...(mainBranch === undefined ? {} : {mainBranch}),
  })
  const address = resolveRepository(config.github, git.remoteUrl)
  const {apiUrl, owner: account, repo} = address
  const token = () => readToken(() => address.host)
  const github = createGithub({
    baseUrl: apiUrl,
    owner: account,
    repo,
    token,
    clock,
    log,
    shared: sharedLimitFile({state, apiUrl, repository: `${account}/${repo}`, clock, log, readOnly}),
    snapshot: snapshotOptions(config),
    defaultBranch: config.github.default_branch ?? null,
  })
  return {git, github, address, token}
}

/**
 * Opens the forge on the branch that the configuration names, else on GitHub's default branch, whatever the clone noted
 * once, and gives what GitHub says of the repository. Throws as `openForge` and `assertSameRepository` do, and
 * `no-such-branch`.
 */
export async function openForgeOnDefaultBranch(
  options: Omit<Parameters<typeof openForge>[0], 'mainBranch'>,
): Promise<Forge & {repository: Awaited<ReturnType<GithubGateway['repository']>>}> {
  const forge = await openForge(options)
  const repository = await forge.github.repository()
  assertSameRepository({pushesTo: forge.git.slug, asks: forge.address, found: repository.fullName})
  if (options.config.github.default_branch !== undefined) {
    await assertBranch(forge)
    return {...forge, repository}
  }
  const {defaultBranch} = repository
  if (defaultBranch === forge.git.mainBranch) return {...forge, repository}
  options.log.warn('the clone notes another default branch than GitHub', {
    clone: forge.git.mainBranch,
    github: defaultBranch,
  })
  return {...(await openForge({...options, mainBranch: defaultBranch})), repository}
}

/** Makes sure that the remote has the branch that the configuration names. Throws `no-such-branch`. */
export async function assertBranch({git, address}: Pick<Forge, 'git' | 'address'>): Promise<void> {
  if ((await git.remoteHead(git.mainBranch)) !== null) return
  throw usageError({
    code: 'no-such-branch',
    message: `github.default_branch is ${git.mainBranch}, which does not exist in ${address.owner}/${address.repo}`,
    next: "name a branch that exists in clambake.toml, or take the key out to use GitHub's default branch",
  })
}

/** Opens the gateway that sets up the repository at a remote's URL. Throws `no-github-remote`, `no-token`. */
export async function openSetup(options: {
  remoteUrl: string
  config: Config
  env: NodeJS.ProcessEnv
  clock: Clock
  log: Log
}): Promise<{setup: SetupGateway; slug: string}> {
  const {remoteUrl, config, env, clock, log} = options
  const {owner, repo, host, apiUrl: baseUrl} = resolveRepository(config.github, remoteUrl)
  const readToken = tokenReader({config: config.github, env, clock})
  const token = () => readToken(() => host)
  await token()
  return {setup: createSetup({baseUrl, owner, repo, token, clock, log}), slug: `${owner}/${repo}`}
}

/** The configured board, and the gate for issues that need a maintainer's label. */
function snapshotOptions(config: Config): SnapshotOptions {
  return {
    board: config.github.project_id ?? null,
    gate: {
      get label() {
        return config.routing.routing_label
      },
      get trusted() {
        return config.routing.trusted_authors
      },
      trusts: issue => isTrusted(issue, config.routing),
    },
  }
}
