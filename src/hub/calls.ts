import type {StoredEvent} from '../model/data/event.ts'
import type {Message} from '../model/data/message.ts'
import type {Instance} from '../model/gateways/hub.ts'
import type {MessageFilter} from './messages.ts'
import type {NewEventRow} from './schema.ts'
import type {EventFilter} from './store.ts'
import type {TroubleKind} from './trouble.ts'

/** What the hub asks its worker to do. */
export type HubCalls = {
  append(rows: readonly NewEventRow[]): void
  find(filter: EventFilter): StoredEvent[]
  register(instance: Instance): void
  deregister(id: string): void
  send(message: Omit<Message, 'id'> & {repository: string}): Message
  delivered(options: {id: number; at: number}): void
  messages(filter: MessageFilter): Message[]
  instances(options: {since: number}): Instance[]
  /** `events` notices come for each event of the repository after this one, or from now on, whoever appends it. */
  watch(options: {repository: string; after: number | undefined}): void
  close(options: null): void
}
export type CallName = keyof HubCalls
export type Argument<Name extends CallName> = Parameters<HubCalls[Name]>[0]
export type Result<Name extends CallName> = ReturnType<HubCalls[Name]>

/** What the worker is started with. */
export type WorkerData = {file: string}

export type CallMessage = {[Name in CallName]: {id: number; name: Name; argument: Argument<Name>}}[CallName]

export type WorkerMessage =
  | {type: 'result'; id: number; result: unknown}
  | {type: 'trouble'; id: number; kind: TroubleKind; message: string}
  | Notice

/** What a worker says unasked. */
export type Notice =
  | {type: 'events'; events: StoredEvent[]}
  /** A corrupt database was put aside and a new one made. */
  | {type: 'rebuilt'; aside: string}
  /** Looking for new events fails since now; null: it works again. */
  | {type: 'blind'; message: string | null}
