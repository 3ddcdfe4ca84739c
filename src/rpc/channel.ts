import type {Socket} from 'node:net'
import {type Clock, systemClock} from '../base/clock.ts'
import {ClambakeError} from '../base/errors.ts'
import type {Hello} from '../protocol/hello.ts'
import type {RpcMessage} from '../protocol/rpc-message.ts'
import {createFrameDecoder, encodeFrame} from './frames.ts'
import {parseHello, parseMessage} from './parse.ts'

/** A process that accepts but says nothing is hung; the caller should hear of it. */
export const HELLO_TIMEOUT_MS = 5000

/** Over this the reader is slow: topics that can be merged wait. */
const SLOW_BYTES = 1024 * 1024
/** Over this the reader is as good as gone; it reconnects and reads the state anew. */
const DEAD_BYTES = 64 * 1024 * 1024

export type ChannelEvents = {
  opened(peer: Hello): void
  message(message: RpcMessage): void
  /** Called once; `error` says why when it was not a plain close. */
  closed(error: Error | undefined): void
  /** The reader caught up. */
  drained?(): void
}

export type ChannelOptions = {
  socket: Socket
  own: Hello
  /** The connecting side says hello first; so when its `connect` resolves, the serving side knows it already. */
  speaksFirst: boolean
  events: ChannelEvents
  helloTimeoutMs?: number
  clock?: Clock
}

/** One connection, the same on both ends: hellos first, then messages. Bad input ends it and nothing else. */
export class Channel {
  readonly #socket: Socket
  readonly #events: ChannelEvents
  readonly #own: Hello
  readonly #speaksFirst: boolean
  readonly #helloTimer: Disposable
  #peer: Hello | undefined
  #failure: Error | undefined

  constructor(options: ChannelOptions) {
    this.#socket = options.socket
    this.#events = options.events
    this.#own = options.own
    this.#speaksFirst = options.speaksFirst
    const timeoutMs = options.helloTimeoutMs ?? HELLO_TIMEOUT_MS
    this.#helloTimer = (options.clock ?? systemClock).after(timeoutMs, () => {
      this.close(new ClambakeError({code: 'no-hello', message: `The other process did not answer in ${timeoutMs} ms`}))
    })
    const feed = createFrameDecoder(value => this.#receive(value))
    this.#socket.on('data', chunk => {
      if (this.#failure || this.#socket.destroyed) return
      try {
        feed(chunk as Buffer)
      } catch (error) {
        this.close(error as Error)
      }
    })
    this.#socket.on('drain', () => this.#events.drained?.())
    this.#socket.on('error', error => {
      this.#failure ??= error
    })
    this.#socket.on('close', () => {
      this.#helloTimer[Symbol.dispose]()
      this.#events.closed(this.#failure)
    })
    if (this.#speaksFirst) this.#socket.write(encodeFrame(this.#own))
  }

  /** The reader has not taken what was sent. */
  get slow(): boolean {
    return this.#socket.writableLength > SLOW_BYTES
  }

  /** Throws `frame-too-large`; sending to a closed channel does nothing. */
  send(message: RpcMessage): void {
    this.sendFrame(encodeFrame(message))
  }

  sendFrame(frame: Buffer): void {
    if (this.#socket.destroyed || !this.#socket.writable) return
    if (this.#socket.writableCorked === 0) {
      // All that is sent by the code that runs now leaves together: a dozen panes change at once, and system calls cost
      // more than frames.
      this.#socket.cork()
      process.nextTick(() => this.#socket.uncork())
    }
    this.#socket.write(frame)
    if (this.#socket.writableLength > DEAD_BYTES) {
      this.close(new ClambakeError({code: 'too-slow', message: 'The other process does not read what is sent to it'}))
    }
  }

  /** Without an error what was sent still arrives; with one the connection is cut. */
  close(error?: Error): void {
    if (error === undefined) {
      this.#socket.end()
      return
    }
    this.#failure ??= error
    // A hello still on its way tells the other side which version refused it.
    if (this.#peer) this.#socket.destroy()
    else this.#socket.destroySoon()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #receive(value: unknown): void {
    // A frame can follow in the same chunk as the one that ended the connection.
    if (this.#failure) return
    if (this.#peer) {
      this.#events.message(parseMessage(value))
      return
    }
    if (!this.#speaksFirst) this.#socket.write(encodeFrame(this.#own))
    this.#peer = parseHello(value, this.#own)
    this.#helloTimer[Symbol.dispose]()
    this.#events.opened(this.#peer)
  }
}
