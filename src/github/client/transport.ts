import type {Clock} from '../../base/clock.ts'
import type {ApiBudget, ApiQuota} from '../../model/gateways/github.ts'
import {LONGEST_MS, type SharedLimit} from './shared-limit.ts'

/** GitHub ends a request itself after 10 seconds; the rest is for slow networks. */
const REQUEST_TIMEOUT_MS = 30_000
/** A smaller difference between GitHub's clock and ours comes from the answer's travel time and whole seconds. */
const SKEW_MS = 60_000
/** GitHub asks for at least a minute without a request after a refusal that does not say until when. */
const UNTOLD_MS = 60_000
/** A repository that was renamed is found at once; more redirects than this lead in a circle. */
const MOVES = 3
/** The code of the error for a page, with which a network that wants a login answers in GitHub's place. */
export const NOT_GITHUB = 'NOT_GITHUB'
/** Answers kept for conditional requests: a full pass over a large repository is about 30 pages. */
const CACHED_ANSWERS = 300

type Fetch = typeof globalThis.fetch
type CachedAnswer = {etag: string; body: string; status: number; headers: Headers}

/** REST counts requests, GraphQL points; each has an hour's budget of its own. */
export type Resource = 'core' | 'graphql'

type Transport = {
  fetch: Fetch
  budget(): ApiBudget
  /** The scopes of a classic token, as the last answer told; null: no answer yet, or a token that has none. */
  scopes(): readonly string[] | null
  /** Milliseconds since 1970 until which GitHub wants no such request; null: it answers. */
  limitedUntil(resource: Resource): number | null
  /** An answer said that the hour's budget is too small for what was asked. */
  spent(resource: Resource): void
  /** An answer said that GitHub wants no request for now, and not until when. */
  calm(): void
}

const UNKNOWN: ApiQuota = {limit: 0, remaining: 0, resetAt: 0}

/**
 * A `fetch` that counts requests, reads the rate limit from every answer, and makes reads conditional: an unchanged
 * answer (304, free of the primary limit) is given again from memory with its first status.
 */
