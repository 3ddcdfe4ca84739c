import * as z from 'zod'
import {ClambakeError, hasCode} from '../../base/errors.ts'
import {createMutex} from '../../base/mutex.ts'
import type {GithubClient} from '../client/client.ts'
import {anything} from '../shapes.ts'
import {isBoardNumber, readBoard} from './projects.ts'

/** Cards that one mutation moves. */
const MOVED_AT_ONCE = 20

const OPTION = '... on ProjectV2ItemFieldSingleSelectValue { name }'
/** The cards of an issue, on whatever boards. */
export const CARDS = `projectItems(first: 20) { nodes {
  id isArchived project { id number } fieldValueByName(name: "Status") { ${OPTION} }
} }`

export const cardShape = z.object({
  id: z.string(),
  isArchived: z.boolean(),
  project: z.object({id: z.string(), number: z.number()}),
  fieldValueByName: z.object({name: z.string().nullish()}).nullish(),
})
type Card = z.infer<typeof cardShape>

const issueShape = z.object({
  number: z.number(),
  id: z.string(),
  projectItems: z.object({nodes: z.array(cardShape.nullable())}),
})
const fieldShape = z.object({id: z.string(), options: z.array(z.object({id: z.string(), name: z.string()}))})
const readShape = z.object({
  repository: z.record(z.string(), issueShape),
  node: z.object({url: z.string().optional(), field: fieldShape.nullish().catch(null)}).nullable(),
})
const addedShape = z.record(z.string(), z.object({item: z.object({id: z.string()})}))

type Wish = {issue: number; column: string; from: readonly string[] | null; settle: (error: unknown) => void}

/** The column of an issue on a board of this id or number; null: no card, or one without a column. A card that was archived is none. */
export function columnOn(cards: readonly (Card | null)[], board: string): string | null {
  return cardOn(cards, board)?.fieldValueByName?.name ?? null
}

function cardOn(cards: readonly (Card | null)[], board: string): Card | undefined {
  const isOn = ({project: {id, number}}: Card) => id === board || String(number) === board
  return cards.find(card => card && isOn(card) && !card.isArchived) ?? undefined
}

/**
 * Moves cards of one board. Moves of the same moment share one query, and one mutation for the cards that differ. An
 * issue without a card gets one; a card that is not in the expected column stays. Rejects with `board-without-column`, `board-gone`, or
 * `github-not-found` when the issue is gone. Without a board nothing is done.
 */
export function createCards(client: GithubClient, board: string | null) {
  const mutex = createMutex()
  let wishes: Wish[] = []
  /** The id of a board that is configured by its number; read once. */
  let known: string | null = null

  async function idOf(named: string): Promise<string> {
    known ??= isBoardNumber(named) ? (await readBoard(client, named)).id : named
    return known
  }

  function collect(): void {
    const all = wishes
    wishes = []
    for (let from = 0; from < all.length; from += MOVED_AT_ONCE) {
      const batch = all.slice(from, from + MOVED_AT_ONCE)
      void mutex.run(() => carryOut(batch))
    }
  }

  async function carryOut(batch: readonly Wish[]): Promise<void> {
    try {
      const {without, url} = await moveCards(client, await idOf(board!), batch)
      for (const {column, settle} of batch) settle(without.has(column) ? noColumn(board!, {column, url}) : null)
    } catch (error) {
      // One issue that is gone fails the whole query.
      const isGone = hasCode(error, 'github-not-found')
      if (isGone && batch.length > 1) for (const wish of batch) await carryOut([wish])
      else for (const {settle} of batch) settle(isGone ? await whatIsGone(client, board!, error) : error)
    }
  }

  return (issue: number, column: string, from: readonly string[] | null = null): Promise<void> => {
    if (board === null) return Promise.resolve()
    const {promise, resolve, reject} = Promise.withResolvers<void>()
    if (wishes.length === 0) setImmediate(collect)
    wishes.push({issue, column, from, settle: error => (error === null ? resolve() : reject(error))})
    return promise
  }
}

