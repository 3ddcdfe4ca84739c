import type {AgentId} from '../../model/data/ids.ts'
import type {Reservation} from '../../model/hub/holds/reservation.ts'
import type {Instance, Standing} from '../../model/hub/instance.ts'
import type {Mail, MailKind, Progress} from '../../model/hub/mail.ts'
import type {Memory, MemoryRef, MemoryStatus, MemoryType} from '../../model/hub/memory/memory.ts'

/** A session of any project, as the screen shows it: its texts are safe and short. */
export type PeerRow = Omit<Instance, 'id'> & {
  /** Its address, exactly as the hub has it. */
  id: string
  /** Its name in a list: `a001` of this repository's agents, else the id without its folder. */
  name: string
  /** The machine that it is on; null: not known. */
  host: string | null
  standing: Exclude<Standing, 'gone'>
  /** The agent of this repository that it is; null: it is none. */
  agent: AgentId | null
  /** The claim that it works on, by `claimKey`; null: it is no agent, or an older program registered it. */
  claim: string | null
  /** A daemon speaks for it; else somebody started it by hand. */
  supervised: boolean
  registeredAt: number | null
  /** The resources that its blockers hold, oldest first. */
  holds: readonly string[]
  /** The files that it reserves: others are asked before they change them. */
  reserves: readonly string[]
  /** Its requests that wait for the person for longer than it wanted. */
  overdue: number
}

/** A blocker that holds now. */
export type HeldRow = Pick<Mail, 'id' | 'from' | 'instance' | 'to' | 'text' | 'at' | 'expiresAt'> & {resource: string}

/** A reservation in this project that is kept now. */
export type ReservedRow = Pick<Reservation, 'id' | 'pattern' | 'from' | 'instance' | 'why' | 'at' | 'expiresAt'> & {
  /** The agent of this repository that has it; null: it is none of them. */
  agent: AgentId | null
  /** Work of others that changes something of it: by its label in the radar, with the first path. */
  touched: readonly {label: string; agent: AgentId | null; path: string}[]
}

/** Whether the hub answers. `off`: a read-only run opens none. */
export type HubLink = {is: 'asking' | 'here' | 'off'} | {is: 'away'; reason: string; since: number}

/** What sessions of all projects do with each other. */
export type HubState = {
  link: HubLink
  /** Those that are not gone, by project and name. */
  peers: readonly PeerRow[]
  /** How many sessions there are beside `peers`, which is bounded. */
  more: number
  /** Oldest first. */
  blockers: readonly HeldRow[]
  /** Oldest first. */
  reservations: readonly ReservedRow[]
  /** Messages to the person, to this project and to all that the person has not read. */
  unread: number
  /** Requests to them whose time to be answered is over. */
  overdue: number
  /** Changes with the newest messages and their receipts, which are asked for when they are shown. */
  mailMark: string
}

/** Before the hub has answered. */
export const NO_HUB: HubState = {
  link: {is: 'asking'},
  peers: [],
  more: 0,
  blockers: [],
  reservations: [],
  unread: 0,
  overdue: 0,
  mailMark: '',
}

/** A message with its receipts, as the mailbox shows it. */
export type MailRow = Mail & {
  progress: Progress
  /** The person sent it. */
  mine: boolean
  /** It is meant for the person, who has not read it. */
  unread: boolean
}

/** A search of what sessions learned, as `clambake recall` takes it. */
export type RecallParams = {
  query: string
  limit: number
  types?: readonly MemoryType[]
  tags?: readonly string[]
  files?: readonly string[]
  statuses?: readonly MemoryStatus[]
}

/** Methods by which a person takes part in what sessions do with each other. */
export type HubApi = {
  /** The newest messages, newest first; with `peer`, those from it or to it. */
  mailbox: {params: {limit: number; peer?: string}; result: MailRow[]}
  /**
   * Sends a message as the person. `claim`: what the agent that it is for worked on as it was seen; with another one by now it
   * does not get it. Throws `mail-refused`, `resource-held`, `hub-unavailable`.
   */
  post: {
    params: {
      to: string
      kind: MailKind
      text: string
      resource?: string
      lifeMs?: number
      answers?: number
      claim?: string
    }
    result: Mail
  }
  /** Notes that the person read these messages. */
  readMail: {params: {ids: readonly number[]}; result: null}
  /** Finds memories of this project and of all projects, best first. */
  recall: {params: RecallParams; result: Memory[]}
  /** Changes the status of a memory. Throws `no-memory`, `memory-refused`. */
  memoryStatus: {params: {ref: MemoryRef; status: MemoryStatus}; result: Memory}
}
