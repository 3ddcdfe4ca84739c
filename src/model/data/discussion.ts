/** Text of an issue or pull request and what was said on it; unsafe for a terminal until it is made safe. */
export type Discussion = {
  number: number
  title: string
  author: string
  state: 'open' | 'closed' | 'merged'
  labels: readonly string[]
  assignees: readonly string[]
  url: string
  createdAt: number
  /** GitHub's Markdown. */
  body: string
  /** Oldest first; of long discussions the newest. */
  comments: readonly {author: string; at: number; body: string}[]
  /** Comments before these, which were not read. */
  earlier: number
}

/** What reviewers say of a pull request: somebody asks for changes, all who spoke approve, or nobody spoke yet. */
export type Review = 'none' | 'requested' | 'approved' | 'changes' | 'unknown'

/** One check run or commit status. `stopped`: it ended without a verdict; `neutral`: it passed and checked nothing. */
export type CheckRow = {name: string; state: 'pending' | 'passed' | 'failed' | 'stopped' | 'neutral'; summary: string}
