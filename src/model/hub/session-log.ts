/** What a session did, as the log of all sessions keeps it. */
export const ACTIONS = [
  'started',
  'task_started',
  'task_completed',
  'issue_found',
  'issue_resolved',
  'docker_operation',
  'file_modified',
  'shutdown',
] as const
export type Action = (typeof ACTIONS)[number]

export type LogEntry = {
  id: number
  /** The instance, or a person as `ada@laptop`. */
  instance: string
  project: string | null
  action: Action
  detail: string
  at: number
}
