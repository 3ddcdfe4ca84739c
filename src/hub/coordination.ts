import {randomUUID} from 'node:crypto'
import type {Clock} from '../base/clock.ts'
import {ClambakeError} from '../base/errors.ts'
import {hasSecret, redactDeep} from '../base/redact.ts'
import {holding} from '../model/hub/blockers.ts'
import {type Draft, refusalOf, type Seen, type Sender} from '../model/hub/draft.ts'
import {resourceOf} from '../model/hub/holds/reservation.ts'
import {resourceText} from '../model/hub/holds/resource.ts'
import {
  type InstanceStatus,
  type Peer,
  type ProcessId,
  type Reader,
  receiptName,
  standingOf,
} from '../model/hub/instance.ts'
import {
  DUE_MS,
  EVERYBODY,
  isDue,
  isFor,
  MAX_LIFE_MS,
  type Mail,
  type Progress,
  progressOf,
  type Receipt,
} from '../model/hub/mail.ts'
import type {Action, LogEntry} from '../model/hub/session-log.ts'
import {type SeenSupervisor, supervisorOf} from '../model/hub/supervisor.ts'
import type {HubCall} from './calls.ts'
import type {EmbeddingPlace} from './embedding-place.ts'
import {createEmbedder} from './embeddings.ts'
import {createMemories, type Memories} from './memories.ts'
import {createReservations, type Reservations} from './reservations.ts'
import type {HandedOver, MailFilter} from './store/mail.ts'
import type {LogFilter} from './store/session-log.ts'

/** Longest detail of an entry of the log. */
const MAX_DETAIL = 2000
/** The sessions of this long are looked at; older ones are history. */
const SHOWN_MS = 24 * 60 * 60_000

/** Messages that are looked at to count the unread ones. */
const COUNTED = 500

/** What sessions do with each other: they register, send mail, hold each other off, and write a log. */
export type Coordination = {
  /** Registers a session, or changes what it says of itself. */
  join(peer: Omit<Peer, 'heartbeatAt' | 'registeredAt'>): Promise<void>
  /** false: it is not registered. */
  beat(id: string, changes?: {status?: InstanceStatus; task?: string}): Promise<boolean>
  leave(id: string): Promise<void>
  /** The sessions of the last day, with how they are to be taken. */
  seen(): Promise<Seen[]>
  /** The daemons of the last day, which are no sessions: no mail is sent to them. */
  supervisors(): Promise<SeenSupervisor[]>
  /** Throws ClambakeError `mail-refused`, `resource-held`. */
  send(sender: Sender, draft: Draft): Promise<Mail>
  /** What a session is given now. */
  handOver(reader: Reader): Promise<HandedOver>
  /** A turn of the session began with these messages; this and the next two name it by its `receiptName`. */
  begun(instance: string, messages: readonly number[]): Promise<void>
  /** Messages that were handed over did not reach the session: they are due again. */
  takeBack(instance: string, messages: readonly number[]): Promise<void>
  read(instance: string, messages: readonly number[]): Promise<void>
  /** Messages that no session will read any more: they expire now. */
  giveUp(messages: readonly number[]): Promise<void>
  mail(filter: MailFilter): Promise<Mail[]>
  /** The open messages that a session was not given yet. */
  waiting(reader: Reader): Promise<Mail[]>
  /** How many those are. */
  unread(reader: Reader): Promise<number>
  /** What became of messages at each recipient. */
  receipts(messages: readonly number[]): Promise<Receipt[]>
  /** What became of messages, by their ids. */
  progress(mail: readonly Mail[]): Promise<Map<number, Progress>>
  /** The blockers that hold now. */
  blockers(): Promise<Mail[]>
  /** `at`: when it was, if not now; `nonce`: of an entry that may be written once more, and is kept once. */
  log(entry: {
    instance: string
    project: string | null
    action: Action
    detail: string
    at?: number
    nonce?: string
  }): Promise<void>
  logged(filter: LogFilter): Promise<LogEntry[]>
  /** Files that sessions keep for a while. */
  readonly reservations: Reservations
  /** What sessions learned. */
  readonly memory: Memories
}

