import type {Socket} from 'node:net'
import {type Clock, systemClock} from '../base/clock.ts'
import {ClambakeError} from '../base/errors.ts'
import type {Hello} from '../protocol/hello.ts'
import type {RpcMessage} from '../protocol/rpc-message.ts'
import {createFrameDecoder, encodeFrame} from './frames.ts'
import {parseHello, parseMessage} from './parse.ts'

/** The longest wait for a hello; a process that accepts a connection but sends none hangs. */
const HELLO_TIMEOUT_MS = 5000

/** With more unsent bytes the reader is slow: topics that can be merged wait. */
const SLOW_BYTES = 1024 * 1024
/** With more unsent bytes the reader is cut off; it reconnects and reads the state again. */
const DEAD_BYTES = 64 * 1024 * 1024

type ChannelEvents = {
  opened(peer: Hello): void
  message(message: RpcMessage): void
  /** Called once; `error` is the reason unless it was a plain close. */
  closed(error: Error | undefined): void
  /** Called when the reader has caught up. */
  drained?(): void
}

type ChannelOptions = {
  socket: Socket
  own: Hello
  /** Whether this side says hello first. The connecting side does, so the serving side knows it once `connect` resolves. */
  speaksFirst: boolean
  events: ChannelEvents
  helloTimeoutMs?: number
  clock?: Clock
}

/** One connection, the same on both ends: hellos first, then messages. Bad input ends only this connection. */
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

  /** Whether the reader is far behind. */
  get slow(): boolean {
    return this.#socket.writableLength > SLOW_BYTES
  }

  /** Sends a message; does nothing on a closed channel. Throws `frame-too-large`. */
  send(message: RpcMessage): void {
    this.sendFrame(encodeFrame(message))
  }

  sendFrame(frame: Buffer): void {
    if (this.#socket.destroyed || !this.#socket.writable) return
    if (this.#socket.writableCorked === 0) {
      // All frames that the running code sends leave together: a dozen panes change at once, and system calls cost more
      // than frames.
      this.#socket.cork()
      process.nextTick(() => this.#socket.uncork())
    }
    this.#socket.write(frame)
    if (this.#socket.writableLength > DEAD_BYTES) {
      this.close(new ClambakeError({code: 'too-slow', message: 'The other process does not read its messages'}))
    }
  }

  /** Closes the connection. Without an error, sent messages still arrive; with one, it is cut at once. */
  close(error?: Error): void {
    if (error === undefined) {
      this.#socket.end()
      return
    }
    this.#failure ??= error
    // A hello that is still on its way tells the other side which version refused it.
    if (this.#peer) this.#socket.destroy()
    else this.#socket.destroySoon()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #receive(value: unknown): void {
    // The chunk may hold more frames after the one that ended the connection.
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
