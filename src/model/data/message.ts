/** Kind of the post to a pane's mailbox by which its agent speaks; the pane's secret says who it is. */
export const SAY = 'ClambakeSend'

/** The sender of the daemon's own messages. */
export const DAEMON = 'clambake'

/** The sender of what an agent of another repository wrote by the daemon's socket. */
export const AGENT_ELSEWHERE = 'an agent elsewhere'

const PROGRAM = 'a program of '

/** The sender of what a program wrote that a person started: a session of a client, or a script. */
export function programOf(person: string): string {
  return `${PROGRAM}${person}`
}

export function isProgram(from: string): boolean {
  return from.startsWith(PROGRAM)
}

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
  /** From when it is no longer delivered: a day after it was sent, or once its agent ended without it. null: not by time. */
  expiresAt: number | null
  /**
   * What it is kept under once: words of a review. Work that was handed in goes back to its agent with them, and they wait
   * for it, however long.
   */
  key?: string
}

/** Messages without a key expire after a day, because they may no longer be true. */
export const MESSAGE_LIFE_MS = 24 * 60 * 60_000

/** Whether a message is no longer delivered at a time. */
export function isExpired({expiresAt}: Pick<Message, 'expiresAt'>, now: number): boolean {
  return expiresAt !== null && expiresAt <= now
}

/** Whether a message's day has passed and that was not told of: one that is told of expires at another time than by itself. */
export function isUntold({at, deliveredAt, expiresAt}: Message, now: number): boolean {
  return deliveredAt === null && expiresAt === at + MESSAGE_LIFE_MS && expiresAt <= now
}

/** Whether a message waits for its agent, or its day ended of late without word. */
export function isWaiting(message: Message, now: number): boolean {
  if (isExpired(message, now)) return isUntold(message, now) && now - message.at < 2 * MESSAGE_LIFE_MS
  return message.deliveredAt === null
}

/** `held`: it begins no turn, as other sessions have begun all that they may; it comes with the agent's next prompt. */
export type SentMessage = Message & {held?: boolean}

/** What the answer to a message says to its sender. */
export function sentText({to, ticket, held}: SentMessage): string {
  return held
    ? `${to} gets it with its next prompt on #${ticket}, if there is one: other sessions have begun all the turns that they may`
    : `${to} reads it at the end of its turn on #${ticket}`
}
