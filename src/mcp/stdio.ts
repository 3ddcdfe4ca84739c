import type {Readable, Writable} from 'node:stream'
import {StdioServerTransport} from '@modelcontextprotocol/sdk/server/stdio.js'
import type {JSONRPCMessage, RequestId} from '@modelcontextprotocol/sdk/types.js'
import {createMcpServer} from './server.ts'
import type {OpenSession} from './session.ts'

/**
 * Serves a client over a pair of streams until the client closes its end. What it asked before that is still answered. What
 * is no message is passed over, since there is no request to answer.
 */
export async function serveStdio(options: {input: Readable; output: Writable; open: OpenSession}): Promise<void> {
  const {input, output, open} = options
  const transport = new Transport(input, output)
  const server = createMcpServer(open)
  await server.connect(transport)
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
