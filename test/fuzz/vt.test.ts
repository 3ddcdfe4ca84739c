import fc from 'fast-check'
import {expect, it} from 'vitest'
import {stepLength} from '../../src/terminal/bounds.ts'
import {Emulator} from '../../src/terminal/emulator.ts'
import {processorTime} from '../processor-time.ts'
import {shown} from '../terminal/helpers.ts'
import {stream} from '../terminal/streams.ts'
import {fuzz} from './run.ts'

const count = fc.oneof(
  fc.integer({min: 0, max: 200}),
  fc.constantFrom(0, 65_535, 2_147_483_647, 99_999_999_999),
  fc.constantFrom('', '::', '1:2:3', '-1', '?'),
)
const printable = fc.integer({min: 0x40, max: 0x7e}).map(code => String.fromCharCode(code))
const sequence = fc
  .record({
    begin: fc.constantFrom('\x1b[', '\x9b', '\x1b[?', '\x1b[>', '\x1b[='),
    params: fc.array(count, {maxLength: 6}),
    between: fc.constantFrom('', ' ', '$', '"', "'", '!'),
    final: printable,
    times: fc.constantFrom(1, 1, 1, 50),
  })
  .map(({begin, params, between, final, times}) => `${begin}${params.join(';')}${between}${final}`.repeat(times))
const string = fc
  .record({
    begin: fc.constantFrom('\x1b]', '\x1bP', '\x1b_', '\x1b^', '\x1bX', '\x9d', '\x90'),
    body: fc.oneof(fc.string({maxLength: 20}), fc.constantFrom('4;1;?', '8;;http://a', '0;x', '$qm', 'q#0;2;0;0;0~-')),
    times: fc.constantFrom(1, 1, 10_000),
    end: fc.constantFrom('\x07', '\x1b\\', '\x9c', '', '\x18'),
  })
  .map(({begin, body, times, end}) => begin + body.repeat(times) + end)
const any = fc
  .array(
    fc.oneof(sequence, sequence, string, printable, fc.constantFrom('漢', 'e\u0301', '\r\n', '\t', '\x1bc', '\x1b#8')),
    {
      maxLength: 30,
    },
  )
  .map(parts => parts.join(''))
const size = fc.oneof(
  fc.record({cols: fc.integer({min: 1, max: 300}), rows: fc.integer({min: 1, max: 100})}),
  fc.constantFrom({cols: 1, rows: 1}, {cols: 2000, rows: 1}, {cols: 2, rows: 1000}),
)

it('any output with any counts at any size is drawn in short steps, and acts on nothing', async () => {
  const other = stream.map(bytes => Buffer.from(bytes).toString())
  await fuzz(
    fc.record({text: fc.oneof(any, any, other), size, next: size}),
    150,
    ({text, size: {cols, rows}, next}) => {
      using emulator = new Emulator({cols, rows, scrollback: 100, reply() {}})
      for (let rest = text; rest !== ''; ) {
        const length = stepLength(rest, 8192, emulator.cols * emulator.rows)
        expect(length).toBeGreaterThan(0)
        const took = processorTime()
        emulator.write(rest.slice(0, length))
        expect(took()).toBeLessThan(1000)
        rest = rest.slice(length)
      }
      emulator.resize(next.cols, next.rows)
      for (const run of shown(emulator).runs) {
        expect(run.col + run.width).toBeLessThanOrEqual(emulator.cols)
        expect(run.text).not.toMatch(/[\0-\x1f\x7f-\x9f]/)
      }
      expect(emulator.text(10)).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f]/)
    },
  )
})
