import * as z from 'zod'
import {ClambakeError} from '../../base/errors.ts'
import type {GateIssue} from '../../model/landing/gate/reading.ts'
import {CARDS, cardShape, columnOn} from '../board/cards.ts'
import type {GithubClient} from '../client/client.ts'
import type {createShowing} from '../showing.ts'
import {readIssue} from './read.ts'

/** The most issues of one query, few enough that GitHub answers fast. */
const ASKED_AT_ONCE = 50

const issueShape = z.object({
  number: z.number(),
  state: z.enum(['OPEN', 'CLOSED']),
  stateReason: z.string().nullable(),
  labels: z.object({nodes: z.array(z.object({name: z.string()})), pageInfo: z.object({hasNextPage: z.boolean()})}),
  projectItems: z.object({nodes: z.array(cardShape.nullable())}).optional(),
})
const foundShape = z.object({repository: z.record(z.string(), issueShape)})

type GateIssues = (numbers: readonly number[]) => Promise<ReadonlyMap<number, GateIssue | undefined>>

/**
 * Reads many issues as the gate reads one, in one query. Where that fails, since one is gone, say, each is read by
 * itself; one that cannot be read at all is undefined.
 */
export function createGateIssues(
  client: GithubClient,
  {showing, board}: {showing: ReturnType<typeof createShowing>; board: string | null},
): GateIssues {
  async function ask(numbers: readonly number[]): Promise<Map<number, GateIssue | undefined>> {
    const fields = `number state stateReason labels(first: 100) { nodes { name } pageInfo { hasNextPage } } ${
      board === null ? '' : CARDS
    }`
    const issues = numbers.map(number => `i${number}: issue(number: ${number}) { ${fields} }`)
    const document = `query gateIssues($owner: String!, $repo: String!) {
      repository(owner: $owner, name: $repo) { ${issues.join('\n')} }
    }`
    const {repository} = await client.graphql(document, {}, foundShape)
    const found = new Map<number, GateIssue | undefined>()
    for (const {number, state, stateReason, labels, projectItems} of Object.values(repository)) {
      // A label that was not read could be the one that forbids it.
      if (labels.pageInfo.hasNextPage) continue
      found.set(number, {
        state: state === 'OPEN' ? 'open' : 'closed',
        reason: stateReason?.toLowerCase() ?? null,
        labels: labels.nodes.map(({name}) => name),
        column: board === null ? null : columnOn(projectItems?.nodes ?? [], board),
      })
    }
    return found
  }

  async function alone(number: number): Promise<GateIssue | undefined> {
    try {
      const issue = await readIssue(client, number)
      if (issue === null || board === null) return issue
      return {...issue, column: (await showing([number])).get(number)?.column ?? null}
    } catch (error) {
      if (error instanceof ClambakeError) return undefined
      throw error
    }
  }

  return async numbers => {
    const found = new Map<number, GateIssue | undefined>()
    for (let from = 0; from < numbers.length; from += ASKED_AT_ONCE) {
      const some = numbers.slice(from, from + ASKED_AT_ONCE)
      const together = await unlessRefused(() => ask(some))
      for (const number of some) found.set(number, together?.get(number) ?? (await alone(number)))
    }
    return found
  }
}

/** null: GitHub answers, but not this query. */
export async function unlessRefused<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask()
  } catch (error) {
    const isRefusal =
      error instanceof ClambakeError &&
      ['github-not-found', 'github-refused', 'github-forbidden', 'github-unexpected-answer'].includes(error.code)
    if (isRefusal) return null
    throw error
  }
}
