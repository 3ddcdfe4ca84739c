import {mkdirSync} from 'node:fs'
import {createConnection} from 'node:net'
import {join} from 'node:path'
import fc from 'fast-check'
import {afterAll, beforeAll, expect, it} from 'vitest'
import * as z from 'zod'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import type {Log} from '../../src/base/log.ts'
import {runtimePaths} from '../../src/base/paths.ts'
import {guardedApi} from '../../src/daemon/api/guard.ts'
import {DAEMON_ACCESS} from '../../src/protocol/daemon/access.ts'
import {DAEMON_PARAMS} from '../../src/protocol/daemon/params.ts'
import type {DaemonApi, DaemonTopics} from '../../src/protocol/daemon.ts'
import {type Hello, PROTOCOL_VERSION} from '../../src/protocol/hello.ts'
import type {RpcMessage} from '../../src/protocol/rpc-message.ts'
import {type Connection, connect} from '../../src/rpc/connect.ts'
import {createFrameDecoder, encodeFrame} from '../../src/rpc/frames.ts'
import {acquireProcessLock} from '../../src/rpc/lock.ts'
import {serve} from '../../src/rpc/serve.ts'
import {memoryWorld} from '../daemon/memory.ts'
import {faultIn, fuzz} from './run.ts'
import {oddText} from './texts.ts'

const hello: Hello = {protocol: PROTOCOL_VERSION, version: '1', role: 'client', pid: process.pid, instance: 'fuzz'}
/** What a handler did that was no answer, and no refusal for people. */
const defects: string[] = []
const log: Log = {
  debug() {},
  info() {},
  warn() {},
  error: (message, fields) => void defects.push(`${message} ${JSON.stringify(fields)} ${String(fields?.error)}`),
  child: () => log,
}

let path: string
let good: Connection<DaemonApi, DaemonTopics>
const opened = new AsyncDisposableStack()

/** A daemon over a memory world, with two agents at work, behind its real socket. */
beforeAll(async () => {
  const folder = opened.use(temporaryFolder('fuzz-'))
  mkdirSync(join(folder.path, 'repository'))
  const env = {CLAMBAKE_STATE_DIR: join(folder.path, 's')}
  const paths = runtimePaths({env, commonDir: join(folder.path, 'repository'), version: '1'}).daemon
  const lock = acquireProcessLock({paths, info: {pid: process.pid, version: '1', cwd: folder.path, startedAt: 0}})
  if ('heldBy' in lock) throw new Error('the lock is held')
  opened.use(lock)
  const world = memoryWorld({}, () => {})
  for (const number of [1, 2, 3]) world.github.openIssue(number)
  const daemon = await world.start()
  opened.defer(() => daemon.kill())
  await daemon.api.pop({})
  await daemon.api.pop({})
  await world.until(() => world.host.prompts.length === 2, 'both work')
  const api = guardedApi({apiFor: daemon.apiFor, state: () => daemon.engine.state()})
  // It would end this process's daemon.
  const handlers = {...api, shutdown: () => null as never}
  path = paths.socket
  opened.use(await serve<DaemonApi, DaemonTopics>({path, lock, hello: {...hello, role: 'daemon'}, handlers, log}))
  good = opened.use(await connect<DaemonApi, DaemonTopics>({path, hello}))
})
afterAll(() => opened[Symbol.asyncDispose]())

const LAST = 1_000_000
const PART_MS = 100

/** Sends bytes as a client would, and gives what came back until a last call is answered or the connection ends. */
async function exchange(chunks: readonly Uint8Array[]): Promise<RpcMessage[]> {
  const received: RpcMessage[] = []
  await new Promise<void>(resolve => {
    const socket = createConnection(path)
    const end = () => {
      clearTimeout(late)
      socket.destroy()
      resolve()
    }
    // Part of a frame waits for its rest.
    const late = setTimeout(end, PART_MS)
    const feed = createFrameDecoder(value => {
      received.push(value as RpcMessage)
      if ((value as RpcMessage & {id?: number}).id === LAST) setImmediate(end)
    })
    socket
      .on('data', feed)
      .on('error', () => {})
      .on('close', end)
    for (const chunk of [...chunks, encodeFrame({kind: 'request', id: LAST, method: 'who', params: {}})]) {
      socket.write(chunk)
    }
  })
  return received
}

