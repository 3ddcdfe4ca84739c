import {type GraphQLSchema, parse, validate} from 'graphql'
import {describe, expect, it} from 'vitest'
import {costOf} from '../../fixtures/github/graphql/cost.ts'
import {githubSchema, publishedSchema} from '../../fixtures/github/graphql/schema.ts'
import * as queries from '../../src/github/snapshot/queries.ts'

const FLAGS = [false, true]
const FEATURES = FLAGS.flatMap(dependencies =>
  FLAGS.flatMap(parent => FLAGS.map(board => ({dependencies, parent, board}))),
)

/** Every GraphQL document that the gateway sends, with all optional parts. */
const DOCUMENTS = Object.entries(queries).flatMap(([name, value]) => {
  if (typeof value === 'string') return [{name, document: value, dependencies: name === 'BLOCKERS'}]
  if (typeof value === 'number') return []
  return FEATURES.map(features => ({
    name: `${name} ${JSON.stringify(features)}`,
    document: value(features),
    dependencies: features.dependencies,
  }))
})

const problems = (schema: GraphQLSchema, document: string) =>
  validate(schema, parse(document)).map(({message}) => message)

describe("every query fits GitHub's own schema", () => {
  it.each(DOCUMENTS)('$name', ({document, dependencies}) => {
    expect(problems(githubSchema(), document)).toEqual([])
    // The package's schema is of before issue dependencies; they are asked for where a server says that it has them.
    if (!dependencies) expect(problems(publishedSchema(), document)).toEqual([])
  })
})

it('a page costs what the budget is reckoned with', () => {
  const all = {dependencies: true, parent: true, board: true}
  const points = (document: string) => costOf(parse(document), {}).points
  expect([points(queries.openIssuesQuery({...all, board: false})), points(queries.openIssuesQuery(all))]).toEqual([
    2, 3,
  ])
  expect([points(queries.changedIssuesQuery(all)), points(queries.OPEN_PULLS)]).toEqual([3, 2])
  expect([queries.FIELDS, queries.BLOCKERS, queries.APPROVALS].map(points)).toEqual([1, 1, 1])
})
