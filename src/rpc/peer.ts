import type {Socket} from 'node:net'
import type {Clock} from '../base/clock.ts'
import {ClambakeError, messageOf, toErrorData} from '../base/errors.ts'
import type {Log} from '../base/log.ts'
import type {Hello} from '../protocol/hello.ts'
import type {Api, RpcMessage, Topics} from '../protocol/rpc-message.ts'
import {runInTrace} from './call-trace.ts'
import {type Caller, PERSON} from './caller.ts'
import {Channel} from './channel.ts'
import {createProof, type Proof} from './proof.ts'

/** A connected process, as the serving side sees it. */
export type Peer<T extends Topics> = {
  readonly hello: Hello
  /** Aborted when the peer disconnects. */
  readonly gone: AbortSignal
  /** Who it is; undefined until its first call. */
  readonly caller: Caller | undefined
  send<K extends keyof T & string>(topic: K, data: T[K]): void
}

type CallContext<T extends Topics> = {peer: Peer<T>; caller: Caller}

/** The methods' handlers. Parameters are typed but not trusted: whoever serves an API checks them by its schema. */
export type Handlers<A extends Api, T extends Topics> = {
  [M in keyof A]: (params: A[M]['params'], context: CallContext<T>) => A[M]['result'] | Promise<A[M]['result']>
}

/** How a topic's waiting value and the next one are merged. */
export type Coalesce<T extends Topics> = {[K in keyof T]?: (waiting: T[K], next: T[K]) => T[K]}

type PeerOptions<A extends Api, T extends Topics> = {
  socket: Socket
  own: Hello
  handlers: Handlers<A, T>
  coalesce: Coalesce<T>
  log: Log
  clock: Clock
  /** Tells who calls; without it every caller counts as a person. */
  check: ((options: {pid: number; proof: Proof}) => Promise<Caller>) | null
  /** The path of the socket. */
  path: string
  onOpen(peer: ServedPeer<A, T>): void
  onGone(peer: ServedPeer<A, T>): void
}

/** Serves one connection. */
export class ServedPeer<A extends Api, T extends Topics> implements Peer<T> {
  readonly #options: PeerOptions<A, T>
  readonly #channel: Channel
  readonly #gone = new AbortController()
  /** Topics that wait, merged, until the reader has caught up. */
  readonly #waiting = new Map<string, unknown>()
  readonly #proof: Proof | null
  #hello: Hello | undefined
  #caller: Caller | undefined
  /** Calls that came while it was being found out who calls. */
  #early: RpcMessage[] | undefined

  constructor(options: PeerOptions<A, T>) {
    this.#options = options
    const proof = options.check ? createProof(options.path) : null
    if (options.check && !proof) options.log.warn('no file can be made by which a caller shows who it is')
    this.#proof = proof
    if (!options.check) this.#caller = PERSON
    this.#channel = new Channel({
      socket: options.socket,
      own: proof ? {...options.own, proof: proof.path} : options.own,
      speaksFirst: false,
      clock: options.clock,
      events: {
        opened: hello => {
          this.#hello = hello
          options.onOpen(this)
        },
        message: message => this.#take(message),
        closed: error => {
          if (error) options.log.warn('connection failed', {error: error.message, role: this.#hello?.role})
          proof?.[Symbol.dispose]()
          this.#gone.abort()
          options.onGone(this)
        },
        drained: () => this.#flush(),
      },
    })
  }

  get hello(): Hello {
    if (!this.#hello) throw new Error('the peer has not said hello')
    return this.#hello
  }

  get gone(): AbortSignal {
    return this.#gone.signal
  }

  get caller(): Caller | undefined {
    return this.#caller
  }

  send<K extends keyof T & string>(topic: K, data: T[K]): void {
    const merge = this.#options.coalesce[topic]
    if (merge && (this.#channel.slow || this.#waiting.has(topic))) {
      const waiting = this.#waiting.get(topic) as T[K] | undefined
      this.#waiting.set(topic, waiting === undefined ? data : merge(waiting, data))
      return
    }
    this.#channel.send({kind: 'topic', topic, data})
  }

  /** Closes the connection once sent messages have arrived. */
  end(): void {
    this.#channel.close()
  }

  destroy(): void {
    this.#channel.destroy()
  }

  #flush(): void {
    for (const [topic, data] of this.#waiting) {
      this.#waiting.delete(topic)
      this.#channel.send({kind: 'topic', topic, data})
    }
  }

  /** Handles calls in their order; the first waits until it is known who calls. */
  #take(message: RpcMessage): void {
    const caller = this.#caller
    if (caller !== undefined) return void this.#handle(message, caller)
    if (this.#early) {
      this.#early.push(message)
      return
    }
    this.#early = [message]
    void this.#identify()
  }

  async #identify(): Promise<void> {
    const {check, log} = this.#options
    let caller: Caller = {kind: 'agent', session: null}
    try {
      if (check && this.#proof) caller = await check({pid: this.hello.pid, proof: this.#proof})
    } catch (error) {
      log.warn('a caller could not be looked at and counts as an agent', {error: messageOf(error)})
    }
    this.#proof?.[Symbol.dispose]()
    this.#caller = caller
    for (const message of this.#early ?? []) void this.#handle(message, caller)
    this.#early = undefined
  }

  async #handle(message: RpcMessage, caller: Caller): Promise<void> {
    if (message.kind !== 'request') return
    const {id, method} = message
    try {
      const handler = Object.hasOwn(this.#options.handlers, method) ? this.#options.handlers[method] : undefined
      if (!handler) throw new ClambakeError({code: 'unknown-method', message: `There is no method ${method}`})
      const result = await runInTrace(message.trace, method, () => handler(message.params, {peer: this, caller}))
      this.#channel.send({kind: 'result', id, result})
    } catch (error) {
      if (!(error instanceof ClambakeError)) this.#options.log.error('handler failed', {method, error})
      this.#channel.send({kind: 'error', id, error: toErrorData(error)})
    }
  }
}
