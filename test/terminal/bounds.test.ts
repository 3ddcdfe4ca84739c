import {describe, expect, it} from 'vitest'
import {stepLength} from '../../src/terminal/bounds.ts'
import {Emulator} from '../../src/terminal/emulator.ts'
import {createXterm} from '../../src/terminal/xterm.ts'
import {processorTime} from '../processor-time.ts'
import {shown} from './helpers.ts'

const HUGE = 2_147_483_647
const FINALS = [...'@ABCDEFGHIJKLMPSTXZ`abdefgrmhlnctqpus']
const SIZES = [
  [2, 1],
  [80, 24],
  [200, 50],
  [2000, 1000],
] as const

function emulatorOf(cols: number, rows: number) {
  return new Emulator({cols, rows, scrollback: 100, reply() {}})
}

/** The longest of the steps in which a terminal parses the stream, in milliseconds of the processor. */
function longestStep(emulator: Emulator, stream: string): number {
  let longest = 0
  for (let rest = stream; rest !== ''; ) {
    const length = stepLength(rest, 8192, emulator.cols * emulator.rows)
    const took = processorTime()
    emulator.write(rest.slice(0, length))
    longest = Math.max(longest, took())
    rest = rest.slice(length)
  }
  return longest
}

describe('one step of parsing', () => {
  it.each(SIZES)('takes no second at %i x %i, whatever counts stand in the sequences', (cols, rows) => {
    using emulator = emulatorOf(cols, rows)
    for (const final of FINALS) {
      const each = ['\x1b[', '\x1b[?', '\x9b', '\x1b[1;'].map(begin => `${begin}${HUGE}${final}`.repeat(2))
      expect(longestStep(emulator, `ab漢${each.join('')}`), final).toBeLessThan(1000)
    }
  })

  it.each(SIZES)('takes no second at %i x %i with nothing but the costliest sequences', (cols, rows) => {
    using emulator = emulatorOf(cols, rows)
    for (const sequence of [
      `\x1b[${HUGE}S`,
      'x\x1b[99999b',
      '\x1b[?1049h\x1b[?1049l',
      '\x1b#8',
      '\x1bc',
      '\x1b[9999L',
    ]) {
      const whole = sequence.repeat(Math.ceil(8192 / sequence.length))
      const step = whole.slice(0, stepLength(whole, 8192, cols * rows))
      expect(longestStep(emulator, step), JSON.stringify(sequence)).toBeLessThan(1000)
    }
  })

  it.each([
    ['a palette of millions', `\x1b]4;${'1;?;'.repeat(1_000_000)}\x07`],
    ['a title of megabytes', `\x1b]0;${'x'.repeat(8_000_000)}\x07`],
    ['a notification of megabytes', `\x1b]777;notify;${'x;'.repeat(2_000_000)}\x07`],
    ['a string without an end', `\x1bP${'q#0;2;'.repeat(500_000)}`],
    ['colours without end', `\x1b[${'38;2;1;2;3;'.repeat(500_000)}m`],
    ['a character with marks without end, repeated', `e${'\u0301'.repeat(100_000)}\x1b[99999b`],
    ['nested strings', '\x1b]\x1bP\x1b_\x1b^'.repeat(200_000)],
  ])('takes no second for %s', (_, stream) => {
    using emulator = emulatorOf(120, 40)
    expect(longestStep(emulator, stream)).toBeLessThan(1000)
  })

  it('takes all of an ordinary stream, and few sequences of a huge screen', () => {
    const colored = '\x1b[38;2;10;20;30mword \x1b[0m'.repeat(500)
    expect(stepLength(colored, 8192, 120 * 40)).toBe(8192)
    expect(stepLength('x'.repeat(10_000), 8192, 2000 * 1000)).toBe(8192)
    expect(stepLength('\x1b[1S'.repeat(100), 8192, 2000 * 1000)).toBe('\x1b[1S'.length)
    expect(stepLength('\x9b1S'.repeat(100), 8192, 2000 * 1000)).toBe('\x9b1S'.length)
    expect(stepLength('\x1b[1S', 8192, 1e9)).toBe(4)
  })
})

describe('clamped counts', () => {
  it.each([...'@ABCDEFGHILMPSTXZ`adefr'])('draw with %s what the unbounded terminal draws', final => {
    const stream = `one\r\ntwo\r\nthree\r\nfour\x1b[2;3H\x1b[700${final}x`
    const bounded = emulatorOf(20, 6)
    bounded.write(stream)
    const {term, core} = createXterm({cols: 20, rows: 6, scrollback: 100})
    core.writeSync(stream)
    const lines = Array.from({length: 6}, (_, y) => term.buffer.active.getLine(term.buffer.active.baseY + y)!)
    const text = lines
      .map(line => line.translateToString(true))
      .join('\n')
      .trimEnd()
    expect(bounded.text(6)).toBe(text)
    expect(shown(bounded).scrollback).toBe(term.buffer.active.baseY)
  })

  it('leave colours, modes and selectors as they are on the smallest screen', () => {
    const emulator = emulatorOf(2, 1)
    emulator.write('\x1b[?2004h\x1b[38;5;200mx')
    expect(emulator.modes.bracketedPaste).toBe(true)
    expect(shown(emulator).runs[0]?.style.fg).toBe(200)
    emulator.write('a\r\nb\r\nc\x1b[3J')
    expect(emulator.scrollback).toBe(0)
  })

  it('repeat a character over the whole screen, not more', () => {
    const emulator = emulatorOf(10, 3)
    emulator.write('x\x1b[29b')
    expect(emulator.text(3)).toBe('x'.repeat(30))
    emulator.write(`\x1b[${HUGE}b`)
    expect(emulator.scrollback).toBeLessThanOrEqual(3)
  })
})

it('gives a client no cell of endless text', () => {
  const emulator = emulatorOf(10, 3)
  emulator.write(`e${'\u0301'.repeat(10_000)}`)
  expect(shown(emulator).runs[0]!.text.length).toBeLessThanOrEqual(64)
})
