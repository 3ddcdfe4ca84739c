import type {Socket} from 'node:net'
import type {Clock} from '../base/clock.ts'
import {ClambakeError, toErrorData} from '../base/errors.ts'
import type {Log} from '../base/log.ts'
import type {Hello} from '../protocol/hello.ts'
import type {Api, RpcMessage, Topics} from '../protocol/rpc-message.ts'
import {runInTrace} from './call-trace.ts'
import {Channel} from './channel.ts'

/** A connected process, as the serving side sees it. */
export type Peer<T extends Topics> = {
  readonly hello: Hello
  /** Aborted when the peer disconnects. */
  readonly gone: AbortSignal
  send<K extends keyof T & string>(topic: K, data: T[K]): void
}

type CallContext<T extends Topics> = {peer: Peer<T>}

/** The methods' handlers. Parameters are typed but not trusted: a handler checks whatever could harm it. */
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
  #hello: Hello | undefined

  constructor(options: PeerOptions<A, T>) {
    this.#options = options
    this.#channel = new Channel({
      socket: options.socket,
      own: options.own,
      speaksFirst: false,
      clock: options.clock,
      events: {
        opened: hello => {
          this.#hello = hello
          options.onOpen(this)
        },
        message: message => void this.#handle(message),
        closed: error => {
          if (error) options.log.warn('connection failed', {error: error.message, role: this.#hello?.role})
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

  async #handle(message: RpcMessage): Promise<void> {
    if (message.kind !== 'request') return
    const {id, method} = message
    try {
      const handler = Object.hasOwn(this.#options.handlers, method) ? this.#options.handlers[method] : undefined
      if (!handler) throw new ClambakeError({code: 'unknown-method', message: `There is no method ${method}`})
      const result = await runInTrace(message.trace, method, () => handler(message.params, {peer: this}))
      this.#channel.send({kind: 'result', id, result})
    } catch (error) {
      if (!(error instanceof ClambakeError)) this.#options.log.error('handler failed', {method, error})
      this.#channel.send({kind: 'error', id, error: toErrorData(error)})
    }
  }
}
