import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {landedComment, mergeText, mergeTitle, pullBody, pullTitle} from '../../src/landing/texts.ts'
import type {ClaimRecord} from '../../src/model/data/claim.ts'
import {NO_USAGE, type Usage} from '../../src/model/data/usage.ts'
import type {WorkState} from '../../src/model/gateways/git.ts'
import {claimOf} from '../git/claim-of.ts'

const record: ClaimRecord = {...claimOf(7, 'b'.repeat(40)), version: 1, fence: 3, nonce: '12345678'}
const commits = (...subjects: string[]) => subjects.map((subject, index) => ({sha: String(index).repeat(40), subject}))

function body(change: {record?: Partial<ClaimRecord>; work?: Partial<WorkState>; usage?: Partial<Usage>} = {}): string {
  const work = {
    head: 'c'.repeat(40),
    branch: 'b',
    commits: [],
    dirty: [],
    changed: [],
    loosePointers: [],
    ...change.work,
  }
  const usage = {...NO_USAGE, ...change.usage}
  return pullBody({record: {...record, ...change.record}, agent: 'agent001', work, method: 'squash', usage})
}

describe("a pull request's body", () => {
  it('tells what, why and how it came about', () => {
    const changed = [
      {path: 'src/tax.ts', added: 10, removed: 2},
      {path: 'test/tax.ts', added: 5, removed: 0},
    ]
    expect(body({work: {commits: commits('Add tax', 'Test it'), changed}})).toBe(
      [
        'Closes #7',
        '',
        '## What',
        '- 0000000 Add tax',
        '- 1111111 Test it',
        '',
        '2 files, +15 −2',
        '- `src/tax.ts` +10 −2',
        '- `test/tax.ts` +5 −0',
        '',
        '## Why',
        'Issue #7, claimed 1970-01-01T00:00:00.000Z on testhost and worked on by agent001.',
        '',
        `It merges by squash when its checks are green. Session \`${record.session}\`.`,
      ].join('\n'),
    )
  })

  it('stays short enough for GitHub, however long the words of an agent are', () => {
    const long = '@'.repeat(100_000)
    const work = {
      commits: commits(...Array.from({length: 30}, () => long)),
      changed: Array.from({length: 30}, (_, at) => ({path: `${at}${long}`, added: 1, removed: 1})),
    }
    const text = body({work, record: {repairs: 1, reason: long}})
    expect(text.length).toBeLessThan(65_536)
    expect(text).toContain('It merges by squash')
  })

  it('tells what it cost, where that is known', () => {
    expect(body({usage: {costUsd: 0.425, input: 1200, output: 300, cacheRead: 9000, requests: 3}})).toContain(
      'worked on by agent001.\nIt used $0.42, 10,500 tokens in 3 requests.\n',
    )
    expect(body()).not.toContain('It used')
  })

  it('names repairs and the trace, and counts what it leaves out', () => {
    const text = body({
      record: {repairs: 2, reason: 'checks failed: unit', traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`},
      work: {commits: commits(...Array.from({length: 25}, (_, index) => `Step ${index}`))},
    })
    expect(text).toContain('went back to the agent 2 times: checks failed: unit')
    expect(text).toContain(`trace \`${'a'.repeat(32)}\``)
    expect(text).toContain('- … and 5 more')
  })
})

/** What GitHub would act on. */
const HARM = /@[a-z0-9]|\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?[ \t]+#\d|<[a-z!/]|!\[/i

describe('words of others', () => {
  const evil = fc.array(
    fc.constantFrom(
      '@octocat',
      'fixes #3',
      'Closes: #4',
      '<img src=x>',
      '<!-- x',
      '![x](y)',
      '\n',
      '`',
      '\u202e',
      'a ',
    ),
    {maxLength: 8},
  )

  it('mention no user, close nothing and draw nothing, wherever they appear', () => {
    fc.assert(
      fc.property(evil, words => {
        const text = words.join('')
        const whole = body({
          record: {host: text, repairs: 1, reason: text},
          work: {commits: commits(text), changed: [{path: 'a.ts', added: 1, removed: 1}]},
        })
        const [ours, ...rest] = whole.split('\n')
        expect(ours).toBe('Closes #7')
        expect(rest.join('\n')).not.toMatch(HARM)
        expect(mergeTitle({issue: 7, title: text, pull: 8})).not.toMatch(HARM)
        expect(pullTitle(7, text)).not.toMatch(/[\n\u202e]/)
        // A person who merges by hand gets it as the message.
        expect(pullTitle(7, text)).not.toMatch(/@[a-z0-9]|\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?[ \t]+#\d/i)
        expect(mergeText({issue: 7, branch: text})).not.toMatch(HARM)
      }),
    )
  })

  it('stay in their code span when they are a path', () => {
    fc.assert(
      fc.property(evil, words => {
        const path = words.join('')
        const lines = body({work: {changed: [{path, added: 1, removed: 1}]}}).split('\n')
        const line = lines.find(candidate => candidate.endsWith('+1 −1') && candidate.startsWith('- '))
        expect(line).toMatch(/^- `[^`]*` \+1 −1$/)
      }),
    )
  })

  it('make a title even where nothing is left of them, and never a long one', () => {
    expect(pullTitle(7, ' \n\t')).toBe('Work on issue 7')
    expect(pullTitle(7, 'x'.repeat(500))).toHaveLength(120)
    expect(mergeTitle({issue: 7, title: 'Add tax', pull: 8})).toBe('Add tax (#8)')
    // What keeps the title of a pull request from acting is taken out again, and does its work in another way.
    expect(mergeTitle({issue: 7, title: pullTitle(7, 'Ask @ada'), pull: 8})).toBe('Ask @&#8203;ada (#8)')
  })
})

describe('the comment on a landed issue', () => {
  const landing = {pull: 8, mergeCommit: 'c'.repeat(40), branch: 'agent001/7-x'}

  it('says where the work is', () => {
    expect(landedComment({...landing, record: undefined})).toBe(
      `Landed on main through #8 as ${'c'.repeat(40)}. Branch \`agent001/7-x\` is no longer needed.`,
    )
    expect(landedComment({...landing, record: {...record, repairs: 1}})).toContain('after 1 repair')
  })
})
