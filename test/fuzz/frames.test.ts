import fc from 'fast-check'
import {expect, it} from 'vitest'
import {ClambakeError} from '../../src/base/errors.ts'
import {parseParams} from '../../src/host/params.ts'
import type {HostApi} from '../../src/protocol/host-api.ts'
import {createFrameDecoder, encodeFrame} from '../../src/rpc/frames.ts'
import {parseHello, parseMessage} from '../../src/rpc/parse.ts'
import {faultIn, fuzz} from './run.ts'
import {oddText} from './texts.ts'

const own = {protocol: 1, version: '1', role: 'host', pid: 1, instance: 'x'} as const
const value = fc.oneof(fc.jsonValue({maxDepth: 4}), oddText, fc.constantFrom(Number.NaN, -0, 2 ** 53, 1e300))
const message = fc.record(
  {
    kind: fc.oneof(fc.constantFrom('request', 'result', 'error', 'topic'), value),
    id: value,
    method: value,
    params: value,
    error: value,
    trace: value,
    protocol: fc.oneof(fc.constant(1), value),
    role: value,
  },
  {requiredKeys: []},
)
/** Frames as they are, with bytes changed, cut off, or nothing but bytes. */
const bytes = fc.oneof(
  fc.uint8Array({maxLength: 60}),
  fc
    .record({value: fc.oneof(message, value), at: fc.nat(), byte: fc.integer({min: 0, max: 255}), change: fc.boolean()})
    .map(({value: sent, at, byte, change}) => {
      const frame = Uint8Array.from(encodeFrame(sent))
      if (change) frame[at % frame.length] = byte
      return frame
    }),
)

/** Runs a reader that may refuse, but only by an error for people. */
function refusable(read: () => void): void {
  try {
    read()
  } catch (error) {
    expect(error).toBeInstanceOf(ClambakeError)
    expect((error as ClambakeError).code).not.toBe('internal')
    expect(faultIn((error as ClambakeError).message)).not.toBe('a stack trace')
  }
}

it('any bytes on a socket are messages, or refused with a reason', async () => {
  await fuzz(fc.array(bytes, {maxLength: 4}), 1000, chunks => {
    const feed = createFrameDecoder(received => {
      refusable(() => parseMessage(received))
      refusable(() => parseHello(received, own))
    })
    refusable(() => {
      for (const chunk of chunks) feed(chunk)
    })
  })
})

const METHODS: readonly (keyof HostApi)[] = [
  'pane.spawn',
  'pane.write',
  'pane.resize',
  'view.open',
  'mail.read',
  'mail.answer',
]
const params = fc.dictionary(
  fc.constantFrom(
    'pane',
    'title',
    'command',
    'cwd',
    'env',
    'cols',
    'rows',
    'session',
    'meta',
    'data',
    'view',
    'after',
    'seq',
  ),
  fc.oneof(value, fc.array(value, {maxLength: 3})),
)

it('any parameters of a host method fit, or are refused with the name of the field', async () => {
  await fuzz(fc.tuple(fc.constantFrom(...METHODS), fc.oneof(params, value)), 500, ([method, given]) => {
    refusable(() => parseParams(method, given))
  })
})