/** Every answer is a result or a refusal for people, and the daemon answers others as before. */
async function holds(chunks: readonly Uint8Array[]): Promise<void> {
  for (const message of await exchange(chunks)) {
    if (message.kind !== 'error') continue
    const {code, message: text, next = ''} = message.error
    expect({code, text}).not.toMatchObject({code: 'internal'})
    expect(faultIn(`${text}\n${next}`)).not.toBe('a stack trace')
  }
  await good.call('state', {}, {timeoutMs: 1000})
  expect(defects.splice(0)).toEqual([])
}

const odd = fc.oneof(fc.jsonValue({maxDepth: 3}), oddText, fc.constantFrom(Number.NaN, -0, -1, 0, 1, 2, 2 ** 53, 1e300))
const METHODS = Object.keys(DAEMON_ACCESS) as (keyof DaemonApi)[]

/** Fields of parameters with values that fit, so that calls get beyond their check, or with any. */
const FITTING: Readonly<Record<string, readonly unknown[]>> = {
  agent: ['agent001', 'agent002', 'agent004'],
  agents: [['agent001'], [], true, false],
  issue: [1, 2, 3, 99],
  number: [1, 2, 99],
  ticket: [1, 2, 99],
  tickets: [[], [1], [1, 99]],
  limit: [1, 100],
  to: ['agent001', '@all', 'agent009', '__proto__'],
  text: ['hello', '', 'x'.repeat(20_000), '\u001b[31m'],
  subject: ['#1', '1', 'agent001', 'pull 9', '__proto__'],
  name: ['agent001/1-x', 'refs/clambake/claims/issue-1', '/', '--all'],
  kind: ['branch', 'worktree', 'claim'],
  action: ['resume', 'pull', 'leave'],
  answer: [{kind: 'allow'}, {kind: 'deny'}, {kind: 'choose', choices: [[1]]}, {kind: 'always'}],
  id: [0, 1, 5],
  ref: ['refs/clambake/rescue/issue-1/x', 'HEAD', '--exec=x'],
  paths: [[], ['a.ts'], ['../..']],
  into: [null, '/nowhere'],
  pattern: ['label-without-claim', 'slot-held', 'lock-without-owner'],
  strategy: ['github-wins', 'local-wins', 'manual'],
  one: ['#1', 'main'],
  other: ['#2', null],
  think: ['hard', 'ultra'],
  priority: ['high', 'none'],
  labels: [['route:ready'], []],
  max: [0, 1, 5],
  maxConcurrent: [0, 2],
  timeoutMs: [0, null],
  dryRun: [true, false],
  force: [true, false],
  all: [true],
  mine: [true],
}
const fields = fc.record(
  Object.fromEntries(
    Object.entries(FITTING).map(([name, values]) => [
      name,
      fc.oneof({weight: 6, arbitrary: fc.constantFrom(...values)}, {weight: 1, arbitrary: odd}),
    ]),
  ),
  {requiredKeys: []},
)

/** The fields that a method takes: with one that it does not know it would be refused at once. */
function fieldsOf(method: keyof DaemonApi): readonly string[] {
  const schema = DAEMON_PARAMS[method]
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
}

const request = fc
  .record({
    method: fc.constantFrom(...METHODS),
    given: fields,
    id: fc.nat({max: LAST - 1}),
    extra: fc.option(odd, {freq: 10}),
  })
  .map(({method, given, id, extra}) => {
    const known = Object.entries(given).filter(([name]) => fieldsOf(method).includes(name))
    return {kind: 'request', id, method, params: extra ?? Object.fromEntries(known)}
  })

it('any call of any method is answered, or refused with words for a person', async () => {
  await fuzz(fc.array(request, {minLength: 1, maxLength: 4}), 120, async requests => {
    await holds([encodeFrame(hello), ...requests.map(encodeFrame)])
  })
})

const frame = fc.oneof(
  fc.uint8Array({maxLength: 80}),
  fc
    .record({
      sent: fc.oneof(request, odd, fc.constant(hello)),
      at: fc.nat(),
      byte: fc.integer({min: 0, max: 255}),
      change: fc.boolean(),
      cut: fc.boolean(),
    })
    .map(({sent, at, byte, change, cut}) => {
      const whole = Uint8Array.from(encodeFrame(sent))
      if (change) whole[at % whole.length] = byte
      return cut ? whole.subarray(0, at % whole.length) : whole
    }),
)

it('any bytes on the daemon’s socket end their own connection at most', async () => {
  await fuzz(fc.record({greets: fc.boolean(), frames: fc.array(frame, {maxLength: 5})}), 80, async given => {
    await holds([...(given.greets ? [encodeFrame(hello)] : []), ...given.frames])
  })
})
