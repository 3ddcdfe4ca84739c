import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {fit as fitWidth, safeJson, safeLine, safeOutput, safeText, textWidth, truncate} from '../../src/base/text.ts'
import {anyCharacter} from '../any-character.ts'

/** Pieces that terminals and readers stumble over, mixed with any text. */
const nasty = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '\x1b[31m',
        '\x1b]0;title\x07',
        '\x1b]52;c;AAAA\x1b\\',
        '\x1bP1$r\x1b\\',
        '\x9b2J',
        '\x9d8;;x\x9c',
        '\x1b',
        '\x1b[',
        '\x1bc',
        '\x00',
        '\b',
        '\x7f',
        '\r',
        '\r\n',
        '\n',
        '\t',
        '\u202e',
        '\u2066',
        '\u200b',
        '\ufeff',
        '\u{e0041}',
        '\u{e0141}',
        '\u3164',
        '\u00ad',
        '\u115f',
        '\u034f',
        '\u2028',
        '漢字',
        '👩‍👩‍👧',
        '🇩🇪',
        'é',
        'e\u0301',
        '\u0301',
        '\ud800',
        '️',
        'ａ',
        'ｱ',
      ),
      fc.string({unit: 'grapheme', maxLength: 8}),
      fc.string({unit: anyCharacter, maxLength: 8}),
    ),
    {maxLength: 12},
  )
  .map(pieces => pieces.join(''))

describe('safeText', () => {
  it('lets no control character through but newline and tab', () => {
    fc.assert(
      fc.property(nasty, text => {
        expect(safeText(text)).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/)
      }),
      {numRuns: 1000},
    )
  })

  it('lets nothing through that turns or hides what is read', () => {
    fc.assert(
      fc.property(nasty, text => {
        // All that Unicode says is not to be shown, but for what emoji and scripts are joined and chosen by.
        expect(safeText(text)).not.toMatch(/(?!\u200c|\u200d|\ufe0e|\ufe0f)\p{Default_Ignorable_Code_Point}/u)
        expect(safeText(text)).not.toMatch(/[\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]/u)
      }),
      {numRuns: 1000},
    )
  })

  it('changes nothing a second time', () => {
    fc.assert(
      fc.property(nasty, text => {
        expect(safeText(safeText(text))).toBe(safeText(text))
      }),
      {numRuns: 1000},
    )
  })

  it('leaves ordinary text as it is', () => {
    const text = 'Grüße, 漢字 👩‍👩‍👧 — “quoted”\n\tindented'
    expect(safeText(text)).toBe(text)
  })

  it.each([
    ['\x1b[31mred\x1b[0m', 'red'],
    ['a\x1b]52;c;ZXZpbA==\x07b', 'ab'],
    ['a\x1b]8;;https://evil\x1b\\link\x1b]8;;\x1b\\b', 'alinkb'],
    ['a\x1bP+q544e\x1b\\b', 'ab'],
    ['approved\rdenied', 'approveddenied'],
    ['one\r\ntwo', 'one\ntwo'],
    ['user\u202etxt.exe', 'user\ufffdtxt.exe'],
  ])('turns %j into %j', (text, safe) => {
    expect(safeText(text)).toBe(safe)
  })
})

describe('a whole output', () => {
  it('has no sequence but colours', () => {
    fc.assert(
      fc.property(nasty, text => {
        const out = safeOutput(`\x1b[31m${text}\x1b[0m`)
        expect(out.replaceAll(/\x1b\[[\d;]*m/g, '')).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/)
      }),
      {numRuns: 1000},
    )
    expect(safeOutput('\x1b[1;31mred\x1b]0;\x1b[0m title\x07 \x1b[2Jx')).toBe('\x1b[1;31mred\x1b[0m title x')
  })

  it('as JSON acts on no terminal, and has the same value', () => {
    fc.assert(
      fc.property(nasty, text => {
        const json = safeJson({text}, 2)
        expect(JSON.parse(json)).toEqual({text})
        expect(json).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b]/)
      }),
      {numRuns: 1000},
    )
  })
})

describe('safeLine', () => {
  it('is one line, whatever it was', () => {
    fc.assert(
      fc.property(nasty, text => {
        expect(safeLine(text)).not.toMatch(/[\x00-\x1f\x7f-\x9f\u2028\u2029]/)
      }),
      {numRuns: 1000},
    )
    expect(safeLine('  a\n\n\tb ')).toBe('a b')
  })
})

describe('fit', () => {
  it('has exactly the width, for any text', () => {
    fc.assert(
      fc.property(
        nasty,
        fc.nat({max: 40}),
        fc.constantFrom('left' as const, 'right' as const),
        (text, width, align) => {
          expect(textWidth(fitWidth(safeLine(text), width, align))).toBe(width)
        },
      ),
      {numRuns: 1000},
    )
  })

  it.each([
    ['short', 8, 'left', 'short   '],
    ['short', 8, 'right', '   short'],
    ['rather long', 8, 'left', 'rather …'],
    ['漢字漢字', 5, 'left', '漢字…'],
    ['漢字漢字', 6, 'left', '漢字… '],
    ['x', 0, 'left', ''],
  ] as const)('fits %j into %i, %s', (text, width, align, expected) => {
    expect(fitWidth(text, width, align)).toBe(expected)
  })
})

describe('truncate', () => {
  it('is never wider than asked, and leaves what fits alone', () => {
    fc.assert(
      fc.property(nasty, fc.nat({max: 40}), (text, width) => {
        const line = safeLine(text)
        expect(textWidth(truncate(line, width))).toBeLessThanOrEqual(width)
        if (textWidth(line) <= width && width > 0) expect(truncate(line, width)).toBe(line)
      }),
      {numRuns: 1000},
    )
  })
})
