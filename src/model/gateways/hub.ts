import type {NewEvent, StoredEvent} from '../data/event.ts'
import type {AgentId} from '../data/ids.ts'
import type {Message} from '../data/message.ts'
import type {Instance} from '../hub/instance.ts'
import type {WaitingMail} from '../hub/turn-mail.ts'

/**
 * What the decisions need of the hub. A floor 2 package implements it, tests have an in-memory one, floor 3 handlers take it as an
 * argument. All methods reject with ClambakeError.
 */

/** An instance that this daemon speaks for. */
export type OwnInstance = Omit<Instance, 'heartbeatAt' | 'project'> & {pid: number | null; claim?: string}

/** Mail that is given to an agent; `reader`: the name of its receipts. */
export type TakenMail = {text: string; messages: readonly WaitingMail[]; reader: string}

/** Mail of the hub for this daemon's agents. No method rejects: without the hub there is no mail, and work goes on. */
export type AgentMail = {
  /** What a ticket's agent is given now, as a part of its next prompt; null: nothing waits, or the hub cannot be read. */
  take(agent: AgentId, ticket: number): Promise<TakenMail | null>
  /** A turn of the agent began with it. */
  begun(mail: TakenMail): void
  /** It did not reach the agent, and is due again. */
  takeBack(mail: TakenMail): Promise<void>
}

/**
 * What earlier sessions keep about a task, as a part of the first prompt of a conversation; null: nothing, or the hub
 * cannot be read. Never rejects.
 */
export type AgentMemory = (task: {text: string; labels: readonly string[]}) => Promise<string | null>

export type HubGateway = {
  /** Queued at once and written by a worker; never waits, never throws. */
  append(event: NewEvent): void
  recent(limit: number): Promise<readonly StoredEvent[]>
  /** The newest events of an agent, or custom ones of a name, oldest first. */
  history(filter: {agent?: string; name?: string; limit: number}): Promise<readonly StoredEvent[]>
  /** Keeps a message for a day; gives it with its id. With a key it is kept once, and the one that is there is given. */
  send(message: Omit<Message, 'id' | 'at' | 'expiresAt'>): Promise<Message>
  messageDelivered(id: number): Promise<void>
  /** Its agent ended without having read it: it expires now. One with a key stays. */
  messageExpired(id: number): Promise<void>
  /** The newest messages of this repository, or of one recipient, newest first; `kept`: only those with a key. */
  messages(filter: {to?: string; kept?: boolean; limit: number}): Promise<readonly Message[]>
  /** Agents' instances: register is an upsert by id. Their project is the repository; `pid`: the program's process here. */
  register(instance: OwnInstance): Promise<void>
  deregister(id: string): Promise<void>
  instances(): Promise<readonly Instance[]>
  /** Resolves when everything appended so far is durable. */
  flush(): Promise<void>
}
