import type {AgentId} from '../../model/data/ids.ts'
import type {Focus} from './types.ts'

/** A place that needs a person, and what is known about it without going there. */
export type Need = {
  focus: Focus
  issue: number | null
  agent: AgentId | null
  title: string | null
  /** `asks Bash npm install`. */
  what: string
  /** Epoch milliseconds. */
  since: number
}

/** What the tab of a repository shows, and which of its places need a person. */
export type RepositoryRow = {
  name: string
  working: number
  needs: readonly Need[]
  /** `opening`: its daemon has not answered yet, or not again. `troubled`: something outside is wrong, or all of it. */
  health: 'good' | 'opening' | 'troubled'
}

/** The repositories of this screen, two or more, in the order of their tabs; `shown` is the index of one of them. */
export type Fleet = {repositories: readonly RepositoryRow[]; shown: number}
