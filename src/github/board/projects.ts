import * as z from 'zod'
import {ClambakeError, hasCode} from '../../base/errors.ts'
import {sameName} from '../../model/data/names.ts'
import type {Board} from '../../model/data/show.ts'
import type {GithubClient} from '../client/client.ts'
import {anything} from '../shapes.ts'

/** The field of a board that its columns are made of. */
const COLUMNS = 'Status'
const COLORS = ['GRAY', 'BLUE', 'YELLOW', 'PURPLE', 'RED', 'GREEN'] as const
/** The most boards of one repository that are searched for Clambake's. */
const LOOKED_AT = 50

const BOARD = `
  id title url closed
  items(first: 1) { totalCount }
  repositories(first: 100) { nodes { nameWithOwner } }
  field(name: "${COLUMNS}") { ... on ProjectV2SingleSelectField { id options { name color description } } }`

const boardShape = z.object({
  id: z.string(),
  title: z.string(),
  url: z.string(),
  closed: z.boolean(),
  items: z.object({totalCount: z.number()}),
  repositories: z.object({nodes: z.array(z.object({nameWithOwner: z.string()}).nullable())}),
  field: z
    .object({
      id: z.string(),
      options: z.array(z.object({name: z.string(), color: z.string(), description: z.string()})),
    })
    .nullish()
    // A field of another kind under this name has no columns.
    .catch(null),
})
type RawBoard = z.infer<typeof boardShape>

const READ_BOARD = `query readBoard($id: ID!) { node(id: $id) { __typename ... on ProjectV2 { ${BOARD} } } }`
const READ_NUMBERED = `query readNumberedBoard($owner: String!, $number: Int!) {
  repositoryOwner(login: $owner) { ... on ProjectV2Owner { projectV2(number: $number) { ${BOARD} } } }
}`
const FIND_BOARDS = `query findBoards($owner: String!, $repo: String!) {
  repository(owner: $owner, name: $repo) {
    id owner { id }
    projectsV2(first: ${LOOKED_AT}) { nodes { ${BOARD} } }
  }
}`
const CREATE_BOARD = `mutation createBoard($owned: ID!, $title: String!, $shown: ID!) {
  createProjectV2(input: {ownerId: $owned, title: $title, repositoryId: $shown}) { projectV2 { ${BOARD} } }
}`
const SET_COLUMNS = `mutation setColumns($field: ID!, $options: [ProjectV2SingleSelectFieldOptionInput!]!) {
  updateProjectV2Field(input: {fieldId: $field, singleSelectOptions: $options}) { clientMutationId }
}`
const LINK_BOARD = `mutation linkBoard($id: ID!, $shown: ID!) {
  linkProjectV2ToRepository(input: {projectId: $id, repositoryId: $shown}) { clientMutationId }
}`
const DELETE_BOARD = `mutation deleteBoard($id: ID!) { deleteProjectV2(input: {projectId: $id}) { clientMutationId } }`

const foundShape = z.object({
  repository: z.object({
    id: z.string(),
    owner: z.object({id: z.string()}),
    projectsV2: z.object({nodes: z.array(boardShape.nullable())}),
  }),
})

/**
 * The board of this id, else the open one of this title that the repository shows; null: there is none. Throws
 * `github-not-found` for an id that names no board that the token may see.
 */
export async function findBoard(
  client: GithubClient,
  {id, title}: {id: string | null; title: string},
): Promise<Board | null> {
  if (id !== null) return toBoard(client, await readBoard(client, id))
  const {boards} = await boardsOf(client)
  const found = boards.find(board => board.title === title && !board.closed)
  return found ? toBoard(client, found) : null
}

