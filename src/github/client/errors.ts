import * as z from 'zod'
import {proxyInUse} from '../../base/environment/proxy.ts'
import {ClambakeError, hasCode, messageOf, usageError} from '../../base/errors.ts'
import {safeLine} from '../../base/text.ts'
import {utcMinute} from '../../base/words.ts'
import {routeWords} from './route-words.ts'
import {NOT_GITHUB} from './transport.ts'

const MESSAGE_LENGTH = 300
/** GitHub's words, with status 410, for a repository without issues; they differ by route. */
const ISSUES_OFF = /^issues (?:are|has been|have been) disabled\b/i

/** The fields that are read of an Octokit failure. No response: GitHub was not reached. */
const requestFailure = z.object({
  status: z.number(),
  message: z.string(),
  request: z.object({method: z.string(), url: z.string()}).optional(),
  response: z
    .object({headers: z.record(z.string(), z.union([z.string(), z.number(), z.undefined()])), data: z.unknown()})
    .optional(),
})
type RequestFailure = z.infer<typeof requestFailure>

/** One of the `errors` of a refusal. GitHub's routes differ in what they give. */
const problemShape = z.looseObject({
  resource: z.string().optional(),
  field: z.string().optional(),
  value: z.union([z.string(), z.number()]).nullish(),
  code: z.string().optional(),
  message: z.string().optional(),
})
const errorBody = z.object({message: z.string().default(''), errors: z.unknown().optional()})

/** A GraphQL answer with errors, which comes with status 200. */
const graphqlFailure = z.object({
  errors: z
    .array(
      z.object({
        type: z.string().default(''),
        message: z.string(),
        path: z.array(z.union([z.string(), z.number()])).default([]),
      }),
    )
    .min(1),
})

/** The types that GitHub gives to a query for which no points are left; it has used both. */
const POINTS_SPENT: readonly string[] = ['RATE_LIMITED', 'RATE_LIMIT']
/** GitHub's words for a limit; older servers call it abuse. */
const LIMIT = /\brate limit\b|\babuse detection\b/i

/** A GraphQL answer with data beside its errors, which say what is missing. */
const partialFailure = z.object({
  data: z.record(z.string(), z.unknown()),
  errors: z.array(z.object({type: z.string(), path: z.array(z.union([z.string(), z.number()]))})).min(1),
})

/** GraphQL's words, with status 200, for what is a 5xx in REST. */
const ITS_OWN_TROUBLE = /\btime(?:d )?out\b|\brespond to your request in time\b/i

/** Fields of a refusal that are named. */
const NAMED_FIELDS = 3
const BY_ITSELF = 'Clambake continues by itself'
const LATER = 'repeat it later (https://www.githubstatus.com); a running daemon tries again by itself'

/** Why a connection fails, by the code of Node's error below the library's. */
const UNREACHED: readonly [code: RegExp, words: string][] = [
  [new RegExp(`^${NOT_GITHUB}$`), 'a web page answers in its place, such as that of a network that wants a login'],
  [/^ECONNREFUSED$/, 'the connection is refused'],
  [/^(ENOTFOUND|EAI_AGAIN|EAI_NONAME)$/, 'its name is not known here'],
  [/TIMEOUT|ETIMEDOUT/, 'it does not answer in time'],
  [/^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/, 'the connection was cut'],
  [/^(EHOSTUNREACH|ENETUNREACH|ENETDOWN)$/, 'there is no way to it from this network'],
  [/CERT|SIGNATURE|ISSUER|^ERR_TLS/, 'its certificate is not trusted'],
]

function unreachedText(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    const code = 'code' in at && typeof at.code === 'string' ? at.code : ''
    const known = UNREACHED.find(([pattern]) => pattern.test(code))
    if (known) return known[1]
    if (at.name === 'TimeoutError') return 'it does not answer in time'
  }
  return 'the connection failed'
}

