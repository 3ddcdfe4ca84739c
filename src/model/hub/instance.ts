/** What a session says of itself. */
export const INSTANCE_STATUSES = ['active', 'idle', 'busy', 'shutting_down'] as const
export type InstanceStatus = (typeof INSTANCE_STATUSES)[number]

export type Instance = {
  id: string
  project: string
  directory: string
  task: string
  model: string
  status: InstanceStatus
  heartbeatAt: number
}

/** A process of a machine; `start` tells it from a later one with the same number. */
export type ProcessId = {host: string; pid: number; start: string}

/** An instance with what is known of its process: a session of any project, supervised or started by hand. */
export type Peer = Instance & {
  /** null: an older program registered it. */
  registeredAt: number | null
  /** The machine that it is on; null: an older program registered it. */
  host: string | null
  /** null: not known, as for an agent, which its daemon speaks for. */
  process: {pid: number; start: string} | null
  /** Its client's conversation; null: not known. */
  session: string | null
  /** The claim of the ticket that it works on, by `claimKey`; only an agent has one. */
  claim?: string
}

/** What tells the reader of mail: an agent is one as long as it works on one claim, whatever its slot. */
export type Reader = Pick<Peer, 'id' | 'project' | 'claim'>

/** The name under which receipts of a reader are kept. */
export function receiptName({id, claim}: Pick<Reader, 'id' | 'claim'>): string {
  return claim ?? id
}

/** Names a claim among those of all repositories and times. */
export function claimKey(repository: string, {issue, claimedAt}: {issue: number; claimedAt: string}): string {
  return `${repository}#${issue} ${claimedAt}`
}

/** Gives the claim of a ticket of this daemon; none: it has no such ticket. */
export type ClaimOf = (ticket: number) => {claim?: string}

/** The ticket that a claim is of. */
export function ticketOfClaim(key: string): number | null {
  const issue = /#(\d+) [^#]*$/.exec(key)?.[1]
  return issue === undefined ? null : Number(issue)
}

/** Without a heartbeat for this long an instance is stale: it may be at a long task, or dead. */
export const STALE_MS = 30 * 60_000
/** Without one for this long it is gone, and holds nothing any more. */
export const GONE_MS = 2 * 60 * 60_000

export type Standing = 'active' | 'stale' | 'gone'

/**
 * How an instance is to be taken. `isAlive` says whether a process of this machine still runs; null: that cannot be told,
 * so only the heartbeat counts.
 */
export function standingOf(
  peer: Pick<Peer, 'heartbeatAt' | 'host' | 'process'>,
  now: number,
  isAlive: (process: ProcessId) => boolean | null,
): Standing {
  const {host, process, heartbeatAt} = peer
  const quiet = now - heartbeatAt
  if (quiet > GONE_MS) return 'gone'
  if (host !== null && process !== null && isAlive({host, ...process}) === false) return 'gone'
  return quiet > STALE_MS ? 'stale' : 'active'
}

/** The name that a process gets in a project: the same at every registration, and no other process's. */
export function instanceName(project: string, distinct: string): string {
  const last = project.split('/').findLast(part => part !== '') ?? ''
  const word = last
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
  return `${word.slice(0, 24) || 'session'}-${distinct}`
}
