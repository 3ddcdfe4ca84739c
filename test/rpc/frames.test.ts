import fc from 'fast-check'
import {expect, it} from 'vitest'
import {createFrameDecoder, encodeFrame, MAX_FRAME_BYTES} from '../../src/rpc/frames.ts'

/** The decoder refuses the one key that could change an object's prototype: see the test below. */
const message = fc.jsonValue().filter(value => !JSON.stringify(value).includes('"__proto__":'))

it('gives the same values however the stream is cut', () => {
  fc.assert(
    fc.property(
      fc.array(message, {minLength: 1, maxLength: 5}),
      fc.array(fc.integer({min: 1, max: 40}), {minLength: 1}),
      (values, sizes) => {
        const stream = Buffer.concat(values.map(encodeFrame))
        const seen: unknown[] = []
        const feed = createFrameDecoder(value => seen.push(value))
        for (let at = 0, n = 0; at < stream.length; n++) {
          const size = sizes[n % sizes.length]!
          feed(stream.subarray(at, at + size))
          at += size
        }
        const plain = createFrameDecoder(value => expect(value).toEqual(seen.shift()))
        plain(stream)
        expect(seen).toEqual([])
      },
    ),
  )
})

it('keeps epoch milliseconds and large numbers as numbers', () => {
  const seen: unknown[] = []
  createFrameDecoder(value => seen.push(value))(encodeFrame([1_795_000_000_000, 2 ** 53, -1, 0x1ffffff]))
  expect(seen).toEqual([[1_795_000_000_000, 2 ** 53, -1, 0x1ffffff]])
})

it('refuses a key that would change a prototype', () => {
  const frame = encodeFrame(JSON.parse('{"__proto__": {"admin": true}}'))
  expect(() => createFrameDecoder(() => {})(frame)).toThrow('__proto__ is not allowed')
})

it('refuses an announced length over the limit before it comes', () => {
  const header = Buffer.alloc(4)
  header.writeUInt32BE(MAX_FRAME_BYTES + 1)
  expect(() => createFrameDecoder(() => {})(header)).toThrow('over the limit')
})
