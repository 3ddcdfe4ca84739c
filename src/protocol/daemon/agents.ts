import type {Answer, Asks} from '../../model/agent/asks.ts'
import type {StoredEvent} from '../../model/data/event.ts'
import type {AgentId} from '../../model/data/ids.ts'
import type {Message, SentMessage} from '../../model/data/message.ts'
import type {Instance} from '../../model/hub/instance.ts'
import type {Meant, SlotMeant} from '../../model/hub/meant.ts'

/** How full an agent's context window is: `tokens` of `window` in its newest request; null: no request is known yet. */
export type ContextState = Meant & {
  agent: AgentId
  fill: {model: string; tokens: number; window: number; at: number} | null
}

/**
 * Methods that start and stop agents and talk to them. `meant` is the ticket that the caller saw the agent work on: a request
 * whose agent has another one by now, or another claim of it, is refused and does nothing.
 */
export type AgentsApi = {
  /** Starts an agent again on its blocked or stopped ticket, or on the next one. */
  startAgent: {params: {agent: AgentId}; result: {ticket: number; title: string; agent: AgentId; branch: string}}
  /** Saves an agent's work and ends its process. */
  stopAgent: {params: {agent: AgentId; meant?: SlotMeant}; result: {saved: string | null}}
  /** Answers an agent's question; without `id`, the only one that is open now. `did`: `allowed Bash: npm install`. */
  answerAgent: {
    params: {agent: AgentId; id?: number; answer: Answer; meant?: SlotMeant}
    result: {asks: Asks; did: string}
  }
  /**
   * Sends a message to one agent, or to all with `@all`. `program`: no person typed it.
   */
  send: {params: {to: string; text: string; program?: boolean; meant?: SlotMeant}; result: {messages: SentMessage[]}}
  /** Tells the agents on both sides of a conflict; `other`: null is main. Throws `no-conflict`. */
  tellConflict: {params: {one: string; other: string | null}; result: {agents: AgentId[]}}
  messages: {params: {agent?: AgentId; limit: number}; result: Message[]}
  /** Gives how full an agent's context window is. */
  context: {params: {agent: AgentId}; result: ContextState}
  /** Makes an agent that waits for a prompt compact its conversation. */
  compact: {params: {agent: AgentId; meant?: SlotMeant}; result: ContextState}
  /** Makes an agent that waits for a prompt clear its conversation, then gives it its task again. */
  clear: {params: {agent: AgentId; meant?: SlotMeant}; result: ContextState}
  /** Gives the events of an agent's slot, newest first. */
  history: {params: {agent: AgentId; limit: number}; result: StoredEvent[]}
  /** Gives the daemons that the hub knows, with their agents: all repositories of this user. */
  who: {params: Record<string, never>; result: Instance[]}
}
