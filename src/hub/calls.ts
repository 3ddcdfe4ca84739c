import type {StoredEvent} from '../model/data/event.ts'
import type {Message} from '../model/data/message.ts'
import type {Instance} from '../model/gateways/hub.ts'
import type {MessageFilter} from './messages.ts'
import type {NewEventRow} from './schema.ts'
import type {EventFilter} from './store.ts'
import type {TroubleKind} from './trouble.ts'

/** The calls from the hub to its worker. */
type HubCalls = {
  append(rows: readonly NewEventRow[]): void
  find(filter: EventFilter): StoredEvent[]
  register(instance: Instance): void
  deregister(id: string): void
  send(message: Omit<Message, 'id'> & {repository: string}): Message
  delivered(options: {id: number; at: number}): void
  messages(filter: MessageFilter): Message[]
  instances(options: {since: number}): Instance[]
  close(options: null): void
}
export type CallName = keyof HubCalls
export type Argument<Name extends CallName> = Parameters<HubCalls[Name]>[0]
export type Result<Name extends CallName> = ReturnType<HubCalls[Name]>

/** The worker's start data. */
export type WorkerData = {file: string}

export type CallMessage = {[Name in CallName]: {id: number; name: Name; argument: Argument<Name>}}[CallName]

export type WorkerMessage =
  | {type: 'result'; id: number; result: unknown}
  | {type: 'trouble'; id: number; kind: TroubleKind; message: string}
  | Notice

/** What a worker says unasked: a corrupt database was put aside and a new one made. */
export type Notice = {type: 'rebuilt'; aside: string}
