/** Kind of the post to a pane's mailbox by which its agent speaks; the pane's secret says who it is. */
export const SAY = 'ClambakeSend'

/** How the key of a person's own review in Clambake begins; those of what was said on GitHub begin otherwise. */
export const OWN_REVIEW = 'review:'

/** Words to an agent about its ticket, delivered at the end of its turn, or at once when it waits for a prompt. */
export type Message = {
  id: number
  /** Who said it, from the connection: `ada@laptop`, `agent002`; `clambake` for what the daemon sent back. */
  from: string
  /** The agent. */
  to: string
  ticket: number
  text: string
  at: number
  /** null: not yet. */
  deliveredAt: number | null
  /** From when it is no longer delivered: a day after it was sent, or once its agent ended without it. null: never. */
  expiresAt: number | null
  /**
   * What it is kept under once: words of a review. Work that was handed in goes back to its agent with them, and they do
   * not expire.
   */
  key?: string
}
