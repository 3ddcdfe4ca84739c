import {context, ROOT_CONTEXT} from '@opentelemetry/api'
import {type Clock, systemClock} from '../base/clock.ts'
import {disposable} from '../base/dispose.ts'
import {ClambakeError, messageOf} from '../base/errors.ts'
import type {Log} from '../base/log.ts'
import type {PaneId} from '../model/data/ids.ts'
import type {LeftBehind, MailItem, PaneInfo} from '../model/data/pane.ts'
import type {HostGateway, LeftPlace} from '../model/gateways/host.ts'
import type {HostApi, HostTopics} from '../protocol/host-api.ts'
import type {Connection} from './connect.ts'

type HostConnection = Connection<HostApi, HostTopics>

const FIRST_RETRY_MS = 200
const LAST_RETRY_MS = 5000
/** A connection that ends sooner counts as a failed one: the next waits longer, or a defect would open them without end. */
const STEADY_MS = 5000
/** How long a call waits for the host while it is away. */
const AWAY_MS = 15_000
/** Added to the grace of a stop: SIGKILL and survivors take time. */
const STOP_MARGIN_MS = 30_000

/** Calls that only read; they are left out of traces. */
const READS: readonly string[] = [
  'pane.list',
  'pane.output',
  'pane.text',
  'left.list',
  'mail.read',
] satisfies (keyof HostApi)[]

/** The link's state: `away` until the host answers again. Panes of a host that has ended are reported as exited. */
export type HostLinkState = 'connected' | 'away'

export type HostLink = HostGateway &
  AsyncDisposable & {
    readonly state: HostLinkState
    /** The host's process; null while it is away. */
    readonly pid: number | null
    onState(listener: (state: HostLinkState) => void): Disposable
    /** Makes the host that answers now supervise this process. */
    supervise(program: HostApi['daemon.supervise']['params']): Promise<void>
    /** Makes the host let this process end without a restart. */
    release(): Promise<void>
  }

/**
 * Gives the host as a gateway that reconnects when its connection ends (`open` is `ensureHost` or `connect`). It reports
 * mail and exits that came in between, each once and mail in order. Rejects only if the first `open` does.
 */
export async function connectHost(options: {
  open: () => Promise<HostConnection>
  log: Log
  clock?: Clock
}): Promise<HostLink> {
  const link = new ReconnectingHost({clock: systemClock, ...options})
  await link.start()
  return link
}

class ReconnectingHost implements HostLink {
  readonly #open: () => Promise<HostConnection>
  readonly #log: Log
  readonly #clock: Clock
  readonly #mailListeners = new Set<(item: MailItem) => void>()
  readonly #paneListeners = new Set<(info: PaneInfo) => void>()
  readonly #stateListeners = new Set<(state: HostLinkState) => void>()
  readonly #known = new Map<PaneId, PaneInfo>()
  /** Resolves with the next connection, for the calls that wait for it. */
  #back: PromiseWithResolvers<HostConnection> = Promise.withResolvers()
  #live: HostConnection | undefined
  /** The number of the last item of the present host that `mail` or a listener got; undefined: none yet. */
  #lastMail: number | undefined
  /** The host that numbered it: another one, after a clock was set back, may number lower. */
  #instance: string | undefined
  #adoptedAt = 0
  #pauseMs = FIRST_RETRY_MS
  #retry: Disposable | undefined
  #disposed = false

  constructor(options: {open: () => Promise<HostConnection>; log: Log; clock: Clock}) {
    this.#open = options.open
    this.#log = options.log
    this.#clock = options.clock
  }

  get state(): HostLinkState {
    return this.#live ? 'connected' : 'away'
  }

  get pid(): number | null {
    return this.#live?.peer.pid ?? null
  }

  async start(): Promise<void> {
    await this.#adopt(await this.#open())
  }

  async spawn(spec: Parameters<HostGateway['spawn']>[0]): Promise<PaneInfo> {
    return await this.#call('pane.spawn', spec)
  }

  async panes(): Promise<readonly PaneInfo[]> {
    return await this.#call('pane.list', {})
  }

  async output(): Promise<readonly {pane: PaneId; chars: number}[]> {
    return await this.#call('pane.output', {})
  }

  async note(pane: PaneId, meta: PaneInfo['meta']): Promise<void> {
    await this.#call('pane.note', {pane, meta})
  }

  async write(pane: PaneId, data: string): Promise<void> {
    await this.#call('pane.write', {pane, data})
  }

  async stop(pane: PaneId, {graceMs}: {graceMs: number}): Promise<void> {
    await this.#call('pane.stop', {pane, graceMs}, graceMs + STOP_MARGIN_MS)
  }

  async close(pane: PaneId): Promise<void> {
    await this.#call('pane.close', {pane})
    this.#known.delete(pane)
  }

  async text(pane: PaneId, lines: number): Promise<string> {
    return await this.#call('pane.text', {pane, lines})
  }

  async leftBehind(place: LeftPlace): Promise<readonly LeftBehind[]> {
    return await this.#call('left.list', place)
  }

  async endLeftBehind(place: LeftPlace, {graceMs}: {graceMs: number}): Promise<readonly LeftBehind[]> {
    return await this.#call('left.end', {...place, graceMs}, graceMs + STOP_MARGIN_MS)
  }

  async mail(after: number): Promise<readonly MailItem[]> {
    const items: MailItem[] = []
    for (;;) {
      // The host answers in portions that fit a frame.
      const portion = await this.#call('mail.read', {after: items.at(-1)?.seq ?? after})
      if (portion.length === 0) return items
      items.push(...portion)
      this.#lastMail = Math.max(this.#lastMail ?? 0, portion.at(-1)!.seq)
    }
  }

