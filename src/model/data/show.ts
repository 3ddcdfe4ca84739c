/** What GitHub should show of an issue; null: not ours to say. */
export type Show = {labels: readonly string[] | null; column: string | null; assignee: string | null}

/** What GitHub shows of an issue. */
export type Seen = {
  labels: readonly string[]
  assignees: readonly string[]
  /** Its column on the board; null: none, undefined: not known, or no board is configured. */
  column?: string | null | undefined
}

export type Part = 'labels' | 'column' | 'assignee'

/** What a person means by a change, where it means something to the ticket. */
export type Word = 'stop' | 'release' | 'retry'

export type Mismatch = {
  ticket: number
  part: Part
  /** What was told, and what stands there, as people read them. */
  wanted: string
  found: string
  word: Word | null
}

/** What GitHub was told of an issue last. */
export type Told = {
  show: Show
  /** When it was there, epoch milliseconds; null: it is on its way. */
  at: number | null
  /** What could not be shown: what is refused on GitHub is nobody's change. */
  missing: readonly Part[]
  /** What may have stood there before; null: anything, and it is told all the same. */
  before: Standing | null
  /** Changes by hand that stay until the ticket's next step. */
  left: readonly Mismatch[]
  /** Changes by hand that a person has to decide on. */
  asks: readonly Mismatch[]
}

/** What is ours to change when a ticket goes on; what else stands there is somebody's word that comes first. */
export type Standing = {columns: readonly string[]; blocked: boolean}

/** What GitHub shows of a ticket; `since`: the telling that it is compared with, null: no such issue is there now. */
export type Sight = {ticket: number; since: number; seen: Seen | null}
