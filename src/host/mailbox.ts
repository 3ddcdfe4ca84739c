import {randomBytes} from 'node:crypto'
import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http'
import type {AddressInfo, Socket} from 'node:net'
import {promisify} from 'node:util'
import {gunzip} from 'node:zlib'
import type {Clock} from '../base/clock.ts'
import {ClambakeError, isSystemError} from '../base/errors.ts'
import type {Log} from '../base/log.ts'
import type {PaneId} from '../model/data/ids.ts'
import {MAIL_ALTERED} from '../model/data/pane.ts'
import type {MailItem} from '../protocol/host-api.ts'
import {Spool} from './spool.ts'
import {storable} from './storable.ts'
import {Turns} from './turns.ts'

/** The largest body, compressed and inflated; a hook's report with a file in it is well below it. */
const MAX_BODY_BYTES = 1024 * 1024

/** How long a connection gets to send the headers of its request; hooks and exporters send them at once. */
const HEADERS_MS = 5000
const LOOK_AT_CONNECTIONS_MS = 1000
/** The connections that may be open without having shown a pane's secret; with more, the oldest is cut. */
const MAX_STRANGERS = 64
/** The posts of one pane that may wait for an answer at a time; a client asks one or a few questions at a time. */
const MAX_WAITING = 100
/** The connections of one pane that may be open at a time, those that wait for an answer among them. */
const MAX_CONNECTIONS = 128
/** How much of one pane's posts may be on its way at a time: its sender decides how long it takes. */
const MAX_RECEIVING_BYTES = 16 * 1024 * 1024

const KIND = /^\/mail\/([A-Za-z0-9_.-]{1,64})$/
/** The paths to which an OpenTelemetry exporter posts when the mailbox is its endpoint. */
const TELEMETRY = /^\/mail\/v1\/(logs|metrics|traces)$/

const inflate = promisify(gunzip)
const NO_JSON = Buffer.from('not gzip')

/** How long a post with `?reply=soon` is held. */
const SOON_MS = 1000
/** A time for which a post wants to be held, such as `30s`. */
const HELD_SECONDS = /^(\d{1,3})s$/

/** Its sender may show it to a model. */
const NOT_ANSWERED = 'Clambake does not answer now: work on without it, and try again later'

export type MailboxAddress = {url: string; token: string}

type MailboxOptions = {
  log: Log
  clock: Clock
  onMail: (item: MailItem) => void
  /** Whether somebody reads mail now. Default: always. */
  isRead?: () => boolean
}

/**
 * Receives the posts of programs in panes (hooks, telemetry) and keeps them until they are read; the host does not
 * interpret them. Only its secret identifies a pane. A post with `?reply=1` is held open until it is answered, however
 * long that takes, even while no reader is connected. One with `?reply=soon` is held for a second, and not at all while
 * none is; one with `?reply=30s` for as long, and then it is refused.
 */
export class Mailbox implements AsyncDisposable {
  readonly #server: Server
  readonly #spool: Spool
  readonly #log: Log
  readonly #clock: Clock
  readonly #onMail: (item: MailItem) => void
  readonly #isRead: () => boolean
  readonly #panes = new Map<string, PaneId>()
  readonly #waiting = new Map<number, {pane: PaneId; response: ServerResponse}>()
  /** Connections without a pane's secret so far, oldest first: any user of this machine can open them. */
  readonly #strangers = new Set<Socket>()
  readonly #connections = new Map<PaneId, Set<Socket>>()
  /** The bytes of each pane's posts that are on their way. */
  readonly #receiving = new Map<PaneId, number>()
  /** Parsing a post and telling of it stops all terminals for as long as it takes. */
  readonly #turns: Turns<PaneId>
  /** How many posts of a pane were kept in another form than they came. */
  readonly #altered = new Map<PaneId, number>()
  #port = 0

  static async open(options: MailboxOptions): Promise<Mailbox> {
    const mailbox = new Mailbox(options)
    await mailbox.#listen()
    return mailbox
  }

