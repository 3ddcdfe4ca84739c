import {randomUUID} from 'node:crypto'
import {hostname} from 'node:os'
import {trace} from '@opentelemetry/api'
import {type Clock, within} from '../base/clock.ts'
import type {Log} from '../base/log.ts'
import {processOf} from '../base/processes/process-id.ts'
import {redactDeep} from '../base/redact.ts'
import {newEvent, type StoredEvent} from '../model/data/event.ts'
import type {HubGateway} from '../model/gateways/hub.ts'
import {STALE_MS} from '../model/hub/instance.ts'
import {supervisorOf} from '../model/hub/supervisor.ts'
import {isAlive} from './alive.ts'
import {WorkerConnection} from './connection.ts'
import {type Coordination, createCoordination} from './coordination.ts'
import type {EmbeddingPlace} from './embedding-place.ts'
import type {HubPlace} from './place.ts'
import {createAppendQueue} from './queue.ts'
import {type EventFilter, toRow} from './store/events.ts'
import type {NewEventRow} from './store/schema.ts'
import {rebuiltText, type TroubleError, type TroubleKind, troubleOf} from './trouble.ts'
import {orUnavailable} from './unavailable.ts'

/** Longest time that a broken hub delays the end of the program. */
const CLOSE_MS = 2000

/** A problem of the hub that people should know. It never affects work. */
export type HubTrouble =
  | {kind: TroubleKind; message: string; held: number; dropped: number}
  | {kind: 'rebuilt'; message: string; aside: string}

export type Hub = HubGateway &
  AsyncDisposable & {
    /** The newest events of this repository that match, oldest first; with `after`, the oldest that follow it. */
    events(filter: Omit<EventFilter, 'repository'>): Promise<readonly StoredEvent[]>
    /** What sessions of all repositories do with each other. */
    readonly sessions: Coordination
    /** The name in the hub of an agent, as `agent001@/home/ada/shop`, where other machines may have the same folder. */
    named(id: string): string
    /** From now on `onChange` is called. */
    watch(): Promise<void>
  }

export type HubOptions = {
  /** Where it stores, for all repositories and processes. */
  place: HubPlace
  /** The repository's name in the database. */
  repository: string
  clock: Clock
  log: Log
  /** The worker's entry: `dist/hub-worker.js`, or `worker.ts` beside this file. */
  worker: URL | string
  /** Where texts of memory become vectors; null: they are searched by their words. */
  embeddings?: EmbeddingPlace | null
  /** Called when the hub's health changes; null: it works again. */
  onTrouble?: (trouble: HubTrouble | null) => void
  /** Called soon after somebody wrote, this hub or another. */
  onChange?: () => void
}

/**
 * Opens the hub. A worker thread opens its database with the first call. While that fails, the hub accepts events and keeps
 * the newest 10,000 in memory, and reads reject with ClambakeError `hub-unavailable`.
 */
export async function openHub(options: HubOptions): Promise<Hub> {
  const {repository, clock, log} = options
  let closed = false

  const connection = new WorkerConnection({
    entry: options.worker,
    data: {place: options.place},
    onNotice(notice) {
      if (notice.type === 'changed') return options.onChange?.()
      const {aside} = notice
      log.error('hub database was corrupt and is rebuilt', {aside})
      options.onTrouble?.({
        kind: 'rebuilt',
        message: rebuiltText(aside),
        aside,
      })
    },
    onDeath(reason) {
      // After the hub is closed, the worker ends by itself.
      if (!closed) log.error('hub worker died', {reason})
    },
  })
  const queue = createAppendQueue<NewEventRow>({
    write: rows => connection.call('append', rows),
    clock,
    onTrouble: tellTrouble,
  })

  const sessions = createCoordination({
    call: (name, argument) => orUnavailable(connection.call(name, argument)),
    clock,
    embeddings: options.embeddings ?? null,
    isAlive,
  })
  /** The name of an agent where other machines may have a clone in the same folder. */
  const shared = (id: string) => (options.place.kind === 'postgres' ? id.replace('@', `@${hostname()}:`) : id)

  let told: TroubleKind | null = null
  function tellTrouble(trouble: TroubleError | null): void {
    if ((trouble?.kind ?? null) === told) return
    told = trouble?.kind ?? null
    if (trouble === null) {
      log.info('hub stores again', {dropped: queue.dropped})
      options.onTrouble?.(null)
      return
    }
    const {kind, message} = trouble
    log.warn('hub cannot store', {kind, reason: message, held: queue.held})
    options.onTrouble?.({kind, message, held: queue.held, dropped: queue.dropped})
  }

  return {
    append(event) {
      if (closed) {
        log.warn('event after the end of the hub', {type: event.type})
        return
      }
      const parsed = newEvent.safeParse(event)
      if (!parsed.success) {
        log.error('event refused', {type: String(event.type), issues: parsed.error.issues.map(issue => issue.message)})
        return
      }
      const traceId = parsed.data.traceId ?? trace.getActiveSpan()?.spanContext().traceId
      const safe = redactDeep({...parsed.data, ...(traceId === undefined ? {} : {traceId})})
      queue.push(toRow({...safe, key: randomUUID(), at: clock.now(), repository}))
    },
    recent: limit => orUnavailable(connection.call('find', {repository, limit})),
    history: filter => orUnavailable(connection.call('find', {...filter, repository})),
    events: filter => orUnavailable(connection.call('find', {...filter, repository})),
    send: message =>
      orUnavailable(
        connection.call('send', {...redactDeep(message), at: clock.now(), repository, nonce: randomUUID()}),
      ),
    messageDelivered: id => orUnavailable(connection.call('delivered', {id, at: clock.now()})),
    messageExpired: id => orUnavailable(connection.call('expire', {id, at: clock.now()})),
    messages: filter => orUnavailable(connection.call('messages', {...filter, repository})),
    async register({id, pid, ...instance}) {
      const found = pid === null ? null : await processOf(pid)
      const process = found && {pid: found.pid, start: found.start}
      await sessions.join({...instance, id: shared(id), project: repository, host: hostname(), process, session: null})
    },
    deregister: id => sessions.leave(shared(id)),
    async instances() {
      const all = await orUnavailable(connection.call('instances', {since: clock.now() - STALE_MS}))
      return all.filter(({id}) => supervisorOf(id) === null)
    },
    flush: () => orUnavailable(queue.flush()),
    sessions,
    named: shared,
    watch: () => orUnavailable(connection.call('watch', null)),
    async [Symbol.asyncDispose]() {
      if (closed) return
      closed = true
      const done = queue
        .flush()
        .then(() => connection.call('close', null))
        .catch((error: unknown) => log.warn('hub closed with events unwritten', {reason: troubleOf(error).message}))
      await within(CLOSE_MS, done, clock)
      if (queue.held > 0) log.error('events lost at the end', {events: queue.held})
      queue[Symbol.dispose]()
      await connection[Symbol.asyncDispose]()
    },
  }
}
