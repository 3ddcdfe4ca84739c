import {retry} from '@octokit/plugin-retry'
import {throttling} from '@octokit/plugin-throttling'
import {Octokit} from '@octokit/rest'
import type * as z from 'zod'
import {type Clock, poll, sleep} from '../../base/clock.ts'
import type {Log} from '../../base/log.ts'
import {redact} from '../../base/redact.ts'
import type {ApiBudget} from '../../model/gateways/github.ts'
import {type ContentLimit, contentLimiter, GITHUBS_CONTENT} from './content-limit.ts'
import {isLimit, isSpent, rateLimited, translate, unexpectedAnswer, visiblePart} from './errors.ts'
import type {SharedLimit} from './shared-limit.ts'
import {readTail} from './tail.ts'
import {createTransport, type Resource} from './transport.ts'

/** Reads and repeatable writes are sent again after a second, then after four. */
const RETRIES = 2
/** A longer wait is for the caller, who can show it. */
const MAX_WAIT_SECONDS = 15
const LOOK_AGAIN_SECONDS = 3
/** The most items that GitHub gives at once. */
const PAGE = 100
const API_VERSION = '2022-11-28'
const USER_AGENT = 'clambake'

export type GithubOptions = {
  /** `https://api.github.com`, or `https://ghe.example/api/v3`. */
  baseUrl: string
  owner: string
  repo: string
  token: () => Promise<string>
  clock: Clock
  log: Log
  fetch?: typeof globalThis.fetch
  /**
   * A second between writes and three between those that notify people, as GitHub asks of integrations, and no more
   * of them than it allows in a minute and an hour. Default: on, but off for a server on this machine.
   */
  spacing?: boolean
  /** Writes that GitHub allows, for tests that cannot make eighty. */
  contentLimit?: ContentLimit
  /** Shares with other processes until when GitHub wants no request. */
  shared?: SharedLimit
  /** Milliseconds of one second of waiting, for tests. */
  secondMs?: number
  timeoutMs?: number
}

type Params = Record<string, unknown>

/** What the resources are written with. Routes are `GET /repos/{owner}/{repo}/…`; those two are filled in. */
export type GithubClient = {
  readonly owner: string
  readonly slug: string
  /** One request; throws ClambakeError, its cause keeps the status. */
  request<Schema extends z.ZodType>(route: string, params: Params, schema: Schema): Promise<z.infer<Schema>>
  /** As `request`, sent exactly once: for what must not happen twice. */
  requestOnce<Schema extends z.ZodType>(route: string, params: Params, schema: Schema): Promise<z.infer<Schema>>
  /** All pages of a list, a hundred items each. */
  list<Schema extends z.ZodType>(route: string, params: Params, item: Schema): Promise<z.infer<Schema>[]>
  /** The end of a text that GitHub only names the address of; null: it names none. */
  tail(route: string, params: Params): Promise<string | null>
  /**
   * One GraphQL query or mutation; `owner` and `repo` are given where the document declares them. An answer with errors
   * throws, also when GitHub sends it with status 200 and with data beside them. `mayHide`: fields whose values the token need not
   * see; they are null then.
   */
  graphql<Schema extends z.ZodType>(
    document: string,
    variables: Params,
    schema: Schema,
    mayHide?: readonly string[],
  ): Promise<z.infer<Schema>>
  /** Asks again for a few seconds after an unclear answer: a list may not hold yet what was just written. */
  lookAgain<T>(probe: () => Promise<T | undefined>): Promise<T | undefined>
  budget(): ApiBudget
  /** The scopes of a classic token, once it has been told; null: unknown, or another kind of token. */
  scopes(): readonly string[] | null
}

const ThrottledOctokit = Octokit.plugin(throttling, retry)

