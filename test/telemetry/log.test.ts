import {existsSync, readFileSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {context, trace} from '@opentelemetry/api'
import {expect, it} from 'vitest'
import {startOtlpReceiver} from '../../fixtures/otlp/receiver.ts'
import {sealedEnv} from '../../fixtures/repos/env.ts'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {ClambakeError} from '../../src/base/errors.ts'
import {silentLog} from '../../src/base/log.ts'
import {registerSecret} from '../../src/base/redact.ts'
import {run} from '../../src/base/run.ts'
import {createLog, type LogLevel} from '../../src/telemetry/log.ts'
import {startTelemetry} from '../../src/telemetry/telemetry.ts'

/** A log into memory and its lines, parsed. */
function memoryLog(level: LogLevel = 'debug') {
  const text: string[] = []
  const log = createLog({stream: {write: line => text.push(line)}, level, fields: {process: 'daemon'}})
  return {log, text, lines: () => text.map(line => JSON.parse(line))}
}

it('writes a line of JSON with the message and its fields', () => {
  const {log, lines} = memoryLog('info')
  log.debug('not shown')
  log.child({agent: 'agent001'}).warn('push failed', {branch: 'a/1'})
  expect(lines()).toEqual([
    {
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      process: 'daemon',
      agent: 'agent001',
      branch: 'a/1',
      msg: 'push failed',
    },
  ])
})

it('drops what is written after its end, and ends nothing by it', () => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'client.jsonl')
  const log = createLog({file})
  log.info('before')
  log[Symbol.dispose]()
  log.info('after')
  expect(readFileSync(file, 'utf8')).toMatch(/^.*"before".*\n$/)
})

it('is rotated at its size, so that a file and one copy of it are kept', () => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'daemon.jsonl')
  using log = createLog({file, maxBytes: 10_000})
  for (let n = 0; n < 500; n++) log.info('again', {n, text: 'x'.repeat(100)})
  expect(statSync(file).size).toBeLessThan(22_000)
  expect(statSync(`${file}.1`).size).toBeLessThan(22_000)
  const lines = [`${file}.1`, file].flatMap(name => readFileSync(name, 'utf8').trim().split('\n'))
  expect(lines.map(line => JSON.parse(line).n)).toEqual(lines.map((_, index) => 500 - lines.length + index))
})

it('shows errors with code, stack and cause', () => {
  const {log, lines} = memoryLog()
  const cause = Object.assign(new Error('no route'), {code: 'EHOSTUNREACH'})
  log.error('fetch failed', {error: new ClambakeError({code: 'no-remote', message: 'gone', cause})})
  expect(lines()[0].error).toMatchObject({
    code: 'no-remote',
    message: 'gone',
    stack: expect.stringContaining('log.test.ts'),
    cause: {code: 'EHOSTUNREACH', message: 'no route'},
  })
})

it('hides secrets in message, fields and child fields', () => {
  using _secret = registerSecret('wonderland-42')
  const {log, text} = memoryLog()
  const token = 'ghp_0123456789abcdefghijklmnopqrstuvwxyz'
  log
    .child({url: `https://x:${token}@github.com`})
    .info(`using wonderland-42`, {headers: {authorization: token}, list: [token], error: new Error(token)})
  expect(text.join('')).not.toContain(token)
  expect(text.join('')).not.toContain('wonderland-42')
})

it('bears fields that cannot be written as they are', () => {
  const {log, lines} = memoryLog()
  const ring: Record<string, unknown> = {}
  ring.ring = ring
  log.info('odd', {ring, big: 10n ** 20n, gone: undefined, when: new Date(0)})
  expect(lines()[0]).toMatchObject({ring: {ring: '[circular]'}, when: '1970-01-01T00:00:00.000Z'})
})

it('names the trace inside a span', async () => {
  await using sink = await startOtlpReceiver()
  const telemetry = await startTelemetry({service: 'test', version: '1', endpoint: sink.endpoint, log: silentLog})
  const {log, lines} = memoryLog()
  const traceparent = telemetry.tickets.begin()
  await telemetry.tickets.inTicket(traceparent, 'work', {}, async () => log.info('inside'))
  context.with(trace.deleteSpan(context.active()), () => log.info('outside'))
  await telemetry.shutdown()
  expect(lines().map(line => line.traceId)).toEqual([traceparent?.split('-')[1], undefined])
})

it('has every line in the file when the process dies the next moment', async () => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'deep', 'daemon.log')
  const script = `
    import {createLog} from ${JSON.stringify(new URL('../../src/telemetry/log.ts', import.meta.url).href)}
    const log = createLog({file: process.argv[1]})
    for (let n = 0; n < 100; n++) log.info('line', {n})
    process.kill(process.pid, 'SIGKILL')`
  await run(process.execPath, {
    args: ['--input-type=module', '--eval', script, file],
    env: sealedEnv(folder.path),
  }).catch(() => {})
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  expect(lines.map(line => JSON.parse(line).n)).toEqual(Array.from({length: 100}, (_, n) => n))
  expect(statSync(file).mode & 0o077).toBe(0)
})

it.runIf(existsSync('/dev/full'))('bears a full disk', () => {
  using log = createLog({file: '/dev/full'})
  for (let n = 0; n < 10; n++) log.info('nobody keeps this')
})
