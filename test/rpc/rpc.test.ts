import {existsSync, lstatSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {createConnection, createServer} from 'node:net'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {poll} from '../../src/base/clock.ts'
import {ClambakeError} from '../../src/base/errors.ts'
import {type LogFields, silentLog} from '../../src/base/log.ts'
import {type ProcessPaths, runtimePaths} from '../../src/base/paths.ts'
import {type Hello, PROTOCOL_VERSION} from '../../src/protocol/hello.ts'
import {connect} from '../../src/rpc/connect.ts'
import {encodeFrame} from '../../src/rpc/frames.ts'
import {acquireProcessLock, type ProcessLock} from '../../src/rpc/lock.ts'
import type {Handlers} from '../../src/rpc/peer.ts'
import {type ServeOptions, serve} from '../../src/rpc/serve.ts'

type EchoApi = {
  echo: {params: {text: string}; result: string}
  fail: {params: {kind: 'expected' | 'defect'}; result: null}
  never: {params: Record<string, never>; result: null}
  big: {params: {bytes: number}; result: string}
}
type EchoTopics = {state: Record<string, number | string>; note: string}

const handlers: Handlers<EchoApi, EchoTopics> = {
  echo: ({text}) => text,
  fail({kind}) {
    if (kind === 'defect') throw new TypeError('undefined is not a function')
    throw new ClambakeError({code: 'claim-lost', message: 'The claim moved', kept: 'the branch', next: 'pop again'})
  },
  never: () => new Promise(() => {}),
  big: ({bytes}) => 'x'.repeat(bytes),
}

const hello = (role: Hello['role'], change: Partial<Hello> = {}): Hello => ({
  protocol: PROTOCOL_VERSION,
  version: '1.2.3',
  role,
  pid: process.pid,
  instance: 'test',
  ...change,
})

let folder: string
let paths: ProcessPaths
let path: string
let lock: ProcessLock
let opened: AsyncDisposableStack

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rpc-'))
  paths = runtimePaths({env: {CLAMBAKE_STATE_DIR: join(folder, 's')}, commonDir: folder, version: '1.2.3'}).daemon
  path = paths.socket
  const taken = acquireProcessLock({paths, info: {pid: process.pid, version: '1.2.3', cwd: folder, startedAt: 0}})
  if ('heldBy' in taken) throw new Error('the lock is held')
  lock = taken
  opened = new AsyncDisposableStack()
})

afterEach(async () => {
  await opened.disposeAsync()
  lock[Symbol.dispose]()
  rmSync(folder, {recursive: true})
})

async function startServer(options: Partial<ServeOptions<EchoApi, EchoTopics>> = {}) {
  return opened.use(
    await serve<EchoApi, EchoTopics>({path, lock, hello: hello('daemon'), handlers, log: silentLog, ...options}),
  )
}

async function startClient(change: Partial<Hello> = {}) {
  return opened.use(await connect<EchoApi, EchoTopics>({path, hello: hello('client', change)}))
}

describe('a process that hangs', () => {
  it('is named with its number and with what wakes or ends it', async () => {
    await using silent = createServer(socket => setTimeout(() => socket.destroy(), 500)).listen(path)
    await new Promise(resolve => silent.once('listening', resolve))
    const info = join(dirname(path), 'daemon.json')
    const asked = connect({path, info, hello: hello('client'), timeoutMs: 50})
    await expect(asked).rejects.toMatchObject({
      code: 'no-hello',
      message: `The daemon (pid ${process.pid}) does not answer: it is suspended, or it hangs`,
      next: expect.stringContaining(`kill -CONT ${process.pid} wakes it`),
    })
  })
})

describe('a socket in the temporary folder', () => {
  const far = () => {
    const env = {CLAMBAKE_STATE_DIR: join(folder, 's'.repeat(90)), TMPDIR: folder}
    return runtimePaths({env, commonDir: folder, version: '1.2.3'})
  }

  it('leaves no folder behind, and takes none away that another process needs', async () => {
    const {daemon, host} = far()
    const inner = dirname(daemon.socket)
    expect(dirname(dirname(inner))).toBe(folder)
    const first = await startServer({path: host.socket})
    const last = await startServer({path: daemon.socket})
    await first[Symbol.asyncDispose]()
    expect(existsSync(daemon.socket)).toBe(true)
    await last[Symbol.asyncDispose]()
    expect(existsSync(dirname(inner))).toBe(false)
  })
})

