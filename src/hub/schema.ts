import type {Generated, Insertable, Selectable} from 'kysely'
import type {Instance} from '../model/gateways/hub.ts'

/** Times are milliseconds since 1970. Lists and records are JSON text. */
export type Tables = {
  events: EventTable
  instances: InstanceTable
  messages: MessageTable
  memory: MemoryTable
  session_log: SessionLogTable
}

type EventTable = {
  /** Position among all events of one hub, without gaps in what is committed. */
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

type InstanceTable = Omit<Instance, 'heartbeatAt'> & {heartbeat_at: number}

type MessageTable = {
  id: Generated<number>
  sender: string
  /** `@all`, a project or an instance. */
  recipient: string
  kind: 'info' | 'warning' | 'blocker' | 'request' | 'done'
  body: string
  sent_at: number
  expires_at: number
  repository: string
  ticket: number | null
  /** null: not yet. */
  delivered_at: number | null
  /** A sender keeps one message under it; null: it has none. */
  key: string | null
}

type MemoryTable = {
  id: Generated<number>
  /** null: global memory. */
  project: string | null
  kind: string
  title: string
  body: string
  status: 'active' | 'resolved' | 'deprecated' | 'superseded'
  tags: string
  files: string
  created_by: string
  updated_at: number
}

type SessionLogTable = {
  id: Generated<number>
  instance: string
  kind: string
  detail: string
  at: number
}

export type EventRow = Selectable<EventTable>
export type NewEventRow = Insertable<EventTable>
