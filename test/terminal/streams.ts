import fc from 'fast-check'

const number = fc.integer({min: 0, max: 30})

const sequence = fc.oneof(
  fc
    .tuple(fc.array(number, {maxLength: 3}), fc.constantFrom(...'ABCDEFGHJKLMPSTXZ@bdfgmr'))
    .map(([params, final]) => `\x1b[${params.join(';')}${final}`),
  fc
    .tuple(fc.constantFrom(1, 5, 6, 7, 25, 1000, 1002, 1004, 1049, 2004, 2026), fc.constantFrom('h', 'l'))
    .map(([mode, final]) => `\x1b[?${mode}${final}`),
  fc.constantFrom('\x1b7', '\x1b8', '\x1bM', '\x1bD', '\x1bE', '\x1bc', '\x1b(0', '\x1b(B', '\x1b[c', '\x1b[6n'),
  fc.constantFrom('\x1b]0;title\x07', '\x1b]52;c;aGk=\x07', '\x1b]11;?\x07', '\x1bP$qm\x1b\\', '\x1b[38;2;9;8;7m'),
)

const text = fc.oneof(
  fc.string({maxLength: 12}),
  fc.constantFrom('漢字', '👨‍👩‍👧', '🇩🇪', 'e\u0301', '\r\n', '\n', '\t', '\b', 'ß', '\u202e', '\u0000', 'x'.repeat(50)),
)

/** What a program may print: text in every script, control sequences, and bytes that are neither. */
export const stream: fc.Arbitrary<Uint8Array> = fc
  .array(
    fc.oneof(
      {weight: 5, arbitrary: text.map(part => Buffer.from(part))},
      {weight: 5, arbitrary: sequence.map(part => Buffer.from(part))},
      {weight: 1, arbitrary: fc.uint8Array({maxLength: 6}).map(part => Buffer.from(part))},
    ),
    {maxLength: 30},
  )
  .map(parts => Buffer.concat(parts))
