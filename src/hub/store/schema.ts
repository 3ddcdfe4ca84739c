import type {Generated, Insertable, Selectable} from 'kysely'

/** Times are milliseconds since 1970. Lists and records are JSON text. */
export type Tables = {
  events: EventTable
  instances: InstanceTable
  messages: MessageTable
  memory: OldMemoryTable
  project_memory: MemoryTable & {project: string}
  global_memory: MemoryTable
  memory_marks: MemoryMarkTable
  receipts: ReceiptTable
  reservations: ReservationTable
  session_log: SessionLogTable
}

type EventTable = {
  /** Position among all events of one hub, in the order in which they were committed. */
  seq: Generated<number>
  /** Chosen by the sender, so that it can repeat an append whose answer was lost. */
  key: string
  repository: string
  at: number
  type: string
  /** Name of a custom event. */
  name: string | null
  message: string
  role: string | null
  agent: string | null
  ticket: number | null
  task_id: string | null
  commit_id: string | null
  severity: string | null
  metadata: string | null
  trace_id: string | null
}

type InstanceTable = {
  id: string
  project: string
  directory: string
  task: string
  model: string
  status: string
  heartbeat_at: number
  /** Columns from here on are null in rows that an older program wrote. */
  registered_at: number | null
  /** The machine of its process, and what identifies the process there; null: no process is known. */
  host: string | null
  pid: number | null
  process_start: string | null
  /** Its client's conversation. */
  session: string | null
  /** The claim that an agent works on. */
  claim: string | null
}

type MessageTable = {
  id: Generated<number>
  sender: string
  /** `@all`, a project or an instance. */
  recipient: string
  kind: string
  body: string
  sent_at: number
  expires_at: number
  repository: string
  ticket: number | null
  /** null: not yet. */
  delivered_at: number | null
  /** A sender keeps one message under it; null: it has none. */
  key: string | null
  /**
   * Chosen by the sender for each send, so that it can repeat one whose answer was lost. It and the columns below are null
   * in rows that an older program wrote.
   */
  nonce: string | null
  /** The sender's project. */
  project: string | null
  /** The instance that sent it; null: a person did. */
  sender_instance: string | null
  /** What a blocker holds. */
  resource: string | null
  /** The message that this one answers. */
  answers: number | null
  /** When a request wants its answer. */
  due_at: number | null
  /** When a blocker or request was ended by a done, and by whom. */
  ended_at: number | null
  ended_by: string | null
  /** The claim of the agent that sent it, and of the agent that it is for; null: no agent, or an older program wrote it. */
  sender_claim: string | null
  recipient_claim: string | null
}

/** What became of a message at one recipient. */
type ReceiptTable = {
  message: number
  /** Of an agent, its claim. */
  instance: string
  /** When it was given to the recipient's client last, and how often. */
  handed_at: number | null
  tries: number
  /** When a turn began with it. */
  begun_at: number | null
  /** When the recipient read it on its own. */
  read_at: number | null
}

type MemoryTable = {
  id: Generated<number>
  type: string
  title: string
  body: string
  status: string
  tags: string
  files: string
  created_by: string
  created_at: number
  updated_at: number
  /** Columns from here on are null in rows that an older program wrote. */
  instance: string | null
  session: string | null
  ticket: number | null
  commit_id: string | null
  /** What took its place, by the name that people see. */
  superseded_by: string | null
  updated_by: string | null
  /** Chosen by the writer, so that it can repeat a write whose answer was lost. */
  nonce: string | null
  /** The words of languages without spaces, by two characters, for full text. */
  parts: string | null
  /** The same for equal contents. */
  content_key: string | null
}

/** The tags and files of memories, one by one. */
type MemoryMarkTable = {
  scope: 'project' | 'global'
  kind: 'tag' | 'file' | 'glob'
  value: string
  memory: number
}

/** The table of the first programs, whose rows were copied into the two that follow. */
type OldMemoryTable = Pick<
  MemoryTable,
  'id' | 'title' | 'body' | 'status' | 'tags' | 'files' | 'created_by' | 'updated_at'
> & {project: string | null; kind: string}

type ReservationTable = {
  id: Generated<number>
  /** Chosen by the writer, so that it can repeat a write whose answer was lost. */
  nonce: string
  pattern: string
  project: string | null
  owner: string
  /** null: a person. */
  owner_instance: string | null
  /** The claim of the agent that reserved it. */
  owner_claim: string | null
  why: string
  at: number
  expires_at: number
  /** null: not yet. */
  released_at: number | null
}

type SessionLogTable = {
  id: Generated<number>
  instance: string
  /** What was done: one of `ACTIONS`. */
  kind: string
  detail: string
  at: number
  /** Null in rows that an older program wrote. */
  project: string | null
  /** Chosen by the writer, so that it can repeat a write whose answer was lost. */
  nonce: string | null
}

export type EventRow = Selectable<EventTable>
export type NewEventRow = Insertable<EventTable>
