import {trace} from '@opentelemetry/api'
import {pino, stdTimeFunctions} from 'pino'
import {MAX_LOG_BYTES, rotateLog} from '../base/files.ts'
import type {Log, LogFields} from '../base/log.ts'
import {redact, redactDeep} from '../base/redact.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** Where lines go: the end of a file, which is rotated at a size (default 10 MB), or any stream. */
type LogTarget = {file: string; maxBytes?: number} | {stream: {write(line: string): void}}

/** How many bytes are written between two looks at the size of the file. */
const LOOK_BYTES = 64 * 1024
/** Bytes to keep while the disk is full; later lines are dropped. */
const MAX_HELD_BYTES = 1024 * 1024

type FileLog = Log & Disposable

/**
 * Creates a log of JSON lines: `time` (ISO), `level`, `msg`, the fields, and `traceId` inside a span. Lines are written
 * before the call returns, so a crash loses none; a full disk loses only lines. Secrets are redacted.
 */
export function createLog(options: LogTarget & {level?: LogLevel; fields?: LogFields}): FileLog {
  const {target, close} = openTarget(options)
  const logger = pino(
    {
      base: null,
      level: options.level ?? 'info',
      timestamp: stdTimeFunctions.isoTime,
      formatters: {level: label => ({level: label})},
      mixin: currentTrace,
    },
    target,
  )
  return Object.assign(wrap(logger.child(safe(options.fields ?? {}))), {[Symbol.dispose]: close})
}

function openTarget(options: LogTarget) {
  if ('stream' in options) return {target: options.stream, close() {}}
  const file = pino.destination({dest: options.file, mkdir: true, sync: true, mode: 0o600, maxLength: MAX_HELD_BYTES})
  // An error cannot be reported elsewhere, and logging must not end the program.
  file.on('error', () => {})
  const maxBytes = options.maxBytes ?? MAX_LOG_BYTES
  let written = LOOK_BYTES
  let isClosed = false
  const target = {
    write(line: string) {
      // What still ends elsewhere may have a line to write.
      if (isClosed) return
      written += line.length
      if (written >= Math.min(LOOK_BYTES, maxBytes)) {
        written = 0
        rotateLog(options.file, maxBytes)
      }
      file.write(line)
    },
  }
  return {
    target,
    close() {
      isClosed = true
      file.end()
    },
  }
}

type Sink = Pick<ReturnType<typeof pino>, LogLevel | 'child' | 'isLevelEnabled'>

function wrap(sink: Sink): Log {
  const at = (level: LogLevel) => (message: string, fields?: LogFields) => {
    if (sink.isLevelEnabled(level)) sink[level](safe(fields ?? {}), redact(message))
  }
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: fields => wrap(sink.child(safe(fields))),
  }
}

function currentTrace(): {traceId?: string} {
  const span = trace.getActiveSpan()
  return span ? {traceId: span.spanContext().traceId} : {}
}

function safe(fields: LogFields): LogFields {
  return redactDeep(Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, plain(value)])))
}

/** Turns an error into plain data with its stack, since its own fields are not enumerable. */
function plain(value: unknown): unknown {
  if (!(value instanceof Error)) return value
  return {
    ...value,
    name: value.name,
    message: value.message,
    stack: value.stack,
    ...(value.cause === undefined ? {} : {cause: plain(value.cause)}),
  }
}
