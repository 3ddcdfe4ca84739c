import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {textWidth} from '../../../src/base/text.ts'
import {count} from '../../../src/base/words.ts'
import {agentName, duration, issueNumber, labelList, positiveInteger} from '../../../src/cli/inputs.ts'
import {age, columns, list} from '../../../src/cli/output/text.ts'
import {anyCharacter} from '../../any-character.ts'

describe('columns', () => {
  it('aligns rows under their heading and fills no last column', async () => {
    const table = columns(
      [{title: 'AGENT'}, {title: 'SINCE', align: 'right'}, {title: 'TICKET', max: 8}],
      [
        ['a001', '3m', '#7 short'],
        ['a002', '12s', '#8 very long title'],
        ['a003', '1h', ''],
      ],
    )
    expect(table.split('\n')).toEqual([
      'AGENT  SINCE TICKET',
      'a001      3m #7 short',
      'a002     12s #8 very…',
      'a003      1h',
    ])
  })

  it('fits every terminal: columns are cut, and where they do not fit at all, each row is a list', async () => {
    const head = [{title: 'ISSUE', align: 'right' as const}, {title: 'TITLE'}, {title: 'BRANCH'}, {title: 'AGE'}]
    const rows = [
      ['#2', 'Für Menschen: 日本語のタイトル', 'agent002/2-takes-long', '3m'],
      ['#7', 'Another', '', '1h'],
    ]
    for (let width = 12; width < 70; width++) {
      const table = columns(head, rows, {paper: {columns: width, colour: false}})
      for (const line of table.split('\n')) expect(textWidth(line), `${width}: ${line}`).toBeLessThanOrEqual(width)
    }
    const list = columns(head, rows, {paper: {columns: 24, colour: false}})
    expect(list.split('\n')).toEqual([
      'ISSUE   #2',
      'TITLE   Für Menschen: …',
      'BRANCH  agent002/2-take…',
      'AGE     3m',
      '',
      'ISSUE   #7',
      'TITLE   Another',
      'AGE     1h',
    ])
  })

  it('counts wide characters as a terminal does, and lets no control character through', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({unit: anyCharacter, maxLength: 20}), {maxLength: 5}), async cells => {
        const rows = cells.map(cell => [cell, '|'])
        const lines = columns([{title: 'X'}, {title: '|'}], rows).split('\n')
        expect(lines).toHaveLength(cells.length + 1)
        const bars = lines.map(line => textWidth(line.slice(0, line.lastIndexOf('|'))))
        expect(new Set(bars).size, 'the second column begins at one place').toBe(1)
        expect(lines.join('')).not.toMatch(/[\x00-\x1f\x7f-\x9f]/)
      }),
      // A mark without a base, which some programs give a column and some do not.
      {numRuns: 30, examples: [[['\u08ca']], [['\u0301 \u0301a', 'b']]]},
    )
  })
})

describe('small words', () => {
  it.each([
    [0, '0s'],
    [-5, '0s'],
    [59_999, '59s'],
    [60_000, '1m'],
    [3_599_999, '59m'],
    [3_600_000, '1h'],
    [86_400_000, '1d'],
    [14 * 86_400_000, '2w'],
  ])('age of %i ms', (ms, text) => expect(age(ms)).toBe(text))

  it('count and list', () => {
    expect([count(0, 'commit'), count(1, 'commit'), count(2, 'commit')]).toEqual(['0 commits', '1 commit', '2 commits'])
    expect([list([]), list([3]), list([3, 4]), list([3, 4, 5])]).toEqual(['', '#3', '#3 and #4', '#3, #4 and #5'])
  })
})

describe('inputs', () => {
  const value = (schema: {safeParse(text: unknown): {data?: unknown}}, text: string) => schema.safeParse(text).data

  it.each([
    [issueNumber, {'7': 7, '#123': 123, '0': undefined, '-1': undefined, x: undefined, '7.5': undefined}],
    [agentName, {agent001: 'agent001', '2': 'agent002', a003: 'agent003', 'agent-04': 'agent004', bob: undefined}],
    [positiveInteger, {'1': 1, '12': 12, '0': undefined, '1e3': undefined}],
    [labelList, {'bug, docs,': ['bug', 'docs'], ',': undefined}],
    [duration, {'90s': 90_000, '10m': 600_000, '2h': 7_200_000, '1.5m': 90_000, '30': 30_000, '5d': undefined}],
  ])('take what people write and nothing else', (schema, cases) => {
    for (const [text, expected] of Object.entries(cases)) expect(value(schema, text), text).toEqual(expected)
  })

  it('say what they want', () => {
    expect(issueNumber.safeParse('x').error?.issues[0]?.message).toBe('is not an issue number like 123 or #123')
    expect(agentName.safeParse('bob').error?.issues[0]?.message).toBe('is not an agent; use a name like agent001')
  })
})
