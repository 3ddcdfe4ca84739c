import * as z from 'zod'
import {systemClock} from '../../src/base/clock.ts'
import {messageOf} from '../../src/base/errors.ts'
import {silentLog} from '../../src/base/log.ts'
import {createClient, type GithubClient, type GithubOptions} from '../../src/github/client/client.ts'
import {reasonOf, statusOf} from '../../src/github/client/errors.ts'
import {createGithub} from '../../src/github/gateway.ts'
import type {CheckUpGateway} from '../../src/model/gateways/forge.ts'
import type {GithubGateway} from '../../src/model/gateways/github.ts'
import {createPeople, type People} from './people.ts'

export type Address = {baseUrl: string; owner: string; repo: string; token: string}

/** A repository of some GitHub in which the contract may create things. */
export type Place = AsyncDisposable & {
  /** The names and titles of all that is created begin with it. */
  prefix: string
  /** A branch of its own into which its pull requests go; the default branch is left alone. */
  base: string
  people: People
  /** Sends requests and remembers what they create, to remove it later; another way of sending must call this one. */
  fetch: typeof fetch
  /** The gateway under test, with other options if a test needs them. */
  gateway(options?: Partial<GithubOptions>): GithubGateway & CheckUpGateway
}

const made = {
  number: z.object({number: z.number(), title: z.string()}),
  ref: z.object({ref: z.string()}),
  label: z.object({name: z.string()}),
}

/**
 * Makes a base branch and remembers all that is made from then on; disposal closes and deletes that, and nothing else.
 * `by`: what this server cannot be asked for by its API.
 */
export async function openPlace(
  address: Address,
  by: (people: People, base: string) => Partial<People> = () => ({}),
): Promise<Place> {
  const {baseUrl, owner, repo} = address
  const prefix = `clambake-live-${Date.now()}`
  const memory = rememberMade()
  const options = {
    ...{baseUrl, owner, repo, token: async () => address.token, clock: systemClock, log: silentLog},
    // A server on this machine need not be spared.
    ...(/\/\/(127\.|localhost)/.test(baseUrl) ? {secondMs: 10} : {}),
    fetch: memory.fetch,
  }
  const client = createClient(options)
  await using cleanup = new AsyncDisposableStack()
  cleanup.defer(() => undo(client, memory))
  const base = `${prefix}-base`
  const plain = createPeople(client, base)
  const people = {...plain, ...by(plain, base)}
  await people.branch(base)
  const owned = cleanup.move()
  return {
    prefix,
    base,
    people,
    fetch: memory.fetch,
    gateway: more => createGithub({...options, ...more}),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

type Memory = ReturnType<typeof rememberMade>

/** A `fetch` that notes what its requests made. */
function rememberMade() {
  const pulls = new Set<number>()
  const issues = new Set<number>()
  const refs = new Set<string>()
  const labels = new Set<string>()
  async function note(path: string, response: Response): Promise<void> {
    const body: unknown = await response.clone().json()
    if (path.endsWith('/pulls')) pulls.add(made.number.parse(body).number)
    else if (/\/repos\/[^/]+\/[^/]+\/issues$/.test(path)) issues.add(made.number.parse(body).number)
    else if (path.endsWith('/git/refs')) refs.add(made.ref.parse(body).ref)
    else if (/\/repos\/[^/]+\/[^/]+\/labels$/.test(path)) labels.add(made.label.parse(body).name)
  }
  const remembering: typeof fetch = async (input, init) => {
    const response = await fetch(input, init)
    const {pathname} = new URL(input instanceof Request ? input.url : String(input))
    if (init?.method === 'POST' && response.status === 201) await note(pathname, response)
    return response
  }
  return {fetch: remembering, pulls, issues, refs, labels}
}

/** Takes back all that was made; one failure does not keep the rest. */
async function undo(client: GithubClient, {pulls, issues, refs, labels}: Memory): Promise<void> {
  const failures: string[] = []
  const attempt = async (what: string, route: string, params: Record<string, unknown>) => {
    try {
      await client.request(route, params, z.unknown())
    } catch (error) {
      if (!isGone(error)) failures.push(`${what}: ${messageOf(error)}`)
    }
  }
  const at = '/repos/{owner}/{repo}'
  for (const number of pulls) {
    await attempt(`pull request #${number}`, `PATCH ${at}/pulls/{number}`, {number, state: 'closed'})
  }
  for (const number of issues) {
    await attempt(`issue #${number}`, `PATCH ${at}/issues/{number}`, {number, state: 'closed'})
  }
  for (const ref of refs) await attempt(ref, `DELETE ${at}/git/{+ref}`, {ref})
  for (const name of labels) await attempt(`label ${name}`, `DELETE ${at}/labels/{name}`, {name})
  if (failures.length > 0) throw new Error(`left behind in ${client.slug}:\n${failures.join('\n')}`)
}

/** For a ref GitHub says so with 422. */
function isGone(error: unknown): boolean {
  const status = statusOf(error) ?? 0
  return [404, 410].includes(status) || (status === 422 && /does not exist/i.test(reasonOf(error)))
}
