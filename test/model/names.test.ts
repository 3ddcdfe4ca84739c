import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {agentId} from '../../src/model/data/ids.ts'
import {
  branchName,
  claimName,
  parseBranch,
  parseClaimName,
  parseWorktreeFolder,
  safePart,
  slugOf,
  worktreeFolder,
} from '../../src/model/data/names.ts'
import {anyCharacter} from '../any-character.ts'

/** The rules of git-check-ref-format(1), and ours: no empty name, nothing that a program takes for an option. */
function isSafeRef(name: string): boolean {
  return (
    name !== '' &&
    name !== '@' &&
    !/[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|\.$|^\/|\/$|^-/.test(name) &&
    name.split('/').every(part => part !== '' && !/^\.|\.lock$/i.test(part))
  )
}

const title = fc.oneof(
  fc.string({unit: anyCharacter, maxLength: 300}),
  fc.string({unit: 'grapheme', maxLength: 300}),
  fc.constantFrom(
    '../../.git',
    '\0',
    'x'.repeat(10_000),
    `$(touch$${'{IFS}'}x)`,
    '--upload-pack=evil',
    'A.lock',
    '.lock',
    '漢字',
    '-',
    '@{',
    'é'.repeat(100),
  ),
)
const issue = fc.integer({min: 1, max: 2_000_000_000})
const agent = fc.integer({min: 1, max: 12}).map(agentId)

describe('names', () => {
  it('any title gives one safe path segment', () => {
    fc.assert(
      fc.property(title, text => {
        expect(slugOf(text)).toMatch(/^(?!-)[a-z0-9-]{1,40}(?<!-)$/)
      }),
    )
  })

  it('any title and any template give a branch that git takes', () => {
    const template = fc.oneof(fc.constantFrom('{agent}/{issue}-{slug}', 'work-{issue}', ''), title)
    fc.assert(
      fc.property(template, agent, issue, title, (template, agent, issue, title) => {
        expect(branchName({template, agent, issue, title})).toSatisfy(isSafeRef)
      }),
    )
  })

  it('any text gives a safe segment or nothing', () => {
    fc.assert(
      fc.property(title, text => {
        const part = safePart(text)
        expect(part === '' || (isSafeRef(part) && !part.includes('/'))).toBe(true)
      }),
    )
  })

  it('a branch tells its agent and issue again', () => {
    fc.assert(
      fc.property(agent, issue, title, (agent, issue, title) => {
        expect(parseBranch(branchName({template: '{agent}/{issue}-{slug}', agent, issue, title}))).toEqual({
          agent,
          issue,
        })
        expect(parseBranch(branchName({template: 'work-{issue}', agent, issue, title}))).toEqual({agent: null, issue})
      }),
    )
  })

  it('a branch of any template with its issue tells it again', () => {
    const template = fc.constantFrom(
      'agent-{id}/{issue}-{slug}',
      'bots/{id}/{issue}',
      '{agent}/{issue}-{slug}',
      'bots/{slug}/{issue}',
      'x.{issue}/{agent}',
      'feature/{agent}/{issue}-{slug}',
      'T{issue}--{slug}',
      '{issue}/again-{issue}',
    )
    fc.assert(
      fc.property(template, agent, issue, title, (template, agent, issue, title) => {
        const branch = branchName({template, agent, issue, title})
        expect(parseBranch(branch, template)?.issue).toBe(issue)
        expect(parseBranch(`${branch}-2`, template)?.issue ?? issue).toBe(issue)
        // As a fork's branch is written.
        expect(parseBranch(`mallory:${branch}`, template)).toBeNull()
      }),
    )
  })

  it('any branch and any template give an issue or nothing', () => {
    fc.assert(
      fc.property(title, title, (branch, template) => {
        expect(parseBranch(branch, template) ?? {issue: 1}).toMatchObject({issue: expect.any(Number)})
      }),
    )
  })

  it.each([
    ['feature/agent-001/123-implement-auth', {agent: 'agent001', issue: 123}],
    ['recovered/7-0123456789ab', {agent: null, issue: 7}],
    ['work-7-2', {agent: null, issue: 7}],
    ['feature/003-reading-goals/impl-ui', null],
    ['main', null],
  ])('the branch %s tells %o', (branch, told) => {
    expect(parseBranch(branch)).toEqual(told)
  })

  it('claims and folders tell their issue again', () => {
    fc.assert(
      fc.property(issue, number => {
        expect(parseClaimName(claimName(number))).toBe(number)
        expect(parseWorktreeFolder(worktreeFolder(number))).toBe(number)
      }),
    )
  })

  it.each([
    ['agent-001/7-slug', {agent: 'agent001', issue: 7}],
    ['claude-agent-001/7', {agent: 'agent001', issue: 7}],
    ['main', null],
    ['agent001/slug', null],
    ['agent001/7-a/b', null],
    ['work-07', null],
    ['feature/agent001/7-x', {agent: 'agent001', issue: 7}],
  ])('%s', (branch, expected) => {
    expect(parseBranch(branch)).toEqual(expected)
  })

  it('titles that differ only in case give one branch', () => {
    expect(slugOf('Fix THE Bug')).toBe(slugOf('fix the bug'))
    expect(slugOf('Größe ändern: café!')).toBe('gro-e-andern-cafe')
  })
})
