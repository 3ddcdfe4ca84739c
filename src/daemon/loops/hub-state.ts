import {createHash} from 'node:crypto'
import {redact} from '../../base/redact.ts'
import {safeLine, truncate} from '../../base/text.ts'
import {AGENT_ID, type AgentId, shortAgent} from '../../model/data/ids.ts'
import type {Seen} from '../../model/hub/draft.ts'
import type {Reservation} from '../../model/hub/holds/reservation.ts'
import {GONE_MS, type Peer, STALE_MS} from '../../model/hub/instance.ts'
import {isOverdue, type Mail, type Receipt} from '../../model/hub/mail.ts'
import type {HeldRow, HubState, PeerRow, ReservedRow} from '../../protocol/daemon.ts'

/** Most rows that are sent to screens, and the longest text in one. */
const MOST = {peers: 200, blockers: 50, text: 200} as const
/** A sign of life is shown to this exactness, so that not each of them changes the state. */
const BEAT_MS = 10_000
/** How often it is looked whether processes of this machine still run, as none says that it ended. */
const PROCESSES_MS = 30_000

/** Whose screen it is. */
export type Viewer = {
  /** As messages name the person: `ada@laptop`. */
  person: string
  /** The repository. */
  project: string
  root: string
  hostName: string
}

/** What was read from the hub at once. */
export type HubLook = {
  seen: readonly Seen[]
  /** Those that hold. */
  blockers: readonly Mail[]
  /** Those that are kept. */
  reservations: readonly Reservation[]
  /** The open messages to the person. */
  inbox: readonly Mail[]
  /** The newest messages, whomever they are for. */
  recent: readonly Mail[]
  /** Those of both. */
  receipts: readonly Receipt[]
}

/** What screens show of the hub. Pure. */
export function hubStateOf(
  {seen, blockers, reservations, inbox, recent, receipts}: HubLook,
  viewer: Viewer,
  now: number,
): HubState {
  const late = inbox.filter(mail => isOverdue(mail, now) && !isBy(mail, viewer.person))
  const here = seen.flatMap(({peer, standing}) => (standing === 'gone' ? [] : [{peer, standing}]))
  return {
    link: {is: 'here'},
    peers: here
      .slice(0, MOST.peers)
      .map(({peer, standing}): PeerRow => ({...peerRow(peer, viewer, {late, blockers, reservations}), standing})),
    more: Math.max(0, here.length - MOST.peers),
    blockers: blockers
      .toSorted((one, other) => one.at - other.at)
      .slice(0, MOST.blockers)
      .map(heldRow),
    reservations: reservations
      .filter(({project}) => project === null || project === viewer.project)
      .slice(0, MOST.blockers)
      .map(one => reservedRow(one, viewer)),
    unread: unreadOf(inbox, receipts, viewer.person).length,
    overdue: late.length,
    mailMark: markOf(recent, receipts),
  }
}

function markOf(recent: readonly Mail[], receipts: readonly Receipt[]): string {
  const ids = new Set(recent.map(({id}) => id))
  const seen = [recent.map(({id, ended}) => [id, ended?.at]), receipts.filter(({message}) => ids.has(message))]
  return createHash('sha256').update(JSON.stringify(seen)).digest('base64url').slice(0, 12)
}

/** Those of the messages to a person that the person did not send and has not read. */
export function unreadOf(inbox: readonly Mail[], receipts: readonly Receipt[], person: string): Mail[] {
  const read = new Set(
    receipts.filter(({instance, readAt}) => instance === person && readAt !== null).map(({message}) => message),
  )
  return inbox.filter(mail => !isBy(mail, person) && !read.has(mail.id))
}

/** Whether a person sent a message. */
export function isBy({instance, from}: Mail, person: string): boolean {
  return instance === null && from === person
}

/**
 * How long the state stays true if nobody writes: until a message expires or is overdue, a session is quiet for too long,
 * or it is time to look at processes.
 */
export function staysFor({seen, blockers, reservations, inbox}: HubLook, hostName: string, now: number): number {
  const here = seen.filter(({standing}) => standing !== 'gone').map(({peer}) => peer)
  const times = [
    ...here.flatMap(({heartbeatAt}) => [heartbeatAt + STALE_MS, heartbeatAt + GONE_MS]),
    ...[...blockers, ...reservations].map(({expiresAt}) => expiresAt),
    ...inbox.flatMap(({expiresAt, dueAt}) => (dueAt === null ? [expiresAt] : [expiresAt, dueAt])),
    ...(here.some(({host, process}) => host === hostName && process !== null) ? [now + PROCESSES_MS] : []),
  ]
  const next = times.filter(time => time >= now).reduce((soonest, time) => Math.min(soonest, time), Infinity)
  // A moment later, since the bounds themselves still belong to what was.
  return next - now + 1
}

function peerRow(
  peer: Peer,
  viewer: Viewer,
  {late, blockers, reservations}: {late: readonly Mail[]} & Pick<HubLook, 'blockers' | 'reservations'>,
): Omit<PeerRow, 'standing'> {
  const {id, status, heartbeatAt, registeredAt, host} = peer
  const agent = ownAgent(id, viewer)
  return {
    id,
    name: shown(agent === null ? nameOf(id) : shortAgent(agent)),
    project: shown(peer.project),
    directory: shown(peer.directory),
    task: shown(peer.task),
    model: shown(peer.model),
    host: host === null ? null : shown(host),
    status,
    agent,
    claim: peer.claim ?? null,
    supervised: agentIn(id) !== null,
    registeredAt,
    heartbeatAt: heartbeatAt - (heartbeatAt % BEAT_MS),
    holds: blockers.filter(({instance}) => instance === id).map(({resource}) => shown(resource ?? '')),
    reserves: reservations.filter(({instance}) => instance === id).map(({pattern}) => shown(pattern)),
    overdue: late.filter(({instance}) => instance === id).length,
  }
}

function heldRow({id, from, instance, to, text, at, expiresAt, resource}: Mail): HeldRow {
  return {id, from: shown(from), instance, to, text: shown(text), at, expiresAt, resource: shown(resource ?? '')}
}

/** What is shown of a reservation, before it is known whose work changes something of it. */
export function reservedRow(
  {id, pattern, from, instance, why, at, expiresAt}: Reservation,
  viewer: Pick<Viewer, 'project' | 'root' | 'hostName'>,
): ReservedRow {
  const agent = instance === null ? null : ownAgent(instance, viewer)
  return {id, pattern: shown(pattern), from: shown(from), instance, why: shown(why), at, expiresAt, agent, touched: []}
}

/** The agent that the instance of a daemon names: `agent001@/work/shop`. */
function agentIn(id: string): AgentId | null {
  const name = id.split('@', 1)[0]!
  return AGENT_ID.test(name) && id.includes('@') ? (name as AgentId) : null
}

function ownAgent(id: string, {root, hostName}: Pick<Viewer, 'root' | 'hostName'>): AgentId | null {
  const agent = agentIn(id)
  return id === `${agent}@${root}` || id === `${agent}@${hostName}:${root}` ? agent : null
}

/** `agent001@shop` of `agent001@/work/shop`. */
function nameOf(id: string): string {
  const agent = agentIn(id)
  return agent === null ? id : `${shortAgent(agent)}@${id.split('/').at(-1)}`
}

function shown(text: string): string {
  return truncate(safeLine(redact(text)), MOST.text)
}
