import fc from 'fast-check'
import {expect, it} from 'vitest'
import {storable} from '../../src/host/storable.ts'
import {createFrameDecoder, encodeFrame} from '../../src/rpc/frames.ts'

const nested = (levels: number, open: string, close: string) =>
  JSON.parse(`${open.repeat(levels)}1${close.repeat(levels)}`)

/** What the other end of a socket gets. */
function sent(value: unknown): unknown {
  let got: unknown
  createFrameDecoder(received => {
    got = received
  })(encodeFrame({kind: 'result', id: 1, result: [{body: value}]}))
  return (got as {result: {body: unknown}[]}).result[0]!.body
}

it('leaves what any hook posts as it is', () => {
  const body = {tool_input: {command: 'ls', lines: [1, 2.5, -3], nul: 'a\0b'}, none: null, yes: true}
  expect(storable(body)).toEqual({value: body, altered: false})
})

it.each([
  ['objects', nested(150, '{"a":', '}')],
  ['arrays', nested(100, '[', ']')],
  ['more levels than a stack has', nested(200_000, '[', ']')],
  ['a key that changes a prototype', JSON.parse('{"a":{"__proto__":{"admin":true}}}')],
])('makes %s cross a socket, with the words of the part that cannot', (_, body) => {
  const kept = storable(body)
  expect(kept.altered).toBe(true)
  expect(sent(kept.value)).toEqual(kept.value)
})

it('keeps the rest beside a part that is too deep', () => {
  const {value} = storable({session_id: 's', tool_input: {deep: nested(40, '[', ']')}})
  expect(value).toMatchObject({session_id: 's'})
  expect(JSON.stringify(value)).toContain(']]]]')
})

it('makes any JSON cross a socket', () => {
  fc.assert(
    fc.property(fc.json({maxDepth: 120, depthSize: 'large'}), text => {
      const {value} = storable(JSON.parse(text))
      // Half of a surrogate pair has no UTF-8 form and arrives as U+FFFD; such a text must still arrive.
      expect(() => sent(value)).not.toThrow()
    }),
    {numRuns: 200},
  )
})
