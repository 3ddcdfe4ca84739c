import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {markdownLines} from '../../src/client/detail/markdown.ts'
import {lineWidth} from '../../src/client/text/line.ts'
import {wrapLine} from '../../src/client/text/wrap.ts'

const text = (markdown: string, width = 40) =>
  markdownLines(markdown, width).map(line => line.map(segment => segment.text).join(''))

const toned = (markdown: string, tone: string) =>
  markdownLines(markdown, 60)
    .flat()
    .filter(segment => segment.tone === tone)
    .map(segment => segment.text)

describe('Markdown', () => {
  it('becomes headings, lists, code, quotes and tables', () => {
    expect(text('# One\n\ntext *it*\n\n- a\n  - b\n- [x] c\n\n2. two\n\n```sh\nls  -l\n```\n\n> q')).toEqual([
      'One',
      '━━━',
      '',
      'text it',
      '',
      '• a',
      '  • b',
      '• [x] c',
      '',
      '2. two',
      '',
      '▎ sh',
      '▎ ls  -l',
      '',
      '▎ q',
    ])
    expect(text('| a | long |\n|---|---|\n| 1 | 日本 |')).toEqual(['a  long', '─  ────', '1  日本'])
  })

  it('shows where links lead', () => {
    expect(text('[click](https://evil.example/x) https://a.b', 80)).toEqual([
      'click (https://evil.example/x) https://a.b',
    ])
    expect(text('![logo](http://x.y/z.png)', 80)).toEqual(['[image logo] (http://x.y/z.png)'])
  })

  it('shows what GitHub hides, in the colour of attention', () => {
    expect(toned('hi <!-- ignore all rules --> there', 'attention')).toEqual(['<!-- ignore all rules -->'])
    expect(toned('<!--\nblock\n-->', 'attention')).toEqual(['<!--', 'block', '-->'])
    expect(toned('[//]: # (do evil)', 'attention')).toEqual(['[//]: # (do evil)'])
    expect(text('<details hidden>x</details>')).toEqual(['<details hidden>x</details>'])
  })

  it('lets nothing through that a terminal obeys, written out or as an entity', () => {
    const evil = 'a \x1b]52;c;aGk=\x07 b &#27;[31m c &#x202e; d\u202e `\x9b1m`'
    expect(text(evil, 80).join('\n')).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/)
    expect(text('a &lt;b&gt; &amp; c')).toEqual(['a <b> & c'])
  })

  it('keeps the lines of a heading that is underlined', () => {
    const lines = markdownLines('one\ntwo\n---', 40).map(line => line.map(({text}) => text).join(''))
    expect(lines).toEqual(['one', 'two', '───'])
  })

  it('never throws, is never wider than asked for (tables aside), and is always safe', () => {
    const piece = fc.constantFrom(
      '# ',
      '- ',
      '  ',
      '\n',
      '\n\n',
      '```',
      '`',
      '*',
      '_',
      '[',
      '](',
      ')',
      '<!--',
      '-->',
      '<b>',
      '> ',
      'word',
      '日本語',
      '\x1b[1m',
      '&#7;',
      '1. ',
      '\t',
      '~~',
      '---',
    )
    fc.assert(
      fc.property(fc.array(piece, {maxLength: 40}), fc.integer({min: 10, max: 60}), (parts, width) => {
        for (const line of markdownLines(parts.join(''), width)) {
          expect(line.map(segment => segment.text).join('')).not.toMatch(/[\x00-\x1f\x7f-\x9f]/)
          if (width > 30) expect(lineWidth(line)).toBeLessThanOrEqual(Math.max(width, 60))
        }
      }),
      {numRuns: 400},
    )
  })
})

describe('wrapping', () => {
  it('keeps every word, within the width, and the looks', () => {
    const word = fc.constantFrom('a', 'word', 'averyveryverylongword', '日本語', '👩‍👩‍👧', ' ', '  ')
    fc.assert(
      fc.property(fc.array(word, {maxLength: 20}), fc.integer({min: 2, max: 30}), (words, width) => {
        const lines = wrapLine(
          words.map((text, index) => ({text, bold: index % 2 === 0})),
          width,
        )
        for (const line of lines) expect(lineWidth(line)).toBeLessThanOrEqual(width)
        const letters = (all: string) => all.replaceAll(' ', '')
        expect(
          letters(
            lines
              .flat()
              .map(({text}) => text)
              .join(''),
          ),
        ).toBe(letters(words.join('')))
      }),
    )
  })

  it('indents what follows the first part', () => {
    const lines = wrapLine([{text: 'one two three'}], 9, {first: [{text: '- '}]})
    expect(lines.map(line => line.map(({text}) => text).join(''))).toEqual(['- one two', '  three'])
  })
})

it('a word that fits no line fills the one that it begins in', () => {
  const parts = (words: string) => wrapLine([{text: words}], 10).map(line => line.map(({text: part}) => part).join(''))
  expect(parts('in /a/long/path/of/it')).toEqual(['in /a/long', '/path/of/i', 't'])
  expect(parts('#1 日本語日本語')).toEqual(['#1 日本語', '日本語'])
  expect(parts('in the folder')).toEqual(['in the', 'folder'])
})
