import {parseArgs} from 'node:util'
import {systemClock} from '../base/clock.ts'
import {messageOf} from '../base/errors.ts'
import {VERSION} from '../base/version.ts'
import {acquireProcessLock} from '../rpc/lock.ts'
import {createLog} from '../telemetry/log.ts'
import {startTelemetry} from '../telemetry/telemetry.ts'
import {runHost} from './run-host.ts'

/**
 * Runs the terminal host's process: `host.js --socket PATH --lock PATH --info PATH --log PATH`, started by `ensureHost`. Its
 * output goes to its log file too. It exits with 0 if another host holds the lock, since callers find that one.
 */
async function main(): Promise<void> {
  const {values} = parseArgs({
    options: {socket: {type: 'string'}, lock: {type: 'string'}, info: {type: 'string'}, log: {type: 'string'}},
  })
  const {socket, lock: file, info, log: logFile} = values
  if (!socket || !file || !info || !logFile) throw new Error('host.js needs --socket, --lock, --info and --log')
  const lock = acquireProcessLock({
    paths: {lock: file, info},
    info: {pid: process.pid, version: VERSION, cwd: process.cwd(), startedAt: Date.now()},
  })
  if ('heldBy' in lock) return
  using _lock = lock

  const log = createLog({file: logFile, fields: {pid: process.pid}})
  const telemetry = await startTelemetry({
    service: 'clambake-host',
    version: VERSION,
    endpoint: process.env.OTEL_EXPORTER_OTLP_ENDPOINT || null,
    log,
  })
  // Every agent's terminal depends on this process: a defect in one place must not end the others.
  process.on('uncaughtException', error => log.error('unexpected error', {error}))
  process.on('unhandledRejection', error => log.error('unexpected rejection', {error}))
  const stop = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort())
  // The terminal that it was started from may close.
  process.on('SIGHUP', () => {})
  await runHost({socket, lock, clock: systemClock, log, signal: stop.signal})
  await telemetry.shutdown()
}

try {
  await main()
  process.exit(0)
} catch (error) {
  // stderr is the log; the process that waits for the host shows its end.
  console.error(`The terminal host could not start: ${messageOf(error)}`)
  process.exit(1)
}