/** The status that GitHub answered with; null: it did not answer, or this is no failure of a request. */
export function statusOf(error: unknown): number | null {
  const failure = requestFailure.safeParse(error instanceof ClambakeError ? error.cause : error)
  return failure.success && failure.data.response ? failure.data.status : null
}

/** Whether the request may have worked though no good answer came: a cut connection, a time-out, a 5xx. */
export function isUnclear(error: unknown): boolean {
  const failure = requestFailure.safeParse(error instanceof ClambakeError ? error.cause : error)
  return failure.success && (failure.data.response === undefined || failure.data.status >= 500)
}

/** Whether GraphQL says that no points are left for this, which it does with status 200. */
export function isSpent(error: unknown): boolean {
  return graphqlFailure.safeParse(error).data?.errors.some(({type}) => POINTS_SPENT.includes(type)) ?? false
}

/**
 * Whether GitHub refuses for a limit, of whatever kind. It does not always say in a header how long it lasts, and to a query
 * it may say all of it with status 200 and in words alone.
 */
export function isLimit(error: unknown): boolean {
  const graphql = graphqlFailure.safeParse(error)
  if (graphql.success) return isSpent(error) || graphql.data.errors.some(({message}) => LIMIT.test(message))
  const status = statusOf(error)
  return status === 429 || (status === 403 && LIMIT.test(reasonOf(error)))
}

/**
 * The data of a GraphQL answer in which nothing is missing but what the token may not see of these fields, such as issues of other
 * repositories; null: more is missing.
 */
export function visiblePart(error: unknown, fields: readonly string[]): Record<string, unknown> | null {
  const {data, errors = []} = partialFailure.safeParse(error).data ?? {}
  const isOfThese = errors.every(
    ({type, path}) => type === 'FORBIDDEN' && path.some(step => typeof step === 'string' && fields.includes(step)),
  )
  return data !== undefined && isOfThese ? data : null
}

/** What GitHub wrote about a refusal, on one line. */
export function reasonOf(error: unknown, length = MESSAGE_LENGTH): string {
  const failure = requestFailure.safeParse(error instanceof ClambakeError ? error.cause : error)
  const body = errorBody.safeParse(failure.data?.response?.data)
  if (!body.success) return safeLine(messageOf(error)).slice(0, length)
  const {message, errors = []} = body.data
  const details = (Array.isArray(errors) ? errors : [errors]).map(problemText).join('; ')
  return safeLine([message, details].filter(Boolean).join(': ')).slice(0, length)
}

/** For people: `Label name: already_exists`. The field and its value are what a person can change. */
function problemText(problem: unknown): string {
  if (typeof problem === 'string') return problem
  const known = problemShape.safeParse(problem)
  const {resource, field, value, code, message} = known.data ?? {}
  const place = [resource, field, value == null ? undefined : `"${value}"`].filter(Boolean).join(' ')
  const words = message ?? code
  if (words === undefined) return JSON.stringify(problem)
  return place === '' ? words : `${place}: ${words}`
}

/**
 * Any failure of a request as an error that a person can act on. `github-unreachable`, `github-unavailable` and
 * `github-rate-limited` pass by themselves: the caller may do the same again, looking first. `limitedUntil` in milliseconds since 1970.
 */
