import {HEAD} from '../shapes.ts'

/** Optional parts of a server's schema that exist and are wanted. */
export type Features = {
  /** `Issue.issueDependenciesSummary` and `Issue.blockedBy`; servers of before autumn 2025 have none. */
  dependencies: boolean
  /** `Issue.parent`, the other end of sub-issues. */
  parent: boolean
  /** Status on a board, which costs one more point for each page. */
  board: boolean
}

const ISSUES_PAGE = 100
/** Checks, reviews and merges of more at once take GitHub longer than the ten seconds that it allows itself. */
const PULLS_PAGE = 50
/** Most ids that one query may name. */
export const IDS = 100

/** Which fields there are; also tells whether there is GraphQL at all. */
export const FIELDS = `query fields {
  issue: __type(name: "Issue") { fields { name } }
  pull: __type(name: "PullRequest") { fields { name } }
}`

/* GitHub counts each list around its parents, whatever its length: hundred labels cost what one costs. */

const issueFields = ({dependencies, parent, board}: Features) => `
  id number title body state url createdAt updatedAt lastEditedAt authorAssociation
  author { __typename login }
  labels(first: 100) { nodes { name } }
  assignees(first: 10) { nodes { login } }
  ${parent ? 'parent { number repository { nameWithOwner } }' : ''}
  ${dependencies ? 'issueDependenciesSummary { blockedBy }' : ''}
  ${board ? BOARD : ''}`

const BOARD = `projectItems(first: 20, includeArchived: false) {
    nodes {
      project { id number }
      fieldValueByName(name: "Status") { ... on ProjectV2ItemFieldSingleSelectValue { name } }
    }
  }`

/** Fields that show a pass what the list of changes leaves out: deleted issues, renamed labels. */
const MARKS = `
    id nameWithOwner hasIssuesEnabled
    open: issues(first: 1, states: OPEN) { totalCount }
    newest: issues(first: 1, orderBy: {field: UPDATED_AT, direction: DESC}) { nodes { updatedAt } }
    labels(first: 100) { nodes { id name } }`

const issuesQuery = (name: string, variables: string, filter: string, features: Features) => `
query ${name}($owner: String!, $repo: String!, $after: String${variables}) {
  repository(owner: $owner, name: $repo) {${MARKS}
    issues(first: ${ISSUES_PAGE}, after: $after, ${filter}) {
      pageInfo { hasNextPage endCursor }
      nodes {${issueFields(features)}
      }
    }
  }
}`

/** All open issues, oldest first: new ones come at the end and move none from page to page. */
export const openIssuesQuery = (features: Features) =>
  issuesQuery('openIssues', '', 'states: OPEN, orderBy: {field: CREATED_AT, direction: ASC}', features)

/** Issues of any state that changed since; one that changes meanwhile comes again at the end. */
export const changedIssuesQuery = (features: Features) =>
  issuesQuery(
    'changedIssues',
    ', $since: DateTime!',
    'filterBy: {since: $since}, orderBy: {field: UPDATED_AT, direction: ASC}',
    features,
  )

export const OPEN_PULLS = `
query openPulls($owner: String!, $repo: String!, $after: String) {
  repository(owner: $owner, name: $repo) {
    nameWithOwner
    pullRequests(first: ${PULLS_PAGE}, after: $after, states: OPEN, orderBy: {field: CREATED_AT, direction: DESC}) {
      pageInfo { hasNextPage endCursor }
      nodes {
        number title url isDraft createdAt updatedAt
        ${HEAD} baseRefName baseRefOid mergeable reviewDecision
        reviewRequests(first: 1) { totalCount }
        latestOpinionatedReviews(first: 20, writersOnly: true) { nodes { state } }
        closingIssuesReferences(first: 20) { nodes { number repository { nameWithOwner } } }
        statusCheckRollup {
          contexts(first: 1) {
            checkRunCountsByState { state count }
            statusContextCountsByState { state count }
          }
        }
      }
    }
  }
}`

/** What blocks issues; asked only for those that are blocked. */
export const BLOCKERS = `
query blockers($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on Issue { id blockedBy(first: 50) { nodes { number repository { nameWithOwner } } } }
  }
}`

/** Who put labels on issues and when, and their new titles: asked only of strangers' issues. */
export const APPROVALS = `
query approvals($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on Issue {
      id
      author { login }
      timelineItems(last: 100, itemTypes: [LABELED_EVENT, RENAMED_TITLE_EVENT]) {
        nodes {
          __typename
          ... on LabeledEvent { createdAt actor { __typename login } label { name } }
          ... on RenamedTitleEvent { createdAt }
        }
      }
    }
  }
}`
