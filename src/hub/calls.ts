import type {StoredEvent} from '../model/data/event.ts'
import type {Message} from '../model/data/message.ts'
import type {Reservation} from '../model/hub/holds/reservation.ts'
import type {Instance, Peer} from '../model/hub/instance.ts'
import type {Mail, Receipt} from '../model/hub/mail.ts'
import type {Memory, MemoryRef, MemoryScope} from '../model/hub/memory/memory.ts'
import type {Relevant} from '../model/hub/memory/relevant.ts'
import type {LogEntry} from '../model/hub/session-log.ts'
import type {HubPlace} from './place.ts'
import type {EventFilter} from './store/events.ts'
import type {GuardAsked} from './store/guard.ts'
import type {Beat} from './store/instances.ts'
import type {HandedOver, HandOver, MailFilter, NewMail, Posted, Taken} from './store/mail.ts'
import type {Recalled, RecallFilter} from './store/memory/recall.ts'
import type {RelevantFilter} from './store/memory/relevant.ts'
import type {NewVector, Unembedded} from './store/memory/vectors.ts'
import type {MemoryUpdate, NewMemory, Remembered} from './store/memory/write.ts'
import type {MessageFilter} from './store/messages.ts'
import type {NewReservations, Release, Reserved} from './store/reservations.ts'
import type {NewEventRow} from './store/schema.ts'
import type {LogFilter, NewLogEntry} from './store/session-log.ts'
import type {TroubleKind} from './trouble.ts'

/** The calls from the hub to its worker. */
type HubCalls = {
  append(rows: readonly NewEventRow[]): void
  find(filter: EventFilter): StoredEvent[]
  deregister(id: string): void
  send(message: Omit<Message, 'id' | 'expiresAt'> & {repository: string; nonce: string}): Message
  delivered(options: {id: number; at: number}): void
  expire(options: {id: number; at: number}): void
  messages(filter: MessageFilter): Message[]
  instances(options: {since: number}): Instance[]
  /** Registers a session, or changes what it said of itself. */
  join(peer: Peer): void
  /** false: no such instance is registered. */
  beat(beat: Beat): boolean
  /** Times after `at` are taken for it first. */
  peers(options: {since: number; at: number}): Peer[]
  /** Stores a message; a done also ends what it answers. */
  post(mail: NewMail): Posted
  mail(filter: MailFilter): Mail[]
  receipts(options: {messages: readonly number[]}): Receipt[]
  /** Chooses what an instance is to be given now, and notes that it was. */
  handOver(options: HandOver): HandedOver
  begun(taken: Taken): void
  /** What was handed over did not reach the instance. */
  takeBack(untaken: Omit<Taken, 'at'>): void
  read(taken: Taken): void
  /** Reserves all patterns, or none. */
  reserve(reservations: NewReservations): Reserved
  release(release: Release): Reservation[]
  reservations(options: {at: number}): Reservation[]
  log(entry: NewLogEntry): void
  logged(filter: LogFilter): LogEntry[]
  /** Stores a memory, unless others say the same. */
  remember(memory: NewMemory): Remembered
  linkMemories(options: {links: readonly {ref: MemoryRef; by: MemoryRef}[]}): void
  /** null: there is no such memory. */
  updateMemory(update: MemoryUpdate): Memory | null
  recall(filter: RecallFilter): Recalled
  relevant(filter: RelevantFilter): Relevant
  /** The newest memories whose text has no vector of a model. */
  unembedded(options: {model: string; limit: number}): Unembedded[]
  putVectors(options: {model: string; vectors: readonly NewVector[]}): void
  memories(options: {refs: readonly MemoryRef[]}): Memory[]
  /** The next memories of a scope, oldest first; of all projects where none is named. */
  memoriesAfter(options: {scope: MemoryScope; project: string | null; after: number; limit: number}): Memory[]
  /** Writes what is held into the file that tells hooks so. */
  guard(asked: GuardAsked): {failure: string | null}
  /** From now on the notice `changed` comes when anybody wrote. */
  watch(options: null): void
  close(options: null): void
}
export type CallName = keyof HubCalls
export type Argument<Name extends CallName> = Parameters<HubCalls[Name]>[0]
export type Result<Name extends CallName> = ReturnType<HubCalls[Name]>

/** Calls the hub's database, by a worker or in this thread. Rejects with ClambakeError. */
export type HubCall = <Name extends CallName>(name: Name, argument: Argument<Name>) => Promise<Result<Name>>

/** The worker's start data. */
export type WorkerData = {place: HubPlace}

export type CallMessage = {[Name in CallName]: {id: number; name: Name; argument: Argument<Name>}}[CallName]

export type WorkerMessage =
  | {type: 'result'; id: number; result: unknown}
  | {type: 'trouble'; id: number; kind: TroubleKind; message: string}
  | Notice

/** What a worker says unasked. */
export type Notice =
  /** A corrupt database was put aside and a new one made. */
  | {type: 'rebuilt'; aside: string}
  /** Somebody wrote, this program included. */
  | {type: 'changed'}
