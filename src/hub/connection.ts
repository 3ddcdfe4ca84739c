import {Worker} from 'node:worker_threads'
import {messageOf} from '../base/errors.ts'
import type {Argument, CallMessage, CallName, Notice, Result, WorkerData, WorkerMessage} from './calls.ts'
import {TroubleError} from './trouble.ts'

type Waiting = {resolve: (result: unknown) => void; reject: (error: TroubleError) => void}

/**
 * Calls functions in a worker thread. The thread starts with the first call, and again with the first call after it died;
 * calls that were open when it died are rejected.
 */
export class WorkerConnection implements AsyncDisposable {
  readonly #entry: URL | string
  readonly #data: WorkerData
  readonly #onNotice: (notice: Notice) => void
  readonly #onDeath: (reason: string) => void
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | undefined
  #lastId = 0
  #closed = false

  constructor(options: {
    entry: URL | string
    data: WorkerData
    onNotice: (notice: Notice) => void
    onDeath: (reason: string) => void
  }) {
    this.#entry = options.entry
    this.#data = options.data
    this.#onNotice = options.onNotice
    this.#onDeath = options.onDeath
  }

  /** Rejects with TroubleError. */
  call<Name extends CallName>(name: Name, argument: Argument<Name>): Promise<Result<Name>> {
    return new Promise<unknown>((resolve, reject) => {
      const id = ++this.#lastId
      this.#waiting.set(id, {resolve, reject})
      try {
        if (this.#closed) throw new Error('it is closed')
        this.#worker ??= this.#start()
        this.#worker.postMessage({id, name, argument} as CallMessage)
      } catch (error) {
        this.#waiting.delete(id)
        reject(new TroubleError('unavailable', messageOf(error)))
      }
    }) as Promise<Result<Name>>
  }

  /** Ends the thread; open calls are rejected. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    await this.#worker?.terminate()
  }

  #start(): Worker {
    const worker = new Worker(this.#entry, {
      name: 'clambake-hub',
      workerData: this.#data,
      // SQLite's warning would be printed over the screen.
      execArgv: ['--disable-warning=ExperimentalWarning'],
    })
    worker.on('message', (message: WorkerMessage) => this.#receive(message))
    const died = (reason: string) => {
      if (this.#worker !== worker) return
      this.#worker = undefined
      const waiting = [...this.#waiting.values()]
      this.#waiting.clear()
      for (const {reject} of waiting) reject(new TroubleError('unavailable', reason))
      if (!this.#closed) this.#onDeath(reason)
    }
    worker.on('error', error => died(`the hub's worker failed: ${messageOf(error)}`))
    worker.on('exit', code => died(`the hub's worker ended with code ${code}`))
    return worker
  }

  #receive(message: WorkerMessage): void {
    if (message.type !== 'result' && message.type !== 'trouble') return this.#onNotice(message)
    const waiting = this.#waiting.get(message.id)
    this.#waiting.delete(message.id)
    if (message.type === 'result') waiting?.resolve(message.result)
    else waiting?.reject(new TroubleError(message.kind, message.message))
  }
}