describe('calls', () => {
  it('carry parameters, results and who answers', async () => {
    await startServer()
    const client = await startClient()
    expect(client.peer.role).toBe('daemon')
    expect(await client.call('echo', {text: 'grüße 👋'})).toBe('grüße 👋')
    expect(await Promise.all([1, 2, 3].map(n => client.call('echo', {text: `${n}`})))).toEqual(['1', '2', '3'])
  })

  it('reject with the error of the handler, whole', async () => {
    await startServer()
    const client = await startClient()
    await expect(client.call('fail', {kind: 'expected'})).rejects.toMatchObject({
      code: 'claim-lost',
      kept: 'the branch',
      next: 'pop again',
    })
    await expect(client.call('fail', {kind: 'defect'})).rejects.toMatchObject({code: 'internal'})
    await expect(client.call('toString' as 'echo', {text: ''})).rejects.toMatchObject({code: 'unknown-method'})
  })

  it('end by time-out, by signal and when the server goes', async () => {
    const server = await startServer()
    const client = await startClient()
    await expect(client.call('never', {}, {timeoutMs: 20})).rejects.toMatchObject({code: 'call-timeout'})
    const stop = new AbortController()
    const stopped = client.call('never', {}, {signal: stop.signal})
    stop.abort(new Error('enough'))
    await expect(stopped).rejects.toThrow('enough')
    const cut = client.call('never', {}, {timeoutMs: null})
    await Promise.all([
      expect(cut).rejects.toMatchObject({code: 'disconnected'}),
      server[Symbol.asyncDispose](),
      client.closed,
    ])
    await expect(client.call('echo', {text: ''})).rejects.toMatchObject({code: 'disconnected'})
  })

  it('refuse what is over the frame limit and live on', async () => {
    await startServer()
    const client = await startClient()
    await expect(client.call('big', {bytes: 17 * 1024 * 1024})).rejects.toMatchObject({code: 'frame-too-large'})
    expect(await client.call('big', {bytes: 9 * 1024 * 1024})).toHaveLength(9 * 1024 * 1024)
  })
})

describe('handshake', () => {
  it('names the process of another protocol and the way out, on both sides', async () => {
    const warnings: unknown[] = []
    const log = {...silentLog, warn: (_: string, fields?: LogFields) => warnings.push(fields?.error)}
    await startServer({log, hello: hello('daemon', {protocol: PROTOCOL_VERSION + 1, version: '9.0.0', pid: 77})})
    const refusal = await startClient().catch(error => error)
    expect(refusal).toMatchObject({code: 'version-mismatch'})
    expect(refusal.message).toContain('The daemon (pid 77) is version 9.0.0')
    expect(refusal.next).toContain('kill 77')
    await poll(() => warnings.length > 0 || undefined, {everyMs: 5, timeoutMs: 5000})
    expect(warnings).toEqual([expect.stringContaining('The client (pid')])
  })

  it('says that nobody runs there', async () => {
    await expect(startClient()).rejects.toMatchObject({code: 'not-running'})
  })

  it('gives up on a process that accepts and says nothing', async () => {
    const hung = createServer(() => {})
    await new Promise<void>(resolve => hung.listen(path, resolve))
    const client = connect({path, hello: hello('client'), timeoutMs: 20})
    await expect(client).rejects.toMatchObject({code: 'no-hello'})
    hung.close()
  })

  it('closes a connection that sends garbage and serves the others', async () => {
    const server = await startServer()
    const client = await startClient()
    const garbage = [
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
      Buffer.from([0, 0, 0, 0]),
      Buffer.concat([encodeFrame(hello('client')), encodeFrame({kind: 'request', id: 'one'})]),
      Buffer.concat([encodeFrame(hello('client')), Buffer.from([0, 0, 0, 2, 0xc1, 0xc1])]),
      encodeFrame(null),
    ]
    for (const bytes of garbage) {
      const bad = createConnection(path)
      const closed = new Promise(resolve => bad.on('close', resolve))
      bad.on('error', () => {})
      bad.resume()
      bad.write(bytes)
      await closed
    }
    expect(await client.call('echo', {text: 'still here'})).toBe('still here')
    expect(server.peers.size).toBe(1)
  })
})