export function createTransport(options: {
  fetch?: Fetch
  clock: Clock
  timeoutMs?: number
  shared?: SharedLimit
}): Transport {
  const {clock, shared} = options
  const fetch = options.fetch ?? globalThis.fetch
  const cache = new Map<string, CachedAnswer>()
  const quotas: {[resource in Resource]?: ApiQuota} = {}
  const spentUntil: {[resource in Resource]?: number} = {}
  let calls = 0
  let calmUntil = 0
  let scopes: readonly string[] | null = null

  async function send(url: string, init: RequestInit): Promise<Response> {
    const response = await fetch(url, init)
    if (!response.ok || !/^text\/html\b/i.test(response.headers.get('content-type') ?? '')) return response
    await response.body?.cancel()
    throw Object.assign(new Error('a page in place of data'), {code: NOT_GITHUB})
  }

  function note(response: Response): void {
    const number = (name: string) => {
      const text = response.headers.get(name)
      return text === null || !/^\d+$/.test(text) ? null : Number(text)
    }
    const told = response.headers.get('x-oauth-scopes')
    scopes =
      told === null
        ? null
        : told
            .split(',')
            .map(scope => scope.trim())
            .filter(Boolean)
    const limit = number('x-ratelimit-limit')
    const remaining = number('x-ratelimit-remaining')
    const reset = onOurClock(number('x-ratelimit-reset'), response)
    const resource = response.headers.get('x-ratelimit-resource') ?? 'core'
    // Search and others have budgets of their own, which Clambake's requests do not come near.
    const ours = resource === 'core' || resource === 'graphql' ? resource : null
    if (ours && limit !== null && remaining !== null) {
      const resetAt = reset === null ? (quotas[ours]?.resetAt ?? 0) : reset
      quotas[ours] = {limit, remaining, resetAt}
    }
    const refused = response.status === 403 || response.status === 429
    // A query is refused with status 200.
    const retryAfter = refused || ours === 'graphql' ? number('retry-after') : null
    if (retryAfter !== null) {
      holdUntil(clock.now() + retryAfter * 1000)
    } else if (remaining === 0 && reset !== null && ours && (refused || ours === 'graphql')) {
      // A query that finds no points left is answered with 200.
      spentUntil[ours] = reset
    }
  }

  function holdUntil(until: number): void {
    calmUntil = until
    shared?.write(until)
  }

  /** A time of GitHub's in seconds, as milliseconds of our clock: one that is wrong by hours waits no hour too long. */
  function onOurClock(seconds: number | null, response: Response): number | null {
    if (seconds === null) return null
    const ahead = clock.now() - Date.parse(response.headers.get('date') ?? '')
    return seconds * 1000 + (Math.abs(ahead) >= SKEW_MS ? ahead : 0)
  }

  /**
   * Sends a write to where it was meant for. A repository that was renamed asks for the same write at its new address (307, 308).
   * With 301 something is elsewhere now, as an issue that was transferred, where nothing may be written; `fetch` would read or
   * change what is there.
   */
  async function write(url: string, init: RequestInit): Promise<Response> {
    for (let [at, moves] = [url, 0]; ; moves++) {
      const response = await send(at, {...init, redirect: 'manual'})
      const location = response.headers.get('location')
      if (response.status < 300 || response.status > 308 || location === null) return response
      const next = new URL(location, at)
      const isSame = (response.status === 307 || response.status === 308) && next.origin === new URL(at).origin
      if (!isSame || moves === MOVES) return gone(response)
      await response.body?.cancel()
      at = next.href
    }
  }

  async function conditional(url: string, init: RequestInit): Promise<Response> {
    const known = cache.get(url)
    const headers = new Headers(init.headers)
    if (known) headers.set('if-none-match', known.etag)
    const response = await send(url, {...init, headers})
    note(response)
    if (response.status === 304 && known) {
      await response.body?.cancel()
      keep(url, known)
      return answer(known, response.url)
    }
    const etag = response.headers.get('etag')
    if (response.status !== 200 || etag === null) {
      cache.delete(url)
      return response
    }
    const fresh = {etag, body: await response.text(), status: response.status, headers: response.headers}
    keep(url, fresh)
    return answer(fresh, response.url)
  }

  function keep(url: string, entry: CachedAnswer): void {
    // Set again, so that the first key is the one unused for longest.
    cache.delete(url)
    cache.set(url, entry)
    if (cache.size > CACHED_ANSWERS) cache.delete(cache.keys().next().value!)
  }

  return {
    async fetch(input, init = {}) {
      calls++
      const url = input instanceof Request ? input.url : String(input)
      const timeout = AbortSignal.timeout(options.timeoutMs ?? REQUEST_TIMEOUT_MS)
      const bounded = {...init, signal: init.signal ? AbortSignal.any([init.signal, timeout]) : timeout}
      if ((init.method ?? 'GET') === 'GET') return conditional(url, bounded)
      const response = await write(url, bounded)
      note(response)
      return response
    },
    budget: () => ({...(quotas.core ?? UNKNOWN), calls, graphql: quotas.graphql ?? null}),
    scopes: () => scopes,
    spent(resource) {
      // An hour that is said to be over, or is not named, says nothing of how long to wait.
      spentUntil[resource] = Math.max(quotas[resource]?.resetAt ?? 0, clock.now() + UNTOLD_MS)
    },
    calm: () => holdUntil(clock.now() + UNTOLD_MS),
    limitedUntil(resource) {
      const known = [calmUntil, shared?.read() ?? 0, spentUntil[resource] ?? 0]
      // One from before the clock was set back would hold until that time came again. Twice, as a whole hour is rounded up.
      const until = Math.max(...known.filter(time => time <= clock.now() + 2 * LONGEST_MS))
      return until > clock.now() ? until : null
    },
  }
}

/** A redirect of a write as the refusal that it is. */
function gone(response: Response): Response {
  return new Response(response.body, {status: 410, headers: response.headers})
}

function answer(entry: CachedAnswer, url: string): Response {
  const response = new Response(entry.body, {status: entry.status, headers: entry.headers})
  // A built response has no address; Octokit reads it.
  Object.defineProperty(response, 'url', {value: url})
  return response
}
