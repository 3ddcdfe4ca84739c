import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {visibleLine} from '../../../src/base/text.ts'
import {type DiffHunk, type DiffLine, parseChangedFiles, parseHunks} from '../../../src/model/review/diff.ts'

const same = (line: string) => line

describe('the hunks of a file', () => {
  /** Content that looks like a part of a diff. */
  const text = fc.oneof(
    fc.constantFrom('', '@@ -1,2 +3,4 @@', '-- a/x', '++ b/x', 'diff --git a/x b/x', '\\ No newline', '+', '-', ' '),
    fc.string({maxLength: 20}).map(found => found.replaceAll('\n', ' ')),
  )
  const hunk = fc
    .record({
      oldStart: fc.integer({min: 1, max: 5000}),
      newStart: fc.integer({min: 1, max: 5000}),
      heading: fc.constantFrom('', 'function total() {', '@@ -1 +1 @@'),
      lines: fc.array(fc.record({sign: fc.constantFrom(' ' as const, '+' as const, '-' as const), text}), {
        minLength: 1,
        maxLength: 12,
      }),
    })
    .map(({lines, ...rest}): DiffHunk => ({...rest, lines: numbered(rest, lines)}))

  it('are read as they were printed, whatever their content looks like', () => {
    fc.assert(
      fc.property(fc.array(hunk, {maxLength: 4}), hunks => {
        expect(parseHunks(printed(hunks), same)).toEqual({hunks, cut: 0})
      }),
    )
  })

  it('of any text are read without an error and within their bounds', () => {
    fc.assert(
      fc.property(fc.array(text, {maxLength: 40}), lines => {
        const {hunks, cut} = parseHunks(lines.join('\n'), same, 5)
        expect(hunks.flatMap(({lines: found}) => found).length).toBeLessThanOrEqual(5)
        expect(cut).toBeGreaterThanOrEqual(0)
      }),
    )
  })

  it('say how many lines were cut, and where a file ends without a line break', () => {
    const given = ['@@ -1,2 +1,2 @@', ' a', '-b', '\\ No newline at end of file', '+c', '\\ No newline at end of file']
    const {hunks, cut} = parseHunks(given.join('\n'), same)
    expect(cut).toBe(0)
    expect(hunks[0]?.lines.map(({sign, open}) => [sign, open])).toEqual([
      [' ', undefined],
      ['-', true],
      ['+', true],
    ])
    expect(parseHunks(given.join('\n'), same, 1)).toMatchObject({hunks: [{lines: [{text: 'a'}]}], cut: 2})
  })

  it('hide nothing that a terminal or a reader would not see', () => {
    const {hunks} = parseHunks('@@ -0,0 +1 @@\n+a\x1b[2Jb\x07\u202ec\r', visibleLine)
    expect(hunks[0]?.lines[0]?.text).toBe('a␛[2Jb␇<U+202E>c␍')
    // A filler is a letter, and so the name of a variable.
    expect(visibleLine('if (env != "PROD\u200d") run(\u3164)')).toBe('if (env != "PROD<U+200D>") run(<U+3164>)')
  })
})

describe('the changed files', () => {
  it('have status, numbers, modes and their former path', () => {
    const zero = '0'.repeat(40)
    const [one, two] = ['1'.repeat(40), '2'.repeat(40)]
    const raw = [
      `:000000 100644 ${zero} ${one} A`,
      'new\tname.txt',
      `:100644 100755 ${one} ${one} M`,
      'run.sh',
      `:100644 100644 ${one} ${two} R087`,
      'old.ts',
      'moved.ts',
      `:000000 160000 ${zero} ${two} A`,
      'lib',
      `:100644 100644 ${one} ${two} M`,
      'logo.png',
      `:120000 000000 ${one} ${zero} D`,
      'link',
    ]
    const numbers = [
      '3\t0\tnew\tname.txt',
      '0\t0\trun.sh',
      '4\t2\t',
      'old.ts',
      'moved.ts',
      '1\t0\tlib',
      '-\t-\tlogo.png',
    ]
    expect(parseChangedFiles([...raw, ...numbers, '0\t1\tlink', ''].join('\0'))).toEqual([
      {path: 'new\tname.txt', from: null, status: 'added', kind: 'text', added: 3, removed: 0, mode: null, oid: one},
      {
        ...{path: 'run.sh', from: null, status: 'modified', kind: 'text', added: 0, removed: 0, oid: one},
        mode: {from: '100644', to: '100755'},
      },
      {path: 'moved.ts', from: 'old.ts', status: 'renamed', kind: 'text', added: 4, removed: 2, mode: null, oid: two},
      {path: 'lib', from: null, status: 'added', kind: 'submodule', added: 1, removed: 0, mode: null, oid: two},
      {path: 'logo.png', from: null, status: 'modified', kind: 'binary', added: 0, removed: 0, mode: null, oid: two},
      {path: 'link', from: null, status: 'deleted', kind: 'link', added: 0, removed: 1, mode: null, oid: one},
    ])
  })
})

/** Lines with their numbers in both versions. */
function numbered(
  {oldStart, newStart}: Pick<DiffHunk, 'oldStart' | 'newStart'>,
  lines: readonly Pick<DiffLine, 'sign' | 'text'>[],
): DiffLine[] {
  let old = oldStart
  let next = newStart
  return lines.map(({sign, text}) => ({
    sign,
    old: sign === '+' ? null : old++,
    new: sign === '-' ? null : next++,
    text,
  }))
}

/** The hunks as git prints them. */
function printed(hunks: readonly DiffHunk[]): string {
  const head = ['diff --git a/x b/x', 'index 1..2 100644', '--- a/x', '+++ b/x']
  const body = hunks.flatMap(({oldStart, newStart, heading, lines}) => [
    `@@ -${oldStart},${lines.filter(({sign}) => sign !== '+').length} +${newStart},${
      lines.filter(({sign}) => sign !== '-').length
    } @@${heading === '' ? '' : ` ${heading}`}`,
    ...lines.map(({sign, text}) => sign + text),
  ])
  return [...head, ...body].join('\n')
}
