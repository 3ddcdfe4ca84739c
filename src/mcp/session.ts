import type {Clock} from '../base/clock.ts'
import type {Coordination} from '../hub/coordination.ts'
import type {Peer} from '../model/hub/instance.ts'
import type {Author} from '../model/hub/memory/memory.ts'

/** The issue that a supervised agent works on. */
export type TicketView = {
  issue: number
  title: string
  /** What the issue says, or why that is not given. */
  body: {text: string} | {missing: string}
  branch: string
  base: string | null
  /** The task of its present turn, as its prompt said it; null: the issue itself. */
  asked: string | null
}

/**
 * What the tools work with: the hub, and the session that calls. Who that is comes from the process that started the server
 * or from the pane that posted, never from an argument.
 */
export type McpSession = {
  hub: Coordination
  clock: Clock
  /** The session that calls, which is registered with the first call that needs it. */
  self(): Promise<Peer>
  /** What a memory that it writes says of its origin. */
  author(): Promise<Author>
  /** null: it is no supervised agent. */
  ticket(): Promise<TicketView | null>
  /** Writes to a supervised agent of this repository; gives what the sender is to know. */
  sendToAgent(message: {to: string; text: string}): Promise<string>
}

/** Opens what one call needs; it is closed after the call, so that a hub that was down is tried again with the next. */
export type OpenSession = () => Promise<McpSession & AsyncDisposable>
