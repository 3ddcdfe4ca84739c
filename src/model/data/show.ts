/** What GitHub should show of an issue; null: it is left as it is. */
export type Show = {labels: readonly string[] | null; column: string | null; assignee: string | null}

/** What GitHub shows of an issue. */
export type SeenOnGithub = {
  labels: readonly string[]
  assignees: readonly string[]
  /** Its column on the board; null: none, undefined: not known, or no board is configured. */
  column?: string | null | undefined
}

export const PARTS = ['labels', 'column', 'assignee'] as const

export type Part = (typeof PARTS)[number]

/** What a person asks for by a change on GitHub. */
export type Instruction = 'stop' | 'release' | 'retry'

export type Mismatch = {
  ticket: number
  part: Part
  /** What was written and what was found, as people read them. */
  wanted: string
  found: string
  word: Instruction | null
}

/** What becomes of a change by hand. */
export type Act = 'put back' | 'leave' | 'ask' | 'later' | 'stop' | 'release' | 'retry'

/** The same for people. */
export const ACTS: Record<Act, string> = {
  'put back': 'put back',
  leave: "left so until the ticket's next step",
  ask: 'waits for you',
  later: 'obeyed when what is under way has ended',
  stop: 'its agent is stopped, its work kept',
  release: 'released, its work kept',
  retry: 'tried again',
}

/** What was last written to GitHub about an issue. */
export type Written = {
  show: Show
  /** When it arrived, epoch milliseconds; null: it is on its way. */
  at: number | null
  /** What GitHub refused; a difference there is no change by hand. */
  missing: readonly Part[]
  /** What this write may replace; null: anything. */
  before: Replaceable | null
  /** Changes by hand that stay until the ticket's next step. */
  left: readonly Mismatch[]
  /** Changes by hand that a person has to decide on. */
  asks: readonly Mismatch[]
}

/** What a write may replace on GitHub. Anything else there was set by a person, and stays. */
export type Replaceable = {columns: readonly string[]; blocked: boolean}

/** What a look at GitHub found. `since`: when the compared write arrived; `seen` null: the issue no longer exists. */
export type Observation = {ticket: number; since: number; seen: SeenOnGithub | null}

/** Options of the board's Status. */
export const BOARD_COLUMNS = ['Backlog', 'Assigned', 'In Progress', 'Review', 'Blocked', 'Done'] as const

/** A board as it was found. */
export type Board = {
  id: string
  title: string
  url: string
  columns: readonly string[]
  /** Issues and notes on it. */
  items: number
  /** Whether the repository shows it. */
  linked: boolean
}

/** Which side wins when GitHub differs from what was written: GitHub, Clambake, or the one that a person chooses. */
export const STRATEGIES = ['github-wins', 'local-wins', 'manual'] as const

export type Strategy = (typeof STRATEGIES)[number]
