import * as z from 'zod'

/** Event names of `mission`'s vocabulary; anything else is a custom event with its own name. */
const EVENT_TYPES = [
  'task_started',
  'task_completed',
  'task_blocked',
  'status_update',
  'pr_opened',
  'pr_merged',
  'conflict_detected',
  'conflict_resolved',
  'issue_assigned',
  'work_completed',
  'bundle_ready',
  'landing_attempted',
] as const

const common = {
  /** One sentence for people, made safe for a terminal when it is shown. */
  message: z.string(),
  role: z.string().optional(),
  agent: z.string().optional(),
  ticket: z.number().int().positive().optional(),
  taskId: z.string().optional(),
  commit: z.string().optional(),
  severity: z.enum(['warning', 'critical']).optional(),
  metadata: z.record(z.string(), z.json()).optional(),
  traceId: z.string().optional(),
}

/** What happened, past tense, append-only. */
export const newEvent = z.discriminatedUnion('type', [
  z.object({type: z.enum(EVENT_TYPES), ...common}),
  z.object({type: z.literal('custom'), name: z.string().min(1), ...common}),
])
export type NewEvent = z.infer<typeof newEvent>

/** An event as stored: `seq` orders one hub's events, `at` is milliseconds since 1970. */
export type StoredEvent = NewEvent & {seq: number; at: number; repository: string}
