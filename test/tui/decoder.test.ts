import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {InputDecoder} from '../../src/tui/input/decoder.ts'
import type {InputEvent} from '../../src/tui/input/events.ts'
import {anyCharacter} from '../any-character.ts'

function decode(...chunks: (string | Uint8Array)[]): InputEvent[] {
  const decoder = new InputDecoder()
  const events = chunks.flatMap(chunk => decoder.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk))
  return [...events, ...decoder.flush()]
}

/** A key as one word, as people write it: `ctrl+]`, `shift+tab`. */
function words(events: readonly InputEvent[]): string[] {
  return events.map(event => {
    if (event.kind === 'mouse') return `${event.action} ${event.row},${event.col}`
    if (event.kind === 'focus') return event.focused ? 'focused' : 'unfocused'
    if (event.kind !== 'key') return event.kind === 'background' ? `background ${event.rgb.toString(16)}` : event.kind
    const {name, ctrl, alt, shift, paste, text} = event.key
    if (paste) return `paste ${JSON.stringify(text)}`
    return `${ctrl ? 'ctrl+' : ''}${alt ? 'alt+' : ''}${shift && name.length > 1 ? 'shift+' : ''}${name}`
  })
}

const SAMPLES: readonly (readonly [bytes: string, means: string])[] = [
  ['a', 'a'],
  ['Q', 'Q'],
  [' ', 'space'],
  ['ä', 'ä'],
  ['漢', '漢'],
  ['😀', '😀'],
  ['\r', 'enter'],
  ['\t', 'tab'],
  ['\x7f', 'backspace'],
  ['\b', 'backspace'],
  ['\x03', 'ctrl+c'],
  ['\0', 'ctrl+space'],
  ['\x1d', 'ctrl+]'],
  ['\x1b[93;5u', 'ctrl+]'],
  ['\x1b[27;5;93~', 'ctrl+]'],
  ['\x1b[97;5u', 'ctrl+a'],
  ['\x1b[13;2u', 'shift+enter'],
  ['\x1b[97;1:1u', 'a'],
  ['\x1b[97:65;2u', 'A'],
  ['\x1b[27u', 'escape'],
  ['\x1bq', 'alt+q'],
  ['\x1b\r', 'alt+enter'],
  ['\x1b[A', 'up'],
  ['\x1bOA', 'up'],
  ['\x1b[1;5C', 'ctrl+right'],
  ['\x1b[1;2D', 'shift+left'],
  ['\x1b[H', 'home'],
  ['\x1b[4~', 'end'],
  ['\x1b[3~', 'delete'],
  ['\x1b[5~', 'pageup'],
  ['\x1b[6;5~', 'ctrl+pagedown'],
  ['\x1b[Z', 'shift+tab'],
  ['\x1bOP', 'f1'],
  ['\x1b[[B', 'f2'],
  ['\x1b[15~', 'f5'],
  ['\x1b[24~', 'f12'],
  ['\x1b[1;2R', 'shift+f3'],
  ['\x1b[<64;10;5M', 'wheel-up 4,9'],
  ['\x1b[<65;1;1M', 'wheel-down 0,0'],
  ['\x1b[<0;3;2M', 'press 1,2'],
  ['\x1b[<0;3;2m', 'release 1,2'],
  ['\x1b[I', 'focused'],
  ['\x1b[O', 'unfocused'],
  ['\x1b[200~two\rlines \x1b[31mred\x1b[201~', 'paste "two\\nlines red"'],
  ['\x1b[200~\x1b[201~', 'paste ""'],
  ['\x1b]11;rgb:1e1e/80/f\x1b\\', 'background 1e80ff'],
  ['\x1b]11;rgba:ffff/ffff/ffff/8080\x07', 'background ffffff'],
  ['\x1b[?62;4c', 'attributes'],
]

describe('input decoder', () => {
  it.each(SAMPLES)('%j is %s', (bytes, means) => {
    expect(words(decode(bytes))).toEqual([means])
  })

  it.each([
    ['further device attributes', '\x1b[>41;390;0c'],
    ['a cursor position', '\x1b[12;40R'],
    ['another colour', '\x1b]10;rgb:0000/0000/0000\x1b\\'],
    ['another colour ended by BEL', '\x1b]4;1;rgb:ffff/ffff/ffff\x07'],
    ['a colour that is none', '\x1b]11;rgb:red/green/blue\x07'],
    ['a terminal name', '\x1bP>|xterm(390)\x1b\\'],
    ['the release of a key', '\x1b[97;1:3u'],
  ])('swallows %s', (_, bytes) => {
    expect(words(decode(`a${bytes}b`))).toEqual(['a', 'b'])
  })

  it('takes a lone escape, and what follows later, as two keys', () => {
    const decoder = new InputDecoder()
    expect(decoder.push(Buffer.from('\x1b'))).toEqual([])
    expect(decoder.waiting).toBe('sequence')
    expect(words(decoder.flush())).toEqual(['escape'])
    expect(words(decoder.push(Buffer.from('[A')))).toEqual(['[', 'A'])
  })

  it.each([
    ['\x1b[', 'alt+['],
    ['\x1bO', 'alt+O'],
    ['\x1b]', 'alt+]'],
  ])('takes %j with nothing after it as %s', (bytes, means) => {
    expect(words(decode(bytes))).toEqual([means])
  })

  it('keeps keys apart from a paste that looks like keys', () => {
    expect(words(decode('q\x1b[200~q\x1b[200~\x1dp\x1b[201~q'))).toEqual(['q', 'paste "qp"', 'q'])
  })

  it('gives the bytes of every key as they came', () => {
    for (const [bytes] of SAMPLES) {
      const [event] = decode(bytes)
      // Of a paste only what is between its brackets is taken.
      if (event?.kind === 'key') expect(event.key.raw).toBe(bytes.replace(/^\x1b\[200~|\x1b\[201~$/g, ''))
    }
  })

  it('means the same wherever its bytes are split', () => {
    const stream = Buffer.from(SAMPLES.map(([bytes]) => bytes).join(''))
    const whole = words(decode(stream))
    expect(whole).toEqual(SAMPLES.map(([, means]) => means))
    for (let at = 0; at <= stream.length; at++) {
      expect(words(decode(stream.subarray(0, at), stream.subarray(at)))).toEqual(whole)
    }
  })

  it('means the same byte by byte, for any bytes', () => {
    const piece = fc.oneof(
      fc.constantFrom(...SAMPLES.map(([bytes]) => bytes)),
      fc.constantFrom('\x1b', '\x1b[', '\x1b]', '\x1b[200~', '\x1b[201~', '\x07', ';', '1', 'M', '<'),
      fc.string({unit: anyCharacter, maxLength: 3}),
    )
    fc.assert(
      fc.property(fc.array(piece, {maxLength: 12}), pieces => {
        const stream = Buffer.from(pieces.join(''))
        const single = Array.from(stream, byte => Uint8Array.of(byte))
        expect(decode(...single)).toEqual(decode(stream))
      }),
      {numRuns: 500},
    )
  })
})