/** Gives the columns that the board does not have, and its address. */
async function moveCards(
  client: GithubClient,
  board: string,
  wishes: readonly Wish[],
): Promise<{without: Set<string>; url: string | undefined}> {
  const numbers = [...new Set(wishes.map(({issue}) => issue))]
  const issues = numbers.map(number => `i${number}: issue(number: ${number}) { number id ${CARDS} }`)
  const document = `query readCards($owner: String!, $repo: String!, $board: ID!) {
    repository(owner: $owner, name: $repo) { ${issues.join('\n')} }
    node(id: $board) { ... on ProjectV2 { url field(name: "Status") {
      ... on ProjectV2SingleSelectField { id options { id name } }
    } } }
  }`
  const {repository, node} = await client.graphql(document, {board}, readShape)
  const options = new Map((node?.field?.options ?? []).map(({id, name}) => [name, id]))
  const without = new Set(wishes.map(({column}) => column).filter(column => !options.has(column)))
  // Of two moves of one issue the later counts.
  const wanted = new Map(wishes.map(wish => [wish.issue, wish]))
  const due = Object.values(repository).flatMap(({number, id, projectItems: {nodes}}) => {
    const {column, from = null} = wanted.get(number) ?? {}
    const option = column === undefined ? undefined : options.get(column)
    const now = columnOn(nodes, board)
    const isTheirs = from !== null && now !== null && !from.includes(now)
    return option === undefined || now === column || isTheirs
      ? []
      : [{number, id, option, item: cardOn(nodes, board)?.id}]
  })
  const items = await addCards(
    client,
    board,
    due.filter(({item}) => item === undefined),
  )
  const moves = due.flatMap(({number, option, item = items.get(number)}) => (item ? [{number, option, item}] : []))
  if (moves.length > 0 && node?.field) await setColumns(client, {board, field: node.field.id, moves})
  return {without, url: node?.url}
}

async function addCards(
  client: GithubClient,
  board: string,
  missing: readonly {number: number; id: string}[],
): Promise<Map<number, string>> {
  if (missing.length === 0) return new Map()
  const lines = missing.map(
    ({number, id}) =>
      `i${number}: addProjectV2ItemById(input: {projectId: ${quoted(board)}, contentId: ${quoted(id)}}) { item { id } }`,
  )
  const added = await client.graphql(`mutation addCards { ${lines.join('\n')} }`, {}, addedShape)
  return new Map(missing.flatMap(({number}) => (added[`i${number}`] ? [[number, added[`i${number}`]!.item.id]] : [])))
}

async function setColumns(
  client: GithubClient,
  {
    board,
    field,
    moves,
  }: {board: string; field: string; moves: readonly {number: number; option: string; item: string}[]},
): Promise<void> {
  const lines = moves.map(
    ({number, option, item}) => `i${number}: updateProjectV2ItemFieldValue(input: {projectId: ${quoted(board)},
      itemId: ${quoted(item)}, fieldId: ${quoted(field)}, value: {singleSelectOptionId: ${quoted(option)}}
    }) { clientMutationId }`,
  )
  await client.graphql(`mutation moveCards { ${lines.join('\n')} }`, {}, anything)
}

/** A GraphQL string is written as JSON's. */
function quoted(text: string): string {
  return JSON.stringify(text)
}

/** The board's own error when it is the board, else the issue's. */
async function whatIsGone(client: GithubClient, board: string, error: unknown): Promise<unknown> {
  try {
    await readBoard(client, board)
    return error
  } catch (boardError) {
    if (!hasCode(boardError, 'github-not-found')) return boardError
    const {message, next} = boardError
    return new ClambakeError({
      code: 'board-gone',
      message,
      kept: 'all work; nothing waits for the board',
      ...(next === undefined ? {} : {next: `${next}: clambake init then makes a new one`}),
      cause: boardError,
    })
  }
}

function noColumn(board: string, {column, url}: {column: string; url: string | undefined}): ClambakeError {
  return new ClambakeError({
    code: 'board-without-column',
    message: `The board ${board} has no column ${column} in its Status`,
    kept: 'the cards as they are, and all work',
    // Adding a column by the API replaces them all, so init does that only where no card loses its place.
    next: `add it to Status on ${url ?? 'GitHub'}; clambake init adds it only to a board without cards`,
  })
}