export function createCoordination(options: {
  call: HubCall
  clock: Clock
  /** Where texts of memory become vectors; null: they are searched by their words. */
  embeddings?: EmbeddingPlace | null
  /** Whether a process of this machine runs; null: it is another machine's. */
  isAlive: (process: ProcessId) => Promise<boolean | null>
}): Coordination {
  const {call, clock, isAlive} = options

  const registered = () => call('peers', {since: clock.now() - SHOWN_MS, at: clock.now()})

  async function seen(): Promise<Seen[]> {
    const peers = (await registered()).filter(({id}) => supervisorOf(id) === null)
    return Promise.all(
      peers.map(async peer => {
        const {host, process} = peer
        const alive = host === null || process === null ? null : await isAlive({host, ...process})
        return {peer, standing: standingOf(peer, clock.now(), () => alive)}
      }),
    )
  }

  async function waiting(reader: Reader): Promise<Mail[]> {
    const now = clock.now()
    const {id, project, claim} = reader
    const claims = claim === undefined ? [] : [claim]
    const mail = await call('mail', {to: [EVERYBODY, project, id], claims, openAt: now, limit: COUNTED})
    const receipts = await call('receipts', {messages: mail.map(one => one.id)})
    const own = new Map(
      receipts.filter(({instance}) => instance === receiptName(reader)).map(one => [one.message, one]),
    )
    return mail.filter(one => isFor(one, reader) && isDue(own.get(one.id), now))
  }

  async function blockers(): Promise<Mail[]> {
    const now = clock.now()
    const [mail, all] = await Promise.all([call('mail', {kinds: ['blocker'], openAt: now, limit: 500}), seen()])
    return holding(mail, new Map(all.map(({peer, standing}) => [peer.id, standing])), now)
  }

  return {
    join: peer => call('join', {...redactDeep(peer), heartbeatAt: clock.now(), registeredAt: clock.now()}),
    beat: (id, changes = {}) => call('beat', {id, at: clock.now(), ...redactDeep(changes)}),
    leave: id => call('deregister', id),
    seen,
    async supervisors() {
      const all = (await registered()).map(async ({id, heartbeatAt: beatAt, host, process}) => {
        const owner = supervisorOf(id)
        if (owner === null) return []
        const alive = host === null || process === null ? null : await isAlive({host, ...process})
        return [{owner, beatAt, ended: alive === false}]
      })
      return (await Promise.all(all)).flat()
    },
    async send(sender, draft) {
      if (hasSecret(draft.text)) {
        throw refused({why: 'it holds what looks like a secret', next: 'send the message without it'})
      }
      const [now, all] = [clock.now(), await seen()]
      const [answered = null] = draft.answers === null ? [] : await call('mail', {ids: [draft.answers], limit: 1})
      const refusal = refusalOf({draft, sender, seen: all, answered, now})
      if (refusal !== null) throw refused(refusal)
      const posted = await call('post', {
        kind: draft.kind,
        from: sender.name,
        instance: sender.instance,
        project: sender.project,
        to: draft.to,
        text: draft.text,
        at: now,
        expiresAt: now + (draft.lifeMs ?? MAX_LIFE_MS),
        resource: draft.resource === null ? null : resourceText(resourceOf(draft.resource)),
        answers: draft.answers,
        dueAt: draft.kind === 'request' ? now + DUE_MS : null,
        nonce: randomUUID(),
        gone: all.filter(({standing}) => standing === 'gone').map(({peer}) => peer.id),
      })
      if ('stored' in posted) return posted.stored
      throw new ClambakeError({
        code: 'resource-held',
        message: `${posted.held.resource ?? draft.resource} is held by ${posted.held.from}: ${posted.held.text}`,
        kept: 'nothing was sent',
        next: `ask for it: clambake send ${posted.held.instance ?? posted.held.to} --kind request "…"`,
      })
    },
    handOver: peer =>
      call('handOver', {
        peer: {id: peer.id, project: peer.project, ...(peer.claim !== undefined && {claim: peer.claim})},
        at: clock.now(),
      }),
    begun: (instance, messages) => call('begun', {instance, messages, at: clock.now()}),
    takeBack: (instance, messages) => call('takeBack', {instance, messages}),
    read: (instance, messages) => call('read', {instance, messages, at: clock.now()}),
    async giveUp(messages) {
      for (const id of messages) await call('expire', {id, at: clock.now()})
    },
    mail: filter => call('mail', filter),
    waiting,
    unread: async peer => (await waiting(peer)).length,
    receipts: messages => call('receipts', {messages}),
    async progress(mail) {
      const [receipts, all] = await Promise.all([call('receipts', {messages: mail.map(({id}) => id)}), seen()])
      const here = all.filter(({standing}) => standing !== 'gone')
      return new Map(
        mail.map(one => [one.id, progressOf(one, receipts, here.filter(({peer}) => isFor(one, peer)).length)]),
      )
    },
    blockers,
    reservations: createReservations({call, clock, seen, blockers}),
    log: ({detail, at = clock.now(), nonce = randomUUID(), ...entry}) =>
      call('log', {...entry, ...redactDeep({detail: shortened(detail)}), at, nonce}),
    logged: filter => call('logged', filter),
    memory: createMemories({
      call,
      clock,
      embedder: options.embeddings ? createEmbedder(options.embeddings, clock) : null,
    }),
  }
}

function shortened(detail: string): string {
  return detail.length > MAX_DETAIL ? `${detail.slice(0, MAX_DETAIL - 1)}…` : detail
}

function refused({why, next}: {why: string; next: string}): ClambakeError {
  return new ClambakeError({
    code: 'mail-refused',
    message: `the message was not sent: ${why}`,
    kept: 'nothing was sent',
    next,
  })
}
