import type {Clock} from '../base/clock.ts'
import type {ApiBudget} from '../model/gateways.ts'

/** GitHub ends a request itself after 10 seconds; the rest is for slow networks. */
const REQUEST_TIMEOUT_MS = 30_000
/** Answers kept for conditional requests: a full pass over a large repository is about 30 pages. */
const CACHED_ANSWERS = 300

type Fetch = typeof globalThis.fetch
type CachedAnswer = {etag: string; body: string; status: number; headers: Headers}

export type Transport = {
  fetch: Fetch
  budget(): ApiBudget
  /** Milliseconds since 1970 until which GitHub wants no request; null: it answers. */
  limitedUntil(): number | null
}

/**
 * A `fetch` that counts requests, reads the rate limit from every answer, and makes reads conditional: an unchanged
 * answer (304, free of the primary limit) is given again from memory with its first status.
 */
export function createTransport(options: {fetch?: Fetch; clock: Clock; timeoutMs?: number}): Transport {
  const {clock} = options
  const send = options.fetch ?? globalThis.fetch
  const cache = new Map<string, CachedAnswer>()
  let budget: ApiBudget = {limit: 0, remaining: 0, resetAt: 0, calls: 0}
  let limitedUntil = 0

  function note(response: Response): void {
    const number = (name: string) => {
      const text = response.headers.get(name)
      return text === null || text === '' ? null : Number(text)
    }
    const limit = number('x-ratelimit-limit')
    const remaining = number('x-ratelimit-remaining')
    const reset = number('x-ratelimit-reset')
    // Search and GraphQL have budgets of their own.
    if (limit !== null && remaining !== null && (response.headers.get('x-ratelimit-resource') ?? 'core') === 'core') {
      budget = {...budget, limit, remaining, resetAt: reset === null ? budget.resetAt : reset * 1000}
    }
    if (response.status !== 403 && response.status !== 429) return
    const retryAfter = number('retry-after')
    if (retryAfter !== null) limitedUntil = clock.now() + retryAfter * 1000
    else if (remaining === 0 && reset !== null) limitedUntil = reset * 1000
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
      budget = {...budget, calls: budget.calls + 1}
      const url = input instanceof Request ? input.url : String(input)
      const timeout = AbortSignal.timeout(options.timeoutMs ?? REQUEST_TIMEOUT_MS)
      const bounded = {...init, signal: init.signal ? AbortSignal.any([init.signal, timeout]) : timeout}
      if ((init.method ?? 'GET') === 'GET') return conditional(url, bounded)
      const response = await send(url, bounded)
      note(response)
      return response
    },
    budget: () => budget,
    limitedUntil: () => (limitedUntil > clock.now() ? limitedUntil : null),
  }
}

function answer(entry: CachedAnswer, url: string): Response {
  const response = new Response(entry.body, {status: entry.status, headers: entry.headers})
  // A built response has no address; Octokit reads it.
  Object.defineProperty(response, 'url', {value: url})
  return response
}
