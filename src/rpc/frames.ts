import {Decoder, Encoder} from '@msgpack/msgpack'
import {ClambakeError, messageOf} from '../base/errors.ts'

const HEADER_BYTES = 4

/** The largest frame. The whole state of a repository with thousands of tickets is near 1 MB. */
export const MAX_FRAME_BYTES = 16 * 1024 * 1024

// Undefined fields are left out.
const encoder = new Encoder({ignoreUndefined: true})
const decoder = new Decoder()

/** Encodes one value as its length (32 bits, big endian) and msgpack. Throws `frame-too-large`. */
export function encodeFrame(value: unknown): Buffer {
  const body = encoder.encodeSharedRef(value)
  if (body.length > MAX_FRAME_BYTES) throw tooLarge(body.length)
  const frame = Buffer.allocUnsafe(HEADER_BYTES + body.length)
  frame.writeUInt32BE(body.length)
  frame.set(body, HEADER_BYTES)
  return frame
}

/**
 * Creates a function that takes chunks of any size and calls `onValue` for each whole frame.
 * It throws `frame-too-large` or `bad-frame`; the stream is unusable afterwards.
 */
export function createFrameDecoder(onValue: (value: unknown) => void): (chunk: Uint8Array) => void {
  const header = Buffer.alloc(HEADER_BYTES)
  let target: Buffer = header
  let filled = 0
  return chunk => {
    let at = 0
    while (at < chunk.length) {
      const part = chunk.subarray(at, at + target.length - filled)
      target.set(part, filled)
      at += part.length
      filled += part.length
      if (filled < target.length) return
      filled = 0
      if (target === header) {
        const length = header.readUInt32BE()
        if (length > MAX_FRAME_BYTES) throw tooLarge(length)
        if (length === 0) throw badFrame('an empty frame')
        target = Buffer.allocUnsafe(length)
      } else {
        const body = target
        target = header
        onValue(decode(body))
      }
    }
  }
}

function decode(body: Buffer): unknown {
  try {
    return decoder.decode(body)
  } catch (error) {
    throw badFrame(messageOf(error))
  }
}

function tooLarge(bytes: number): ClambakeError {
  return new ClambakeError({code: 'frame-too-large', message: `A message of ${bytes} bytes is over the limit`})
}

function badFrame(detail: string): ClambakeError {
  return new ClambakeError({code: 'bad-frame', message: `The socket received an invalid frame: ${detail}`})
}
