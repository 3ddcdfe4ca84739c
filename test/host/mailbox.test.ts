import {request} from 'node:http'
import {createConnection, type Socket} from 'node:net'
import {gzipSync} from 'node:zlib'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {systemClock} from '../../src/base/clock.ts'
import {silentLog} from '../../src/base/log.ts'
import {Mailbox, type MailboxAddress} from '../../src/host/mailbox.ts'
import type {MailItem} from '../../src/model/data/pane.ts'
import {createFrameDecoder, encodeFrame} from '../../src/rpc/frames.ts'
import {eventually} from '../terminal/helpers.ts'

let mailbox: Mailbox
let address: MailboxAddress
let seen: MailItem[]
let isRead: boolean

beforeEach(async () => {
  seen = []
  isRead = true
  mailbox = await Mailbox.open({
    log: silentLog,
    clock: systemClock,
    onMail: item => seen.push(item),
    isRead: () => isRead,
  })
  address = mailbox.register('pane-1')
})
afterEach(async () => await mailbox[Symbol.asyncDispose]())

type Post = {path?: string; headers?: Record<string, string>; body?: string | Buffer; method?: string}

/** `path` follows the mailbox's address. */
function post(options: Post = {}): Promise<{status: number; text: string}> {
  const {path = '/Stop', headers = {}, body = '{}', method = 'POST'} = options
  return new Promise((resolve, reject) => {
    const sent = request(
      `${address.url}${path}`,
      {method, headers: {authorization: `Bearer ${address.token}`, ...headers}},
      response => {
        let text = ''
        response.on('data', chunk => {
          text += chunk
        })
        response.on('end', () => resolve({status: response.statusCode ?? 0, text}))
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

describe('mail', () => {
  it('is taken at once and kept in order for whoever reads', async () => {
    expect((await post({path: '/SessionStart', body: '{"a":1}'})).status).toBe(204)
    expect((await post({path: '/Stop', body: ''})).status).toBe(204)
    expect(seen).toMatchObject([
      {pane: 'pane-1', kind: 'SessionStart', body: {a: 1}, reply: false},
      {pane: 'pane-1', kind: 'Stop', body: null, reply: false},
    ])
    expect(mailbox.read(0)).toEqual(seen)
    expect(mailbox.read(seen[0]!.seq)).toEqual([seen[1]])
    mailbox.forget('pane-1')
    expect(mailbox.read(0)).toEqual([])
    expect((await post()).status).toBe(401)
  })

  it('that asks is held until it is answered, whoever was away', async () => {
    const answer = post({path: '/PermissionRequest?reply=1', body: '{"tool":"Bash"}'})
    await eventually('the question', () => seen.length === 1)
    expect(mailbox.read(0)).toMatchObject([{kind: 'PermissionRequest', reply: true}])
    mailbox.answer(seen[0]!.seq, {behavior: 'allow'})
    expect(await answer).toEqual({status: 200, text: '{"behavior":"allow"}'})
    expect(mailbox.read(0)).toMatchObject([{reply: false}])
    expect(() => mailbox.answer(seen[0]!.seq, {})).toThrow('no longer waits')
  })

  it('that asks for a soon answer waits a second for it, and not at all while nobody reads', async () => {
    const asked = () => post({path: '/BeforeEdit?reply=soon', body: '{}'})
    const answer = asked()
    await eventually('the question', () => seen.length === 1)
    expect(seen[0]).toMatchObject({kind: 'BeforeEdit', reply: true})
    mailbox.answer(seen[0]!.seq, {ok: true})
    expect(await answer).toEqual({status: 200, text: '{"ok":true}'})
    const began = performance.now()
    expect(await asked()).toEqual({status: 204, text: ''})
    expect(performance.now() - began).toBeGreaterThan(900)
    expect(mailbox.read(seen[0]!.seq)).toMatchObject([{reply: false}])
    expect(() => mailbox.answer(seen[1]!.seq, {})).toThrow('no longer waits')
    isRead = false
    const unheard = performance.now()
    expect(await asked()).toEqual({status: 204, text: ''})
    expect(performance.now() - unheard).toBeLessThan(900)
    expect(seen[2]).toMatchObject({kind: 'BeforeEdit', reply: false})
  })

  it('that asks for an answer within a time is refused after it, whether or not anything reads', async () => {
    const asked = () => post({path: '/Mcp?reply=1s', body: '{}'})
    const answer = asked()
    await eventually('the question', () => seen.length === 1)
    mailbox.answer(seen[0]!.seq, {ok: true})
    expect(await answer).toEqual({status: 200, text: '{"ok":true}'})
    isRead = false
    expect(await asked()).toEqual({status: 503, text: expect.stringMatching(/^Clambake does not answer now: /)})
    expect(() => mailbox.answer(seen[1]!.seq, {})).toThrow('no longer waits')
  })

  it('that asks no longer asks when its sender has gone', async () => {
    const asking = request(`${address.url}/Ask?reply=1`, {
      method: 'POST',
      headers: {authorization: `Bearer ${address.token}`},
    })
    asking.on('error', () => {})
    asking.end('{}')
    await eventually('the question', () => seen.length === 1)
    asking.destroy()
    await eventually('its end', () => mailbox.read(0)[0]?.reply === false)
  })

  it('beyond the limit drops the oldest and says so', async () => {
    const megabyte = JSON.stringify('x'.repeat(1024 * 1024 - 10))
    for (let n = 0; n < 17; n++) await post({path: `/n${n}`, body: megabyte})
    const kinds: string[] = []
    for (let after = 0; ; ) {
      const portion = mailbox.read(after)
      if (portion.length === 0) break
      expect(portion.length).toBeLessThanOrEqual(5)
      kinds.push(...portion.map(item => item.kind))
      after = portion.at(-1)!.seq
    }
    expect(seen.map(item => item.seq)).toEqual(seen.map(item => item.seq).sort((a, b) => a - b))
    expect(kinds).not.toContain('n0')
    expect(kinds).toContain('n16')
    expect(kinds).toContain('mail-dropped')
  })
})

describe('telemetry', () => {
  it('comes in where an exporter posts it, and is answered as one expects', async () => {
    for (const signal of ['logs', 'metrics', 'traces']) {
      expect(await post({path: `/v1/${signal}`, body: '{"resourceLogs":[]}'})).toEqual({status: 200, text: '{}'})
    }
    expect(seen.map(({kind, reply}) => ({kind, reply}))).toEqual(
      ['otlp-logs', 'otlp-metrics', 'otlp-traces'].map(kind => ({kind, reply: false})),
    )
    expect((await post({path: '/v1/profiles'})).status).toBe(404)
  })

  it('may be compressed, within the same bound', async () => {
    const gzip = (text: string) => ({
      path: '/v1/logs',
      headers: {'content-encoding': 'gzip'},
      body: gzipSync(Buffer.from(text)),
    })
    expect((await post(gzip('{"a":1}'))).status).toBe(200)
    expect(seen).toMatchObject([{kind: 'otlp-logs', body: {a: 1}}])
    expect((await post(gzip(JSON.stringify(' '.repeat(1024 * 1024))))).status).toBe(413)
    expect((await post({...gzip(''), body: 'no gzip'})).status).toBe(400)
    expect(seen).toHaveLength(1)
  })

  it('pushes no mail out, however much of it comes', async () => {
    await post({path: '/SessionStart'})
    const megabyte = JSON.stringify('x'.repeat(1024 * 1024 - 10))
    for (let n = 0; n < 20; n++) await post({path: '/v1/logs', body: megabyte})
    await post({path: '/Stop'})
    const kinds: string[] = []
    for (let after = 0; ; ) {
      const portion = mailbox.read(after)
      if (portion.length === 0) break
      kinds.push(...portion.map(item => item.kind))
      after = portion.at(-1)!.seq
    }
    expect(kinds.filter(kind => kind !== 'mail-dropped')).toEqual(['SessionStart', 'otlp-logs', 'otlp-logs', 'Stop'])
    mailbox.forget('pane-1')
    expect(mailbox.read(0)).toEqual([])
  })
})

describe('what is refused', () => {
  it.each<[string, Post, number]>([
    ['a wrong secret', {headers: {authorization: 'Bearer guess'}}, 401],
    ['no secret', {headers: {authorization: ''}}, 401],
    ['a page in a browser', {headers: {origin: 'http://127.0.0.1'}}, 403],
    ['another name for this machine', {headers: {host: 'evil.example'}}, 403],
    ['another method', {method: 'GET', body: ''}, 404],
    ['another path', {path: '/../secret'}, 404],
    ['a kind that is no word', {path: '/a%20b'}, 404],
    ['what is not JSON', {body: '{'}, 400],
    ['what is too long', {body: JSON.stringify('x'.repeat(1024 * 1024))}, 413],
  ])('%s', async (_, attempt, status) => {
    expect((await post(attempt)).status).toBe(status)
    expect(seen).toEqual([])
  })

  it('is the secret of a pane that was opened anew', async () => {
    const old = address
    address = mailbox.register('pane-1')
    expect((await post()).status).toBe(204)
    address = old
    expect((await post()).status).toBe(401)
  })
})

describe('a post that no socket can carry', () => {
  const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`

  it.each([
    ['nested deeper than the encoding allows', `{"session_id":"s","tool_input":${deep(150)}}`],
    ['with a key that the decoder refuses', '{"session_id":"s","tool_input":{"__proto__":{"a":1}}}'],
  ])('%s keeps its other fields, is told, and leaves the mail readable', async (_, body) => {
    await post({path: '/PreToolUse', body})
    await post({path: '/Stop'})
    const mail = mailbox.read(0)
    expect(mail.map(({kind}) => kind)).toEqual(['PreToolUse', 'mail-altered', 'Stop'])
    expect(mail[0]!.body).toMatchObject({session_id: 's'})
    expect(mail[1]!.body).toEqual({kind: 'PreToolUse', count: 1})
    const got: unknown[] = []
    createFrameDecoder(value => got.push(value))(encodeFrame({kind: 'result', id: 1, result: mail}))
    expect(got).toEqual([{kind: 'result', id: 1, result: mail}])
  })

  it('is told once, then at the tenth', async () => {
    for (let n = 0; n < 12; n++) await post({body: deep(150)})
    expect(seen.filter(({kind}) => kind === 'mail-altered').map(({body}) => body)).toEqual([
      {kind: 'Stop', count: 1},
      {kind: 'Stop', count: 10},
    ])
  })
})

it('answers a post that is kept even when those who listen fail at it', async () => {
  const failing = await Mailbox.open({
    log: silentLog,
    clock: systemClock,
    onMail() {
      throw new Error('the socket is closed')
    },
  })
  const {url, token} = failing.register('pane-1')
  const answer = await fetch(`${url}/Stop`, {method: 'POST', body: '{}', headers: {authorization: `Bearer ${token}`}})
  expect(answer.status).toBe(204)
  expect(failing.read(0)).toHaveLength(1)
  await failing[Symbol.asyncDispose]()
})

describe('strangers on this machine', () => {
  it('get 401 for whatever they send, and nothing is logged', async () => {
    const logged: string[] = []
    const log = {...silentLog, warn: (message: string) => logged.push(message)}
    const open = await Mailbox.open({log, clock: systemClock, onMail: item => seen.push(item)})
    const port = Number(new URL(open.register('pane-1').url).port)
    for (const path of ['//', '/mail/Stop', 'http://[', '/%zz']) {
      const answer = await raw(port, `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: 0\r\n\r\n`)
      expect(answer).toMatch(/^HTTP\/1.1 401/)
    }
    expect(logged).toEqual([])
    await open[Symbol.asyncDispose]()
  })

  it('cannot pile up connections, nor keep a pane from posting', async () => {
    const port = Number(new URL(address.url).port)
    const sockets = Array.from({length: 300}, () => createConnection(port, '127.0.0.1').on('error', () => {}))
    for (const socket of sockets) socket.write('POST /mail/Stop HTTP/1.1\r\nX-A: ')
    expect((await post()).status).toBe(204)
    await eventually('the cut', () => sockets.filter(({closed}) => !closed).length <= 64)
    expect((await post()).status).toBe(204)
    for (const socket of sockets) socket.destroy()
  })
})

it('takes only so much at a time of one pane that does not end its posts, and all of others', async () => {
  const {hostname, port} = new URL(address.url)
  const head = `POST /mail/x HTTP/1.1\r\nHost: ${hostname}:${port}\r\nAuthorization: Bearer ${address.token}\r\n`
  const begin = (sent: number) => {
    const socket = createConnection(Number(port), hostname).on('error', () => {})
    socket.resume().write(`${head}Content-Length: 1000000\r\n\r\n${' '.repeat(sent)}`)
    return socket
  }
  const isOpen = (socket: Socket) => !socket.closed
  const large = Array.from({length: 40}, () => begin(900_000))
  await eventually('the end of those that are too much', () => large.filter(isOpen).length <= 18)
  for (const socket of large) socket.destroy()
  const many = Array.from({length: 300}, () => begin(1))
  await eventually('the end of those that are too many', () => many.filter(isOpen).length <= 128)
  const other = mailbox.register('pane-2')
  const headers = {authorization: `Bearer ${other.token}`}
  expect((await fetch(`${other.url}/y`, {method: 'POST', headers, body: '{}'})).status).toBe(204)
  for (const socket of many) socket.destroy()
  await eventually('a post', async () => (await post()).status === 204)
})

it('holds only so many questions of one pane', async () => {
  const asking = Array.from({length: 100}, () => post({path: '/Ask?reply=1'}))
  await eventually('the questions', () => seen.length === 100)
  expect((await post({path: '/Ask?reply=1'})).status).toBe(503)
  expect((await post({path: '/Stop'})).status).toBe(204)
  mailbox.forget('pane-1')
  expect(new Set((await Promise.all(asking)).map(({status}) => status))).toEqual(new Set([410]))
})

/** What comes back for these bytes. */
function raw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = createConnection(port, '127.0.0.1', () => socket.write(bytes))
    socket.on('data', chunk => {
      text += chunk
    })
    socket.on('close', () => resolve(text))
    socket.on('error', reject)
  })
}