  async answer(seq: number, body: unknown): Promise<void> {
    await this.#call('mail.answer', {seq, body})
  }

  async supervise(program: HostApi['daemon.supervise']['params']): Promise<void> {
    await this.#call('daemon.supervise', program)
  }

  async release(): Promise<void> {
    await this.#call('daemon.release', {})
  }

  onMail(listener: (item: MailItem) => void): Disposable {
    this.#mailListeners.add(listener)
    return disposable(() => this.#mailListeners.delete(listener))
  }

  onPane(listener: (info: PaneInfo) => void): Disposable {
    this.#paneListeners.add(listener)
    return disposable(() => this.#paneListeners.delete(listener))
  }

  onState(listener: (state: HostLinkState) => void): Disposable {
    this.#stateListeners.add(listener)
    return disposable(() => this.#stateListeners.delete(listener))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true
    this.#retry?.[Symbol.dispose]()
    await this.#live?.[Symbol.asyncDispose]()
  }

  async #call<M extends keyof HostApi & string>(
    method: M,
    params: HostApi[M]['params'],
    timeoutMs?: number,
  ): Promise<HostApi[M]['result']> {
    const connection = this.#live ?? (await this.#untilBack())
    const within = READS.includes(method) ? ROOT_CONTEXT : context.active()
    return await context.with(within, () => connection.call(method, params, timeoutMs === undefined ? {} : {timeoutMs}))
  }

  #untilBack(): Promise<HostConnection> {
    return new Promise((resolve, reject) => {
      const timer = this.#clock.after(AWAY_MS, () => reject(hostAway()))
      this.#back.promise.then(connection => {
        timer[Symbol.dispose]()
        resolve(connection)
      })
    })
  }

  /** Takes a new connection into use: reports first what came since the last one, then what comes. */
  async #adopt(connection: HostConnection): Promise<void> {
    let waiting: MailItem[] | undefined = []
    connection.on('mail', item => (waiting ? waiting.push(item) : this.#deliver(item)))
    if (this.#instance !== connection.peer.instance && this.#lastMail !== undefined) this.#lastMail = 0
    this.#instance = connection.peer.instance
    this.#adoptedAt = this.#clock.monotonic()
    connection.on('pane', info => this.#paneChanged(info))
    const panes = await connection.call('pane.list', {})
    this.#reportLost(panes)
    for (const info of panes) this.#paneChanged(info)
    this.#live = connection
    connection.closed.then(() => this.#lost(connection))
    this.#back.resolve(connection)
    this.#back = Promise.withResolvers()
    for (const listener of this.#stateListeners) listener('connected')
    const missed = new Set<number>()
    try {
      for (const item of this.#lastMail === undefined ? [] : await this.mail(this.#lastMail)) {
        missed.add(item.seq)
        this.#notify(item)
      }
    } catch (error) {
      this.#log.warn('mail could not be caught up, connecting again', {error: messageOf(error)})
      await connection[Symbol.asyncDispose]()
      return
    }
    for (const item of waiting) if (!missed.has(item.seq)) this.#deliver(item)
    waiting = undefined
  }

  #lost(connection: HostConnection): void {
    if (this.#disposed || this.#live !== connection) return
    this.#live = undefined
    this.#log.warn('terminal host is away')
    for (const listener of this.#stateListeners) listener('away')
    if (this.#clock.monotonic() - this.#adoptedAt >= STEADY_MS) {
      this.#pauseMs = FIRST_RETRY_MS
      void this.#reconnect()
    } else this.#reconnectLater()
  }

  #reconnectLater(): void {
    this.#retry = this.#clock.after(this.#pauseMs, () => void this.#reconnect())
    this.#pauseMs = Math.min(this.#pauseMs * 2, LAST_RETRY_MS)
  }

  async #reconnect(): Promise<void> {
    try {
      await this.#adopt(await this.#open())
      if (this.#disposed) await this[Symbol.asyncDispose]()
    } catch (error) {
      if (this.#disposed) return
      this.#log.warn('terminal host could not be reached', {error: messageOf(error)})
      this.#reconnectLater()
    }
  }

  /** Reports the panes that ended together with an earlier host. */
  #reportLost(panes: readonly PaneInfo[]): void {
    const present = new Set(panes.map(({pane}) => pane))
    for (const info of this.#known.values()) {
      if (info.exit || present.has(info.pane)) continue
      this.#paneChanged({...info, exit: {code: -1, signal: 9, at: this.#clock.now()}})
    }
  }

  #paneChanged(info: PaneInfo): void {
    this.#known.set(info.pane, info)
    for (const listener of this.#paneListeners) listener(info)
  }

  #deliver(item: MailItem): void {
    this.#lastMail = Math.max(this.#lastMail ?? 0, item.seq)
    this.#notify(item)
  }

  /** A listener that fails at one item still gets the next. */
  #notify(item: MailItem): void {
    for (const listener of this.#mailListeners) {
      try {
        listener(item)
      } catch (error) {
        this.#log.error('a post could not be taken', {pane: item.pane, kind: item.kind, error})
      }
    }
  }
}

function hostAway(): ClambakeError {
  return new ClambakeError({
    code: 'host-away',
    message: `The terminal host did not come back in ${AWAY_MS / 1000} s`,
    kept: 'worktrees, branches and claims are as they were',
    next: 'try again; if it does not come back, read its log',
  })
}
