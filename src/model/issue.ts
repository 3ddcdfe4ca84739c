/** How the author stands to the repository, in GitHub's own words. */
export type Association =
  | 'OWNER'
  | 'MEMBER'
  | 'COLLABORATOR'
  | 'CONTRIBUTOR'
  | 'FIRST_TIME_CONTRIBUTOR'
  | 'FIRST_TIMER'
  | 'MANNEQUIN'
  | 'NONE'

/** A GitHub issue as Clambake reads it; texts are as GitHub gave them and unsafe for a terminal. */
export type Issue = {
  number: number
  title: string
  body: string
  state: 'open' | 'closed'
  labels: readonly string[]
  author: string
  association: Association
  assignees: readonly string[]
  url: string
  /** Milliseconds since 1970, GitHub's clock. */
  createdAt: number
  updatedAt: number
}