/** The board of this title with exactly these columns, made where the repository shows none. */
export async function ensureBoard(
  client: GithubClient,
  {title, columns}: {title: string; columns: readonly string[]},
): Promise<Board> {
  const {boards, repositoryId, ownerId} = await boardsOf(client)
  const known = boards.find(board => board.title === title && !board.closed)
  if (known) return toBoard(client, known)
  const created = z.object({createProjectV2: z.object({projectV2: boardShape})})
  const {createProjectV2} = await client.graphql(CREATE_BOARD, {owned: ownerId, title, shown: repositoryId}, created)
  const {id, field} = createProjectV2.projectV2
  // Nothing is on it yet, so the columns that GitHub gives to each new one may go.
  if (field) await client.graphql(SET_COLUMNS, {field: field.id, options: columns.map(columnOf)}, anything)
  return toBoard(client, await readBoard(client, id))
}

/** Adds columns behind those that the board has, and shows it in the repository. */
export async function completeBoard(
  client: GithubClient,
  id: string,
  {columns, link}: {columns: readonly string[]; link: boolean},
): Promise<void> {
  const {field} = await readBoard(client, id)
  const missing = columns.filter(name => !field?.options.some(option => option.name === name))
  if (missing.length > 0) {
    if (!field) throw noColumns(id)
    const options = [...field.options, ...missing.map(columnOf)]
    await client.graphql(SET_COLUMNS, {field: field.id, options}, anything)
  }
  if (link) await client.graphql(LINK_BOARD, {id, shown: (await boardsOf(client)).repositoryId}, anything)
}

/** Deletes a board; one that is gone already is fine. */
export async function ensureNoBoard(client: GithubClient, id: string): Promise<void> {
  try {
    await client.graphql(DELETE_BOARD, {id}, anything)
  } catch (error) {
    if (!hasCode(error, 'github-not-found')) throw error
  }
}

/** Whether a board is named by its number among its owner's, as its address has it, instead of by its id. */
export function isBoardNumber(board: string): boolean {
  return /^[1-9]\d*$/.test(board)
}

/**
 * The board of an id, or of a number among those of the repository's owner. Throws `github-not-found` for one that the
 * token may not see.
 */
export async function readBoard(client: GithubClient, id: string): Promise<RawBoard> {
  const shape = z.object({node: z.union([boardShape, z.object({__typename: z.string()})]).nullable()})
  const numbered = z.object({repositoryOwner: z.object({projectV2: boardShape.nullish()}).nullable()})
  let cause: unknown
  try {
    if (isBoardNumber(id)) {
      const {repositoryOwner} = await client.graphql(READ_NUMBERED, {number: Number(id)}, numbered)
      if (repositoryOwner?.projectV2) return repositoryOwner.projectV2
    } else {
      const {node} = await client.graphql(READ_BOARD, {id}, shape)
      if (node && 'title' in node) return node
    }
  } catch (error) {
    if (!hasCode(error, 'github-not-found')) throw error
    cause = error
  }
  throw new ClambakeError({
    code: 'github-not-found',
    message: `${id} is not a board (Projects V2) that the token may see`,
    kept: 'all boards as they are',
    next: 'correct github.project_id in clambake.toml, or take it out',
    cause,
  })
}

async function boardsOf(client: GithubClient): Promise<{boards: RawBoard[]; repositoryId: string; ownerId: string}> {
  const {repository} = await client.graphql(FIND_BOARDS, {}, foundShape)
  const boards = repository.projectsV2.nodes.filter(board => board !== null)
  return {boards, repositoryId: repository.id, ownerId: repository.owner.id}
}

function columnOf(name: string, index: number): {name: string; color: string; description: string} {
  return {name, color: COLORS[index % COLORS.length]!, description: ''}
}

function toBoard({slug}: GithubClient, {id, title, url, items, repositories, field}: RawBoard): Board {
  const linked = repositories.nodes.some(place => place !== null && sameName(place.nameWithOwner, slug))
  return {id, title, url, columns: field?.options.map(({name}) => name) ?? [], items: items.totalCount, linked}
}

function noColumns(id: string): Error {
  return new ClambakeError({
    code: 'board-without-status',
    message: `The board ${id} has no field ${COLUMNS}`,
    kept: 'the board as it is',
    next: `add a single-select field named ${COLUMNS} on GitHub`,
  })
}
