import * as z from 'zod'
import {ClambakeError} from '../base/errors.ts'
import type {SeenOnGithub} from '../model/data/show.ts'
import {CARDS, cardShape, columnOn} from './board/cards.ts'
import type {GithubClient} from './client/client.ts'
import {findIssue} from './issues.ts'
import {readRepository} from './repository.ts'

/** The most issues of one query, few enough that GitHub answers fast. */
const ASKED_AT_ONCE = 50

const seenShape = z.object({
  number: z.number(),
  labels: z.object({nodes: z.array(z.object({name: z.string()}))}),
  assignees: z.object({nodes: z.array(z.object({login: z.string()}))}),
  projectItems: z.object({nodes: z.array(cardShape.nullable())}).optional(),
})

/**
 * What GitHub shows of these issues now, with their column where a board is configured; null: no issue of this
 * repository has the number any more. Costs a point for all of them together. Rejects with `repository-not-found`.
 */
export function createShowing(client: GithubClient, board: string | null) {
  async function ask(
    numbers: readonly number[],
    {withBoard}: {withBoard: boolean},
  ): Promise<Map<number, SeenOnGithub>> {
    const fields = `number labels(first: 100) { nodes { name } } assignees(first: 10) { nodes { login } } ${
      withBoard ? CARDS : ''
    }`
    const issues = numbers.map(number => `i${number}: issue(number: ${number}) { ${fields} }`)
    const document = `query readShowing($owner: String!, $repo: String!) {
      repository(owner: $owner, name: $repo) { ${issues.join('\n')} }
    }`
    const shape = z.object({repository: z.record(z.string(), seenShape)})
    const {repository} = await client.graphql(document, {}, shape)
    return new Map(
      Object.values(repository).map(({number, labels, assignees, projectItems}) => [
        number,
        {
          labels: labels.nodes.map(({name}) => name),
          assignees: assignees.nodes.map(({login}) => login),
          column: projectItems && board !== null ? columnOn(projectItems.nodes, board) : undefined,
        },
      ]),
    )
  }

  /** A token that may not see boards sees the rest, and so does a server without GraphQL. */
  async function look(numbers: readonly number[]): Promise<Map<number, SeenOnGithub | null>> {
    try {
      return await ask(numbers, {withBoard: board !== null})
    } catch (error) {
      if (!(error instanceof ClambakeError)) throw error
      if (error.code === 'github-forbidden' && board !== null) return ask(numbers, {withBoard: false})
      if (error.code !== 'github-not-found' && error.code !== 'github-refused') throw error
    }
    const found = new Map<number, SeenOnGithub | null>()
    for (const number of numbers) found.set(number, await alone(number))
    // To a token that may not see the repository GitHub says the same of each issue, and none is gone.
    if ([...found.values()].includes(null)) await readRepository(client)
    return found
  }

  /** One of them is gone, which fails the query of all, or there are no queries. */
  async function alone(number: number): Promise<SeenOnGithub | null> {
    const issue = await findIssue(client, number)
    if (issue === null) return null
    try {
      return (await ask([number], {withBoard: board !== null})).get(number) ?? null
    } catch (error) {
      if (!(error instanceof ClambakeError)) throw error
      return {labels: issue.labels, assignees: issue.assignees, column: undefined}
    }
  }

  return async (numbers: readonly number[]): Promise<ReadonlyMap<number, SeenOnGithub | null>> => {
    const found = new Map<number, SeenOnGithub | null>()
    for (let from = 0; from < numbers.length; from += ASKED_AT_ONCE) {
      for (const [number, seen] of await look(numbers.slice(from, from + ASKED_AT_ONCE))) found.set(number, seen)
    }
    return found
  }
}