export function translate(
  error: unknown,
  context: {slug: string; route: string; baseUrl: string; limitedUntil: number | null},
): ClambakeError {
  if (error instanceof ClambakeError) return error
  const graphql = graphqlFailure.safeParse(error)
  if (graphql.success) return graphqlRefusal(graphql.data.errors, context, error)
  const parsed = requestFailure.safeParse(error)
  if (!parsed.success) throw error
  const failure = parsed.data
  const {slug} = context
  const asked = routeWords(context.route)
  if (failure.response === undefined) {
    const proxy = proxyInUse()
    return new ClambakeError({
      code: 'github-unreachable',
      message: `GitHub cannot be reached at ${context.baseUrl}: ${unreachedText(error)}`,
      kept: 'all work and claims; the next pass sees what was changed',
      next: `check the network${proxy === null ? '' : ` and the proxy ${proxy}`}, then repeat the command; a running daemon tries again by itself`,
      cause: error,
    })
  }
  switch (failure.status) {
    case 401:
      return usageError({
        code: 'github-bad-token',
        message: 'GitHub does not accept the token',
        next: 'run gh auth login, which a running daemon takes within five minutes; or set GITHUB_TOKEN to a valid token, then clambake daemon restart',
        cause: error,
      })
    case 403:
    case 429:
      return context.limitedUntil !== null || isLimit(error)
        ? rateLimited(context.limitedUntil, error)
        : forbidden(failure, slug, asked, error)
    case 404:
      return new ClambakeError({
        code: 'github-not-found',
        message: `GitHub has not found it (404): asked to ${asked}, in ${slug}`,
        next: 'check that it exists and that the token may see it',
        cause: error,
      })
    default:
      if (failure.status === 410 && ISSUES_OFF.test(reasonOf(error))) return issuesOff(slug, error)
      return failure.status >= 500
        ? new ClambakeError({
            code: 'github-unavailable',
            message: `GitHub answers ${failure.status}: asked to ${asked}`,
            kept: 'all work and claims',
            next: LATER,
            cause: error,
          })
        : new ClambakeError({
            code: 'github-refused',
            message: `GitHub refuses to ${asked} (${failure.status}): ${reasonOf(error)}`,
            kept: 'all work and claims',
            next: 'change what GitHub names; clambake why shows which tickets wait for it',
            cause: error,
          })
  }
}

/** Whether an issue is gone for good, and not only out of sight. */
export function isGone(error: unknown): boolean {
  if (hasCode(error, 'github-issues-off')) return false
  const status = statusOf(error)
  return status === 404 || status === 410
}

/** The kinds of GraphQL errors that mean what a REST status means; of several the first that we know. */
function graphqlRefusal(
  errors: z.infer<typeof graphqlFailure>['errors'],
  {slug, route, limitedUntil}: {slug: string; route: string; limitedUntil: number | null},
  cause: unknown,
): ClambakeError {
  const asked = routeWords(route)
  const reason = safeLine(errors.map(({message}) => message).join(': ')).slice(0, MESSAGE_LENGTH)
  const is = (...types: string[]) => errors.some(({type}) => types.includes(type))
  if (isLimit(cause)) return rateLimited(limitedUntil, cause)
  if (is('INSUFFICIENT_SCOPES', 'FORBIDDEN')) {
    return new ClambakeError({
      code: 'github-forbidden',
      message: `The token may not ${asked} in ${slug}: ${reason}${fieldsOf(errors)}`,
      kept: 'all work and claims',
      next:
        notTheToken(reason, {}) ??
        'gh auth refresh --scopes repo,project, or give the token these scopes, or write access to issues, pull requests, contents and projects, and read access to checks and commit statuses',
      cause,
    })
  }
  if (errors.some(({type, message}) => type === '' && ITS_OWN_TROUBLE.test(message))) {
    return new ClambakeError({
      code: 'github-unavailable',
      message: `GitHub could not ${asked} of ${slug}: ${reason}`,
      kept: 'all work and claims',
      next: LATER,
      cause,
    })
  }
  return new ClambakeError({
    code: is('NOT_FOUND') ? 'github-not-found' : 'github-refused',
    message: `GitHub refuses to ${asked} of ${slug}: ${reason}`,
    kept: 'all work and claims',
    next: is('NOT_FOUND')
      ? 'check that it exists and that the token may see it'
      : 'change what GitHub names; clambake why shows which tickets wait for it',
    cause,
  })
}