  private constructor(options: MailboxOptions) {
    this.#log = options.log
    this.#clock = options.clock
    this.#onMail = options.onMail
    this.#isRead = options.isRead ?? (() => true)
    this.#spool = new Spool(options.clock)
    this.#turns = new Turns(options.clock)
    const limits = {headersTimeout: HEADERS_MS, connectionsCheckingInterval: LOOK_AT_CONNECTIONS_MS}
    this.#server = createServer(limits, (request, response) => {
      this.#receive(request, response).catch(error => {
        this.#log.warn('post failed', {error})
        if (!response.headersSent) refuse(response, 500, 'failed')
      })
    })
    // An answer may take days; only the request has to arrive in time.
    this.#server.timeout = 0
    this.#server.on('connection', socket => this.#meet(socket))
  }

  /** Creates a pane's address; an older one of the same pane becomes invalid. */
  register(pane: PaneId): MailboxAddress {
    this.#revoke(pane)
    const token = randomBytes(32).toString('base64url')
    this.#panes.set(token, pane)
    return {url: `http://127.0.0.1:${this.#port}/mail`, token}
  }

  /** Makes the pane's address invalid, forgets its mail and refuses its posts that wait for an answer. */
  forget(pane: PaneId): void {
    this.#revoke(pane)
    for (const seq of this.#spool.forget(pane)) {
      const waiting = this.#waiting.get(seq)
      if (waiting) refuse(waiting.response, 410, 'the pane was closed')
    }
    this.#altered.delete(pane)
    this.#turns.forget(pane)
  }

  /** Adds an item from the host itself, as if the pane had posted it; it never displaces the pane's mail. */
  note(pane: PaneId, kind: string, body: unknown): void {
    const bytes = JSON.stringify(body).length
    for (const item of this.#spool.add({pane, kind, body, reply: false, bytes, bulk: true})) this.#tell(item)
  }

  /** Gives the items after `after` in the order of arrival, as many as fit a message; empty when there are no more. */
  read(after: number): MailItem[] {
    return this.#spool.read(after)
  }

  /** Answers a held post. Throws `no-such-mail` if its sender no longer waits. */
  answer(seq: number, body: unknown): void {
    const waiting = this.#waiting.get(seq)
    if (!waiting) {
      throw new ClambakeError({code: 'no-such-mail', message: `Mail ${seq} no longer waits for an answer`})
    }
    this.#waiting.delete(seq)
    this.#spool.answered(seq)
    waiting.response.writeHead(200, {'content-type': 'application/json'}).end(JSON.stringify(body ?? null))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise(resolve => this.#server.close(resolve))
    this.#server.closeAllConnections()
    await closed
  }

  async #listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(0, '127.0.0.1', resolve)
    })
    this.#port = (this.#server.address() as AddressInfo).port
  }

  #revoke(pane: PaneId): void {
    for (const [token, owner] of this.#panes) if (owner === pane) this.#panes.delete(token)
  }

  /** Takes note of a new connection; with too many of strangers, the oldest is cut, so that they cannot pile up. */
  #meet(socket: Socket): void {
    this.#strangers.add(socket)
    socket.on('close', () => this.#strangers.delete(socket))
    const [oldest] = this.#strangers
    if (this.#strangers.size > MAX_STRANGERS) oldest?.destroy()
  }

  /** Whether a pane may have one more connection: it can open more than this process has files. */
  #admits(pane: PaneId, socket: Socket): boolean {
    const open = this.#connections.get(pane) ?? new Set()
    if (open.has(socket)) return true
    if (open.size >= MAX_CONNECTIONS) return false
    this.#connections.set(pane, open.add(socket))
    socket.once('close', () => {
      open.delete(socket)
      if (open.size === 0 && this.#connections.get(pane) === open) this.#connections.delete(pane)
    })
    return true
  }

  /** Counts the bytes of a pane's post that is on its way, until it is disposed. `add` gives those of all its posts. */
  #onTheWay(pane: PaneId): Disposable & {add(bytes: number): number} {
    let own = 0
    const add = (bytes: number): number => {
      own += bytes
      const all = (this.#receiving.get(pane) ?? 0) + bytes
      if (all === 0) this.#receiving.delete(pane)
      else this.#receiving.set(pane, all)
      return all
    }
    return {add, [Symbol.dispose]: () => void add(-own)}
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!this.#isLocal(request)) return refuse(response, 403, 'only programs on this machine may post')
    // Before the secret is known, nothing of the request is parsed, logged or kept.
    const pane = this.#panes.get(/^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '')
    if (pane === undefined) return refuse(response, 401, 'unknown token')
    this.#strangers.delete(request.socket)
    if (!this.#admits(pane, request.socket)) {
      return refuse(response, 503, `${MAX_CONNECTIONS} connections of this pane are open already`)
    }
    const [path = '', query = ''] = (request.url ?? '').split('?', 2)
    const telemetry = TELEMETRY.exec(path)?.[1]
    const kind = telemetry === undefined ? KIND.exec(path)?.[1] : `otlp-${telemetry}`
    if (request.method !== 'POST' || kind === undefined) return refuse(response, 404, 'post to /mail/<kind>')
    using onTheWay = this.#onTheWay(pane)
    const sent = await readBody(request, bytes => onTheWay.add(bytes) <= MAX_RECEIVING_BYTES)
    if (sent === 'too much') return refuse(response, 503, 'too many posts of this pane are on their way')
    const text = sent && (request.headers['content-encoding'] === 'gzip' ? await inflated(sent) : sent)?.toString()
    if (text === undefined) return refuse(response, 413, `the limit is ${MAX_BODY_BYTES} bytes`)
    using _turn = await this.#turns.take(pane)
    const body = parseJson(text)
    if (body === undefined) return refuse(response, 400, 'the body is not JSON')
    // The pane may have been closed while its post came in.
    if (![...this.#panes.values()].includes(pane)) return refuse(response, 410, 'the pane was closed')

    const bulk = telemetry !== undefined
    const wanted = bulk ? null : new URLSearchParams(query).get('reply')
    const soon = wanted === 'soon' && this.#isRead()
    const seconds = HELD_SECONDS.exec(wanted ?? '')?.[1]
    const reply = wanted === '1' || soon || seconds !== undefined
    if (reply && this.#waitingOf(pane) >= MAX_WAITING) {
      return refuse(response, 503, `${MAX_WAITING} posts of this pane wait for an answer already`)
    }
    const {value, altered} = storable(body.value)
    for (const item of this.#spool.add({pane, kind, body: value, reply, bytes: text.length, bulk})) {
      if (item.reply) this.#hold(item, response, soon ? 'soon' : seconds === undefined ? null : Number(seconds) * 1000)
      this.#tell(item)
    }
    if (altered) this.#noteAltered(pane, kind)
    // An exporter treats an answer without a body as a failure.
    if (bulk) response.writeHead(200, {'content-type': 'application/json'}).end('{}')
    else if (!reply) response.writeHead(204).end()
  }

  /** Gives an item to whoever listens; it is kept already, so a listener that fails loses nothing. */
  #tell(item: MailItem): void {
    try {
      this.#onMail(item)
    } catch (error) {
      this.#log.warn('mail could not be sent', {seq: item.seq, kind: item.kind, error})
    }
  }

  /** Says that a post was kept in another form: the first, tenth, hundredth time, so that no agent fills the history. */
  #noteAltered(pane: PaneId, kind: string): void {
    const count = (this.#altered.get(pane) ?? 0) + 1
    this.#altered.set(pane, count)
    if (/^10*$/.test(String(count))) this.note(pane, MAIL_ALTERED, {kind, count})
  }

  #waitingOf(pane: PaneId): number {
    return [...this.#waiting.values()].filter(waiting => waiting.pane === pane).length
  }

  /** Holds a post: for a moment, for some milliseconds, or (null) until it is answered. */
  #hold({seq, pane}: MailItem, response: ServerResponse, time: 'soon' | number | null): void {
    this.#waiting.set(seq, {pane, response})
    const late =
      time === null
        ? null
        : this.#clock.after(time === 'soon' ? SOON_MS : time, () => {
            if (time === 'soon') response.writeHead(204).end()
            else refuse(response, 503, NOT_ANSWERED)
          })
    response.on('close', () => {
      late?.[Symbol.dispose]()
      this.#waiting.delete(seq)
      this.#spool.answered(seq)
    })
  }

  /** Whether a program on this machine posts. A page in a browser can reach a local port, but it sends Origin or another Host. */
  #isLocal({headers}: IncomingMessage): boolean {
    return headers.origin === undefined && headers.host === `127.0.0.1:${this.#port}`
  }
}

function refuse(response: ServerResponse, status: number, reason: string): void {
  response.writeHead(status, {'content-type': 'text/plain', connection: 'close'}).end(`${reason}\n`)
}

/** Reads the body; undefined when it is too long. `hasRoom` is asked about each part. Throws when its sender goes away. */
async function readBody(
  request: IncomingMessage,
  hasRoom: (bytes: number) => boolean,
): Promise<Buffer | undefined | 'too much'> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MAX_BODY_BYTES) return undefined
    if (!hasRoom(chunk.length)) return 'too much'
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Inflates a gzip body; undefined when it would be too long. Invalid gzip gives text that is no JSON. */
async function inflated(sent: Buffer): Promise<Buffer | undefined> {
  try {
    return await inflate(sent, {maxOutputLength: MAX_BODY_BYTES})
  } catch (error) {
    return isSystemError(error, 'ERR_BUFFER_TOO_LARGE') ? undefined : NO_JSON
  }
}

/** Parses a body: an empty one is null; undefined when it is no JSON. */
function parseJson(text: string): {value: unknown} | undefined {
  try {
    return {value: text === '' ? null : JSON.parse(text)}
  } catch {
    return undefined // The sender gets 400.
  }
}
