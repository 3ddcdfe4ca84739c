/** The author's association with the repository, in GitHub's own words. */
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
  /** Open issues that GitHub's own dependencies name as blocking it. */
  dependsOn?: readonly number[]
  /** Its open sub-issues. */
  subIssues?: readonly number[]
  /** Last edit of its text, GitHub's clock; null: never, undefined: not known. */
  editedAt?: number | null
  /** When a person other than its author last added the routing label; null: never, undefined: not known. */
  approvedAt?: number | null
  /** Its Status on the configured board; null: it has none there, undefined: not asked. */
  board?: string | null
}
