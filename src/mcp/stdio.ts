import {pipeline, type Readable, type Writable} from 'node:stream'
import {StdioServerTransport} from '@modelcontextprotocol/sdk/server/stdio.js'
import type {JSONRPCMessage, RequestId} from '@modelcontextprotocol/sdk/types.js'
import {checkedLines} from './refusal.ts'
import {createMcpServer} from './server.ts'
import type {OpenSession} from './session.ts'

/**
 * Serves a client over a pair of streams until the client closes its end. What it asked before that is still answered, unless
 * it took that back. What is no message is refused where it asks for an answer, and passed over else.
 */
export async function serveStdio(options: {input: Readable; output: Writable; open: OpenSession}): Promise<void> {
  const {input, output, open} = options
  const lines = checkedLines(answer => void transport.send(answer))
  const transport = new Transport(lines, output)
  const server = createMcpServer(open)
  await server.connect(transport)
  pipeline(input, lines, () => lines.end())
  const deliver = transport.onmessage
  transport.onmessage = message => {
    transport.take(message)
    deliver?.(message)
  }
  await transport.ended
  await server.close()
}

/** The SDK's transport, which also knows when the client is gone and everything that it asked is answered. */
class Transport extends StdioServerTransport {
  readonly ended: Promise<void>
  readonly #asked = new Set<RequestId>()
  readonly #end: () => void
  #inputEnded = false

  constructor(input: Readable, output: Writable) {
    super(input, output)
    const {promise, resolve} = Promise.withResolvers<void>()
    this.ended = promise
    this.#end = resolve
    for (const event of ['end', 'close', 'error'] as const) {
      input.once(event, () => {
        this.#inputEnded = true
        this.#endIfDone()
      })
    }
    // The client does not read any more.
    output.on('error', resolve)
    output.once('close', resolve)
  }

  take(message: JSONRPCMessage): void {
    if ('method' in message && 'id' in message) this.#asked.add(message.id)
    // What was taken back gets no answer.
    const taken = 'method' in message && message.method === 'notifications/cancelled' ? message.params?.requestId : null
    if (typeof taken === 'string' || typeof taken === 'number') {
      this.#asked.delete(taken)
      this.#endIfDone()
    }
  }

  override async send(message: JSONRPCMessage): Promise<void> {
    await super.send(message)
    if (!('method' in message) && message.id !== undefined) this.#asked.delete(message.id)
    this.#endIfDone()
  }

  override async close(): Promise<void> {
    await super.close()
    this.#end()
  }

  #endIfDone(): void {
    if (this.#inputEnded && this.#asked.size === 0) this.#end()
  }
}
