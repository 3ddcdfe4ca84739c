import {Transform} from 'node:stream'
import {ErrorCode, type JSONRPCMessage, JSONRPCMessageSchema} from '@modelcontextprotocol/sdk/types.js'

/** The longest line of the transport: what has more is passed on as it comes, and given up there. */
const MOST_BYTES = 10 * 1024 * 1024

/**
 * The answers to what is no message of the protocol, though it asks for one: its client would wait for it. What asks for
 * nothing, as text that is no JSON, has none.
 */
export function refusalsOf(body: unknown): JSONRPCMessage[] {
  const all = Array.isArray(body) ? body : [body]
  return all.flatMap(one => {
    if (typeof one !== 'object' || one === null || !('method' in one) || !('id' in one)) return []
    const isId = typeof one.id === 'string' || typeof one.id === 'number'
    const why = Array.isArray(body)
      ? 'send each message by itself: batches are not taken'
      : 'it is not a JSON-RPC message'
    return [refusal(why, isId ? one.id : null)]
  })
}

/** An answer to what is no message; `id`: of what it answers. */
export function refusal(message: string, id: unknown = null): JSONRPCMessage {
  return {jsonrpc: '2.0', id: id as never, error: {code: ErrorCode.InvalidRequest, message}}
}

/** Passes lines on that are messages, and gives the answers to those that are none. */
export function checkedLines(refuse: (answer: JSONRPCMessage) => void): Transform {
  let parts: Buffer[] = []
  let bytes = 0
  const take = (): Buffer => {
    const line = Buffer.concat(parts)
    parts = []
    bytes = 0
    return line
  }
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      let from = 0
      for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, from)) {
        parts.push(chunk.subarray(from, end + 1))
        from = end + 1
        const line = take()
        const answers = answersTo(line)
        if (answers === null) this.push(line)
        else for (const answer of answers) refuse(answer)
      }
      parts.push(chunk.subarray(from))
      bytes += chunk.length - from
      if (bytes > MOST_BYTES) this.push(take())
      done()
    },
  })
}

/** null: the line is a message. */
function answersTo(line: Buffer): JSONRPCMessage[] | null {
  try {
    const body: unknown = JSON.parse(line.toString('utf8'))
    return JSONRPCMessageSchema.safeParse(body).success ? null : refusalsOf(body)
  } catch {
    return []
  }
}
