import {createConnection} from 'node:net'
import {basename} from 'node:path'
import {type Clock, systemClock} from '../base/clock.ts'
import {disposable} from '../base/dispose.ts'
import {ClambakeError, fromErrorData, hasCode, isSystemError} from '../base/errors.ts'
import {textOrNull} from '../base/files.ts'
import type {Hello} from '../protocol/hello.ts'
import type {Api, RpcMessage, Topics} from '../protocol/rpc-message.ts'
import {currentTrace} from './call-trace.ts'
import {Channel} from './channel.ts'
import {holdProof} from './proof.ts'

const CALL_TIMEOUT_MS = 30_000
/** How long a peer gets to close its half; one that hangs never does. */
const CLOSE_GRACE_MS = 1000

/** Limits of one call. `timeoutMs: null` waits until the connection ends. */
type CallOptions = {timeoutMs?: number | null; signal?: AbortSignal}

export type Connection<A extends Api, T extends Topics> = AsyncDisposable & {
  /** The hello of the process that answers. */
  readonly peer: Hello
  /** Resolves when either side has ended the connection; never rejects. */
  readonly closed: Promise<void>
  /**
   * Calls a method. Rejects with the handler's ClambakeError, with `disconnected` if the connection ends first, with
   * `call-timeout`, or with the signal's reason.
   */
  call<M extends keyof A & string>(method: M, params: A[M]['params'], options?: CallOptions): Promise<A[M]['result']>
  on<K extends keyof T & string>(topic: K, listener: (data: T[K]) => void): Disposable
}

type ConnectOptions = {
  path: string
  /** The file with the pid of the process, to name one that hangs. */
  info?: string
  hello: Hello
  /** The handshake's time-out; default 5 s. */
  timeoutMs?: number
  clock?: Clock
}

/**
 * Connects to the process that serves `path`. Rejects with ClambakeError `not-running` if no process listens there,
 * `version-mismatch`, or `no-hello` if it hangs.
 */
export function connect<A extends Api, T extends Topics>(options: ConnectOptions): Promise<Connection<A, T>> {
  const clock = options.clock ?? systemClock
  return new Promise((resolve, reject) => {
    const calls = new Calls(clock)
    const topics = new Map<string, Set<(data: never) => void>>()
    const closed = Promise.withResolvers<void>()
    let proof: Disposable | undefined
    const channel = new Channel({
      socket: createConnection(options.path),
      own: options.hello,
      speaksFirst: true,
      clock,
      ...(options.timeoutMs === undefined ? {} : {helloTimeoutMs: options.timeoutMs}),
      events: {
        opened(peer) {
          proof = holdProof(peer.proof)
          resolve({
            peer,
            closed: closed.promise,
            call: (method, params, callOptions) => calls.run({channel, method, params, options: callOptions ?? {}}),
            on: (topic, listener) => {
              const listeners = topics.get(topic) ?? new Set()
              topics.set(topic, listeners.add(listener))
              return disposable(() => listeners.delete(listener))
            },
            async [Symbol.asyncDispose]() {
              channel.close()
              using _cut = clock.after(CLOSE_GRACE_MS, () => channel.destroy())
              await closed.promise
            },
          })
        },
        message(message) {
          if (message.kind !== 'topic') calls.settle(message)
          else for (const listener of topics.get(message.topic) ?? []) listener(message.data as never)
        },
        closed(error) {
          proof?.[Symbol.dispose]()
          reject(refusal(options, error))
          calls.end(error)
          closed.resolve()
        },
      },
    })
  })
}

/** Keeps the requests that wait for their answers. */
class Calls {
  readonly #clock: Clock
  readonly #waiting = new Map<number, {resolve(result: unknown): void; reject(error: unknown): void}>()
  #lastId = 0
  #ended: ClambakeError | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  async run<R>(call: {channel: Channel; method: string; params: unknown; options: CallOptions}): Promise<R> {
    const {signal, timeoutMs = CALL_TIMEOUT_MS} = call.options
    signal?.throwIfAborted()
    if (this.#ended) throw this.#ended
    const id = ++this.#lastId
    const trace = currentTrace()
    const answer = Promise.withResolvers<unknown>()
    const abort = () => answer.reject(signal?.reason)
    call.channel.send({
      kind: 'request',
      id,
      method: call.method,
      params: call.params,
      ...(trace === undefined ? {} : {trace}),
    })
    this.#waiting.set(id, answer)
    signal?.addEventListener('abort', abort, {once: true})
    const timer =
      timeoutMs === null
        ? undefined
        : this.#clock.after(timeoutMs, () => answer.reject(timedOut(call.method, timeoutMs)))
    try {
      return (await answer.promise) as R
    } finally {
      this.#waiting.delete(id)
      signal?.removeEventListener('abort', abort)
      timer?.[Symbol.dispose]()
    }
  }

  settle(message: RpcMessage): void {
    if (message.kind === 'result') this.#waiting.get(message.id)?.resolve(message.result)
    if (message.kind === 'error') this.#waiting.get(message.id)?.reject(fromErrorData(message.error))
  }

  end(cause: Error | undefined): void {
    this.#ended = disconnected(cause)
    for (const waiting of this.#waiting.values()) waiting.reject(this.#ended)
  }
}

function refusal({path, info}: ConnectOptions, error: Error | undefined): Error {
  if (info !== undefined && hasCode(error, 'no-hello')) return silent(info)
  if (error instanceof ClambakeError) return error
  if (isSystemError(error, 'ENOENT') || isSystemError(error, 'ECONNREFUSED')) {
    return new ClambakeError({code: 'not-running', message: `No process answers at ${path}`, cause: error})
  }
  return disconnected(error)
}

/** It accepts connections, since the system does that for it, and says nothing. */
function silent(info: string): ClambakeError {
  const pid = /"pid":(\d+)/.exec(textOrNull(info) ?? '')?.[1] ?? 'PID'
  const [name, what] = basename(info).startsWith('daemon')
    ? ['daemon', 'and it starts again; agents keep running']
    : ['terminal host', 'with its agents, whose work is kept']
  return new ClambakeError({
    code: 'no-hello',
    message: `The ${name} (pid ${pid}) does not answer: it is suspended, or it hangs`,
    kept: 'nothing was changed',
    next: `kill -CONT ${pid} wakes it; if that does not help, kill -KILL ${pid} ends it, ${what}`,
  })
}

function disconnected(cause: Error | undefined): ClambakeError {
  if (cause instanceof ClambakeError) return cause
  return new ClambakeError({
    code: 'disconnected',
    message: 'The connection to the daemon or the terminal host ended before it answered',
    next: 'clambake status shows whether it was carried out; then repeat it',
    cause,
  })
}

function timedOut(method: string, timeoutMs: number): ClambakeError {
  return new ClambakeError({
    code: 'call-timeout',
    message: `${method} gave no answer in ${timeoutMs} ms`,
    next: 'try again; the request may have been carried out',
  })
}
