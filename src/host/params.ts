import * as z from 'zod'
import {checkParams} from '../protocol/check-params.ts'
import type {HostApi} from '../protocol/host-api.ts'

const id = z.string().min(1).max(200)
const cols = z.number().int().min(1).max(2000)
const rows = z.number().int().min(1).max(1000)
const seq = z.number().int().min(0)
/** What finds a pane's processes in their environment. */
const session = z.string().regex(/^[\w.:-]{1,200}$/)
const graceMs = z.number().int().min(0).max(600_000)
const environment = z.record(z.string(), z.string())
const nothing = z.object({})

/** Schemas of all parameters. They are checked before any native call, where a wrong argument would end the process. */
const schemas: {[M in keyof HostApi]: z.ZodType<HostApi[M]['params']>} = {
  'pane.spawn': z.object({
    pane: id,
    title: z.string(),
    command: z.tuple([z.string().min(1)], z.string()),
    cwd: z.string().min(1),
    env: environment,
    cols,
    rows,
    session,
    meta: z.record(z.string(), z.string()),
  }),
  'pane.list': nothing,
  'pane.output': nothing,
  'pane.note': z.object({pane: id, meta: z.record(z.string(), z.string())}),
  'pane.write': z.object({pane: id, data: z.string()}),
  'pane.resize': z.object({pane: id, cols, rows}),
  'pane.stop': z.object({pane: id, graceMs}),
  'pane.close': z.object({pane: id}),
  'pane.text': z.object({pane: id, lines: z.number().int().min(1)}),
  'left.list': z.object({sessions: z.array(session), folder: z.string().min(1)}),
  'left.end': z.object({sessions: z.array(session), folder: z.string().min(1), graceMs}),
  'view.open': z.object({view: id, pane: id, cols, rows, offset: z.number().int().min(0), own: z.boolean()}),
  'view.ack': z.object({view: id, seq}),
  'view.close': z.object({view: id}),
  'mail.read': z.object({after: seq}),
  'mail.answer': z.object({seq, body: z.unknown()}),
  'daemon.supervise': z.object({
    pid: z.number().int().positive().exactOptional(),
    argv: z.array(z.string()).min(1),
    cwd: z.string().min(1),
    env: environment,
    secrets: environment.exactOptional(),
    log: z.string().min(1),
  }),
  'daemon.release': nothing,
  'host.shutdown': z.object({force: z.boolean()}),
}

/** Checks a call's parameters. Throws `bad-params`, which names the wrong field. */
export function parseParams<M extends keyof HostApi>(method: M, params: unknown): HostApi[M]['params'] {
  return checkParams(schemas[method], method, params)
}
