import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import * as z from 'zod'
import {translate, unexpectedAnswer} from '../../src/github/client/errors.ts'
import {routeWords} from '../../src/github/client/route-words.ts'

it.each([
  ['GET /repos/{owner}/{repo}', 'read the repository'],
  ['GET /repos/{owner}/{repo}/branches/{branch}/protection', 'read protection of branches'],
  ['GET /repos/{owner}/{repo}/commits/{ref}/check-runs', 'read check runs of commits'],
  ['PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge', 'set merge of pull requests'],
  ['POST /repos/{owner}/{repo}/labels', 'add labels'],
  ['GET /user', 'read the account'],
  ['query OpenIssues', 'read open issues'],
  ['mutation AddItem', 'add item'],
  ['GraphQL', 'answer a query'],
])('says %s in words', (route, words) => expect(routeWords(route)).toBe(words))

const context = {slug: 'acme/shop', baseUrl: 'https://api.test', limitedUntil: null}
const RAW =
  /[{}]|\b(GET|POST|PUT|PATCH|DELETE) |\bquery |mutation|fetch failed|E[A-Z]{5,}|undici|Invalid input|expected/
const answered = (status: number, data: unknown = {message: 'Server Error'}) =>
  Object.assign(new Error('HttpError'), {status, message: 'x', response: {headers: {}, data}})
const unreached = (cause: object, message = 'fetch failed') =>
  Object.assign(new Error(message), {status: 500, cause: Object.assign(new Error(message), cause)})

describe('what a person reads of a request that fails', () => {
  const routes = readdirSync(join(import.meta.dirname, '../../src/github'), {recursive: true, encoding: 'utf8'})
    .filter(file => file.endsWith('.ts'))
    .flatMap(file => [
      ...readFileSync(join(import.meta.dirname, '../../src/github', file), 'utf8').matchAll(
        /'((?:GET|POST|PUT|PATCH|DELETE) \/[^']+)'|\b((?:query|mutation) \w+)/g,
      ),
    ])
    .map(([, rest, graphql]) => rest ?? graphql!)

  it('has no path, method or word of a library, whatever was asked and answered', () => {
    expect(routes.length).toBeGreaterThan(10)
    for (const route of routes) {
      for (const status of [401, 403, 404, 409, 410, 422, 429, 500, 502, 503]) {
        const {message, next = ''} = translate(answered(status), {...context, route})
        expect(`${message}; ${next}`).not.toMatch(RAW)
      }
      const issue = z.object({full_name: z.string()}).safeParse({}).error!
      expect(unexpectedAnswer(route, issue).message).not.toMatch(RAW)
    }
  })

  it('names what an answer lacks, or that it is none of GitHub', () => {
    const shape = z.object({owner: z.object({login: z.string()})})
    const lacks = unexpectedAnswer('GET /user', shape.safeParse({owner: {}}).error!)
    expect(lacks.message).toBe(
      "GitHub's answer is not understood: asked to read the account, it gave no usable owner.login",
    )
    const html = unexpectedAnswer('GET /user', shape.safeParse('<html>').error!)
    expect(html.message).toBe("GitHub's answer is not understood: asked to read the account, it gave no data")
  })

  it.each([
    [{code: 'ECONNREFUSED'}, 'the connection is refused'],
    [{code: 'ENOTFOUND'}, 'its name is not known here'],
    [{code: 'UND_ERR_CONNECT_TIMEOUT'}, 'it does not answer in time'],
    [{code: 'ECONNRESET'}, 'the connection was cut'],
    [{code: 'DEPTH_ZERO_SELF_SIGNED_CERT'}, 'its certificate is not trusted'],
    [{}, 'the connection failed'],
  ])('says why GitHub is not reached: %j', (cause, words) => {
    const {message} = translate(unreached(cause), {...context, route: 'GET /user'})
    expect(message).toBe(`GitHub cannot be reached at https://api.test: ${words}`)
  })
})