/** Makes the client of one repository: its requests are spaced, repeated where that is safe, and checked by a shape. */
export function createClient(options: GithubOptions): GithubClient {
  const {owner, repo, clock} = options
  const baseUrl = options.baseUrl.replace(/\/+$/, '')
  const slug = `${owner}/${repo}`
  const log = options.log.child({repository: slug})
  const transport = createTransport(options)
  const secondMs = options.secondMs ?? 1000
  const spacing = options.spacing ?? !isLoopback(baseUrl)

  const waitIfShort =
    (kind: string) => (retryAfter: number, request: {request?: object}, _: unknown, tries: number) => {
      const once = request.request !== undefined && 'retries' in request.request && request.request.retries === 0
      const waits = !once && tries < 1 && retryAfter <= MAX_WAIT_SECONDS
      log.warn('GitHub limits requests', {kind, retryAfter, waits})
      return waits
    }
  const open = (spaced: boolean) =>
    new ThrottledOctokit({
      baseUrl,
      userAgent: USER_AGENT,
      log: {debug: log.debug, info: log.debug, warn: log.warn, error: log.debug},
      request: {fetch: transport.fetch},
      throttle: {
        // Groups of the plugin are shared by all clients of a process; the id keeps repositories apart.
        id: `${baseUrl}/${slug}`,
        onRateLimit: waitIfShort('primary'),
        onSecondaryRateLimit: waitIfShort('secondary'),
        retryAfterBaseValue: secondMs,
        ...(spaced ? {} : unspaced()),
      },
      // Rate limits (403, 429) are the throttling plugin's; a conflict (409) does not go away by asking again.
      retry: {
        retries: RETRIES,
        retryAfterBaseValue: secondMs,
        doNotRetry: [400, 401, 403, 404, 405, 409, 410, 422, 429, 451],
      },
    })
  const octokit = open(spacing)
  // A query is a POST, and would wait its turn among the writes.
  const queries = spacing ? open(false) : octokit
  for (const {hook} of new Set([octokit, queries])) {
    hook.before('request', async request => {
      request.headers.authorization = `Bearer ${await options.token()}`
      request.headers['x-github-api-version'] = API_VERSION
    })
  }
  const limit = spacing ? (options.contentLimit ?? GITHUBS_CONTENT) : null
  const inTurn = contentLimiter({limit, secondMs, log})

  /** A limit of one request holds for all: nothing is sent until it ends. */
  async function waitForBudget(resource: Resource): Promise<void> {
    const until = transport.limitedUntil(resource)
    if (until === null) return
    const waitMs = until - clock.now()
    if (waitMs > MAX_WAIT_SECONDS * 1000) throw rateLimited(until)
    await sleep(waitMs, clock)
  }

  async function guarded<T>(route: string, send: () => Promise<T>, resource: Resource = 'core'): Promise<T> {
    return inTurn(route, async () => {
      await waitForBudget(resource)
      try {
        return await send()
      } catch (error) {
        if (isSpent(error)) transport.spent(resource)
        else if (isLimit(error) && transport.limitedUntil(resource) === null) transport.calm()
        throw translate(error, {slug, route, baseUrl, limitedUntil: transport.limitedUntil(resource)})
      }
    })
  }

  function parse<Schema extends z.ZodType>(route: string, schema: Schema, data: unknown): z.infer<Schema> {
    const result = schema.safeParse(data)
    if (!result.success) throw unexpectedAnswer(route, result.error)
    return result.data
  }

  /** GitHub would take them for parameters of a route that has no place for them. */
  const placed = (route: string) => (route.includes('{repo}') ? {owner, repo} : {})
  const send = (route: string, params: Params) =>
    octokit.request(route, {...placed(route), ...(route.startsWith('GET ') ? params : redacted(params))})

  return {
    owner,
    slug,
    async request(route, params, schema) {
      const {data} = await guarded(route, () => send(route, params))
      return parse(route, schema, data)
    },
    async requestOnce(route, params, schema) {
      const {data} = await guarded(route, () => send(route, {...params, request: {retries: 0}}))
      return parse(route, schema, data)
    },
    async list(route, params, item) {
      const pages = (page: number) => octokit.paginate(route, {owner, repo, ...params, per_page: PAGE, page})
      const items = await guarded(route, async () => {
        const found = await pages(1)
        // An unchanged page comes from memory with the links of then: a full one knew of none behind it.
        for (let more = found; more.length > 0 && found.length % PAGE === 0; ) {
          more = await pages(found.length / PAGE + 1)
          found.push(...more)
        }
        return found
      })
      return items.map(data => parse(route, item, data))
    },
    async tail(route, params) {
      const asked = {owner, repo, ...params, request: {redirect: 'manual' as const}}
      const {headers} = await guarded(route, () => octokit.request(route, asked))
      return headers.location === undefined ? null : readTail(headers.location, options)
    },
    async graphql(document, variables, schema, mayHide = []) {
      const named = /\b(?:query|mutation)\s+\w+/.exec(document)?.[0] ?? 'GraphQL'
      const own = {...(/\$owner\b/.test(document) && {owner}), ...(/\$repo\b/.test(document) && {repo})}
      const {graphql} = named.startsWith('mutation') ? octokit : queries
      const ask = async () => {
        try {
          return await graphql(document, {...own, ...variables})
        } catch (error) {
          const visible = visiblePart(error, mayHide)
          if (visible === null) throw error
          return visible
        }
      }
      const data = await guarded(named, ask, 'graphql')
      return parse(named, schema, data)
    },
    lookAgain: probe => poll(probe, {everyMs: secondMs / 2, timeoutMs: LOOK_AGAIN_SECONDS * secondMs, clock}),
    budget: transport.budget,
    scopes: transport.scopes,
  }
}

/** What people read of a write, without secrets; names and numbers stay as they are. */
const WORDS = new Set(['title', 'body', 'commit_title', 'commit_message', 'description'])

/** The one place through which all words go that are written to GitHub. */
function redacted(params: Params): Params {
  const entries = Object.entries(params)
  return Object.fromEntries(
    entries.map(([key, value]) => [key, WORDS.has(key) && typeof value === 'string' ? redact(value) : value]),
  )
}

function isLoopback(url: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(url).hostname)
}

/** Limiter groups of the throttling plugin that let everything pass at once. */
function unspaced(): object {
  const group = {
    key: () => ({schedule: (_job: object, task: (...args: unknown[]) => unknown, ...args: unknown[]) => task(...args)}),
  }
  return {write: group, notifications: group}
}
