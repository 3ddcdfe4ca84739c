import type {RepositoryOptions} from '../../fixtures/github/create.ts'
import {type Github, type GithubOptions as GithubServer, startGithub} from '../../fixtures/github/github.ts'
import type {FakeRepository} from '../../fixtures/github/repository.ts'
import {systemClock} from '../../src/base/clock.ts'
import {silentLog} from '../../src/base/log.ts'
import {createGithub} from '../../src/github/gateway.ts'
import {memoryGit} from '../daemon/memory-git.ts'

/** The proof that merges ask for, from a git that is free to give it. */
export const LOCK = (await memoryGit().acquireLanding('test'))!

export type GatewayOptions = Parameters<typeof createGithub>[0]

export type SetUp = AsyncDisposable & {
  server: Github
  repository: FakeRepository
  github: ReturnType<typeof createGithub>
  /** Another gateway to the same server. */
  gateway(options?: Partial<GatewayOptions>): ReturnType<typeof createGithub>
  /** `METHOD path` of the requests since the last call. */
  calls(): string[]
}

/** A server without GraphQL, which is read by REST alone. */
export function withoutGraphql(send: typeof fetch = fetch): typeof fetch {
  return async (input, init) =>
    String(input).endsWith('/graphql') ? Response.json({message: 'Not Found'}, {status: 404}) : send(input, init)
}

/** The fake with one repository, and our gateway to it with short seconds. */
export async function setUp(
  options: RepositoryOptions & Pick<GithubServer, 'rateLimit' | 'graphqlRateLimit'> = {},
): Promise<SetUp> {
  const {rateLimit, graphqlRateLimit, ...asked} = options
  const server = await startGithub({
    ...(rateLimit === undefined ? {} : {rateLimit}),
    ...(graphqlRateLimit === undefined ? {} : {graphqlRateLimit}),
  })
  const repository = await server.createRepository({unknownMergeabilityReads: 0, ...asked})
  const gateway = (more: Partial<GatewayOptions> = {}) =>
    createGithub({
      baseUrl: server.apiUrl,
      owner: repository.owner,
      repo: repository.name,
      token: async () => server.token,
      clock: systemClock,
      log: silentLog,
      secondMs: 10,
      ...more,
    })
  const prefix = `/repos/${repository.fullName}`
  let seen = 0
  return {
    server,
    repository,
    github: gateway(),
    gateway,
    calls() {
      const fresh = server.calls.slice(seen)
      seen = server.calls.length
      return fresh.map(({method, path}) => `${method} ${path.replace(prefix, '')}`)
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}