/** The fields that were refused, in parentheses: they tell which permission is missing. */
function fieldsOf(errors: z.infer<typeof graphqlFailure>['errors']): string {
  const names = errors.flatMap(({path}) => path.findLast(step => typeof step === 'string' && step !== 'nodes') ?? [])
  const said = safeLine([...new Set(names)].slice(0, NAMED_FIELDS).join(', '))
  return said === '' ? '' : ` (${said})`
}

/** What GitHub refuses whatever the token's permissions are, and what ends it; null: the permissions count. */
function notTheToken(reason: string, headers: {readonly [name: string]: unknown}): string | null {
  const sso = /\burl=(https:\/\/\S+)/.exec(String(headers['x-github-sso'] ?? ''))?.[1]
  if (sso !== undefined || /\bSAML\b/i.test(reason)) {
    const where = sso === undefined ? 'by Configure SSO at https://github.com/settings/tokens' : `at ${safeLine(sso)}`
    return `authorize the token for the organization ${where}; ${BY_ITSELF}`
  }
  if (/\bIP allow list\b/i.test(reason))
    return `add this machine's address to the organization's IP allow list; ${BY_ITSELF}`
  if (/\barchived so (?:it )?is read-only\b/i.test(reason))
    return `unarchive it in the settings of the repository; ${BY_ITSELF}`
  if (/\bforbids access via\b/i.test(reason)) return 'take a kind of token that the organization allows'
  return null
}

/** The error for a limit of GitHub; `until` null: it is not known how long it lasts. */
export function rateLimited(until: number | null, cause?: unknown): ClambakeError {
  const when = until === null ? 'for a while' : `until ${utcMinute(until, {end: true})}`
  return new ClambakeError({
    code: 'github-rate-limited',
    message: `GitHub's rate limit is reached ${when}`,
    kept: 'all work and claims; agents keep working',
    next: 'wait until then; a running daemon continues by itself',
    cause,
  })
}

/** The error for a repository whose issues are turned off. It keeps them, and shows them again when they are on. */
export function issuesOff(slug: string, cause?: unknown): ClambakeError {
  return new ClambakeError({
    code: 'github-issues-off',
    message: `Issues are turned off in ${slug}`,
    kept: 'all work and claims; agents keep working',
    next: 'turn them on in the settings of the repository; Clambake continues by itself',
    cause,
  })
}

/** The error for a repository that was renamed or deleted, and another one made under its name. */
export function otherRepository(slug: string): ClambakeError {
  return usageError({
    code: 'other-repository',
    message: `${slug} is another repository now than the one that this daemon began with`,
    kept: 'all work and claims; nothing of the other one is read',
    next: 'point origin to where yours is now (git remote set-url origin …), then clambake daemon restart',
  })
}

/** The answer does not look like GitHub's description of it. */
export function unexpectedAnswer(route: string, error: z.ZodError): ClambakeError {
  const field = safeLine(error.issues[0]?.path.join('.') ?? '').slice(0, MESSAGE_LENGTH)
  return new ClambakeError({
    code: 'github-unexpected-answer',
    message: `GitHub's answer is not understood: asked to ${routeWords(route)}, it gave no ${field === '' ? 'data' : `usable ${field}`}`,
    kept: 'all work and claims',
    next: 'check github.api_url in clambake.toml, or update Clambake',
    cause: error,
  })
}

function forbidden(failure: RequestFailure, slug: string, asked: string, cause: unknown): ClambakeError {
  const headers = failure.response?.headers ?? {}
  const needed = headers['x-accepted-github-permissions'] ?? headers['x-accepted-oauth-scopes']
  const reason = reasonOf(cause)
  return new ClambakeError({
    code: 'github-forbidden',
    message: `The token may not ${asked} in ${slug}: ${reason}`,
    kept: 'all work and claims',
    next:
      notTheToken(reason, headers) ??
      (needed
        ? `give the token these permissions: ${safeLine(String(needed))}`
        : 'give the token the repo scope, or write access to issues, pull requests and contents'),
    cause,
  })
}