describe('topics', () => {
  it('reach every peer in order', async () => {
    const server = await startServer()
    const seen: string[] = []
    for (const client of [await startClient(), await startClient()]) client.on('note', note => seen.push(note))
    server.broadcast('note', 'a')
    server.broadcast('note', 'b')
    await poll(() => seen.length === 4 || undefined, {everyMs: 5, timeoutMs: 5000})
    expect(seen.filter(note => note === 'a')).toHaveLength(2)
    expect(seen.indexOf('a')).toBeLessThan(seen.indexOf('b'))
  })

  it('are merged for a reader that is slow, and the newest arrives', async () => {
    const server = await startServer({coalesce: {state: (waiting, next) => ({...waiting, ...next})}})
    const reader = createConnection(path)
    opened.defer(() => void reader.destroy())
    reader.write(encodeFrame(hello('client')))
    reader.pause()
    await poll(() => server.peers.size === 1 || undefined, {everyMs: 5, timeoutMs: 5000})
    const filler = 'x'.repeat(1024 * 1024)
    for (let n = 0; n < 200; n++) server.broadcast('state', {filler, [`n${n % 10}`]: n})
    let bytes = 0
    let tail = Buffer.alloc(0)
    reader.on('data', chunk => {
      bytes += chunk.length
      tail = Buffer.concat([tail, chunk as Buffer]).subarray(-200)
    })
    reader.resume()
    await poll(() => tail.includes('n9') || undefined, {everyMs: 5, timeoutMs: 5000})
    expect(bytes).toBeLessThan(8 * 1024 * 1024)
    for (let n = 0; n < 10; n++) expect(tail.includes(`n${n}`)).toBe(true)
  })
})

describe('the socket', () => {
  it('is reached by its user alone', async () => {
    await startServer()
    expect(lstatSync(path).mode & 0o777).toBe(0o600)
    expect(lstatSync(dirname(path)).mode & 0o777).toBe(0o700)
  })

  it('replaces a file that a dead process left', async () => {
    writeFileSync(path, '')
    await startServer()
    expect(await (await startClient()).call('echo', {text: 'ok'})).toBe('ok')
  })

  it('is not taken from somebody who answers', async () => {
    await startServer()
    await expect(startServer()).rejects.toMatchObject({code: 'socket-in-use'})
    expect(await (await startClient()).call('echo', {text: 'ok'})).toBe('ok')
  })

  it('is made again when it vanishes, and old connections live on', async () => {
    await startServer()
    const old = await startClient()
    rmSync(path)
    await poll(() => existsSync(path) || undefined, {everyMs: 50, timeoutMs: 10_000})
    expect(await old.call('echo', {text: 'old'})).toBe('old')
    expect(await (await startClient()).call('echo', {text: 'new'})).toBe('new')
  })

  it('tells the process whose place another took, which leaves the other its socket', async () => {
    let replaced = 0
    const first = await startServer({onReplaced: () => replaced++})
    rmSync(path)
    await startServer({hello: hello('daemon', {instance: 'another'})})
    await poll(() => replaced || undefined, {everyMs: 50, timeoutMs: 10_000})
    await first[Symbol.asyncDispose]()
    expect(replaced).toBe(1)
    expect((await startClient()).peer.instance).toBe('another')
  })

  it('has its lock and its description again after the folder was removed, so that no second one starts', async () => {
    await startServer()
    rmSync(dirname(path), {recursive: true})
    await poll(() => existsSync(path) || undefined, {everyMs: 50, timeoutMs: 10_000})
    expect(acquireProcessLock({paths, info: {...lock.info, pid: 1}})).toEqual({heldBy: lock.info})
  })

  it('tells the process whose folder was removed', async () => {
    let removed = 0
    await startServer({onRemoved: () => removed++, onReplaced: () => expect.fail('nothing took its place')})
    rmSync(dirname(path), {recursive: true})
    await poll(() => (removed && existsSync(path)) || undefined, {everyMs: 50, timeoutMs: 10_000})
    expect(removed).toBe(1)
    expect(await (await startClient()).call('echo', {text: 'new'})).toBe('new')
  })
})
