import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import type {Pull} from '../../src/model/data/pull.ts'
import {ORPHAN_KINDS, type Orphan, type OrphanFacts} from '../../src/model/data/recovery/orphan.ts'
import {choiceKey, closedPullFacts, isProposed, judgeOrphans} from '../../src/model/recovery/judge.ts'
import {aConfig, anIssue, anOrphan, aPull} from './builders.ts'

const DAY = 24 * 3600_000
const HEAD = '5'.repeat(40)
const NOTHING = {state: {issues: [], pulls: []}, closed: [], left: new Set<string>(), at: 400 * DAY}

type Known = Parameters<typeof judgeOrphans>[1]

function judged(change: Partial<OrphanFacts>, known: Partial<Known> = {}): Orphan {
  return judgeOrphans([anOrphan(change)], {...NOTHING, ...known})[0]!
}

const open = {state: {issues: [anIssue(9)], pulls: []}}
const pullAt = (number: number, state: Pull['state'], branch = 'agent002/9-x') =>
  aPull(number, {state, head: {branch, sha: HEAD}})

describe('what is proposed', () => {
  const rows: readonly [
    name: string,
    change: Partial<OrphanFacts>,
    known: Partial<Known>,
    proposal: string,
    why: RegExp,
  ][] = [
    ['clean work', {}, open, 'open-pull', /merges cleanly/],
    ['work that conflicts, of an open issue', {conflicts: ['a', 'b']}, open, 'resume', /conflicts .* 2 files/],
    [
      'work that conflicts, of a closed issue, today',
      {conflicts: ['a'], lastActivity: 399 * DAY},
      {},
      'open-pull',
      /conf/,
    ],
    ['the same after a year', {conflicts: ['a'], lastActivity: 1}, {}, 'archive', /it is old/],
    ['uncommitted files of an open issue', {kind: 'worktree', dirty: 2}, open, 'resume', /2 files not committed/],
    ['uncommitted files of a closed issue', {kind: 'worktree', dirty: 2, commits: 0}, {}, 'archive', /no open issue/],
    ['a branch without commits', {commits: 0}, open, 'archive', /main has all/],
    ['squashed work', {landed: 'patches'}, open, 'archive', /same changes/],
    ['work whose pull request was merged', {}, {...open, closed: [pullAt(12, 'merged')]}, 'archive', /#12 .* merged/],
    ['work that a person refused', {}, {...open, closed: [pullAt(12, 'closed')]}, 'leave', /#12 .* without a merge/],
    ['the same of a closed issue', {}, {closed: [pullAt(12, 'closed')]}, 'archive', /#12/],
    ['work in an open pull request', {}, {state: {...open.state, pulls: [pullAt(12, 'open')]}}, 'leave', /#12 is open/],
    ['work that cannot be judged', {unsure: 'it shares no commit with main'}, open, 'leave', /shares no commit/],
    ["a dead daemon's claim", {kind: 'claim', commits: 0}, open, 'resume', /lease/],
    ['a stash', {kind: 'stash'}, open, 'archive', /stash/],
    ['a rescue', {kind: 'rescue'}, open, 'leave', /resume it, or restore/],
    ['a lost commit', {kind: 'commit'}, open, 'open-pull', /merges cleanly/],
  ]
  it.each(rows)('for %s', (_, change, known, proposal, why) => {
    expect(judged(change, known)).toMatchObject({proposal, why: expect.stringMatching(why)})
  })

  it('is nothing for what a person left, until it changes', () => {
    const left = new Set([choiceKey(anOrphan())])
    expect(judged({}, {...open, left})).toMatchObject({proposal: 'leave', isLeft: true})
    expect(isProposed(judged({}, {...open, left}))).toBe(false)
    for (const change of [{head: '6'.repeat(40)}, {dirty: 1}]) {
      expect(judged(change, {...open, left}).isLeft).toBe(false)
    }
  })
})

describe('any orphan', () => {
  const facts = fc.record<OrphanFacts>({
    kind: fc.constantFrom(...ORPHAN_KINDS),
    name: fc.constantFrom('agent002/9-x', 'pull-12', 'x'),
    issue: fc.option(fc.constantFrom(7, 9)),
    head: fc.option(fc.constantFrom(HEAD, '6'.repeat(40))),
    branch: fc.option(fc.constantFrom('agent002/9-x', 'other')),
    place: fc.constantFrom('here', 'remote', 'both'),
    commits: fc.nat(3),
    lines: fc.nat(9),
    files: fc.nat(3),
    tests: fc.nat(2),
    dirty: fc.nat(2),
    landed: fc.option(fc.constantFrom('commits', 'patches', 'files')),
    conflicts: fc.option(fc.array(fc.constantFrom('a', 'b'), {maxLength: 2})),
    lastActivity: fc.option(fc.constantFrom(0, 399 * DAY)),
    unsure: fc.option(fc.constant('it is odd')),
  })
  const known = fc.record<Known>({
    state: fc.record({
      issues: fc.subarray([anIssue(7), anIssue(9)]),
      pulls: fc.subarray([pullAt(12, 'open'), pullAt(13, 'open', 'other')]),
    }),
    closed: fc.subarray([pullAt(10, 'closed'), pullAt(11, 'merged', 'other')]),
    left: fc.constant(new Set<string>()),
    at: fc.constant(400 * DAY),
  })

  it('gets one proposal with a reason, and only what can be done', () => {
    fc.assert(
      fc.property(fc.array(facts, {maxLength: 5}), known, (all, known) => {
        const result = judgeOrphans(all, known)
        expect(result.map(({name}) => name)).toEqual(all.map(({name}) => name))
        for (const {kind, issue, proposal, why, unsure, dirty, commits} of result) {
          expect(why).not.toBe('')
          // An agent resumes open issues and claims only.
          if (proposal === 'resume' && kind !== 'claim')
            expect(known.state.issues.map(({number}) => number)).toContain(issue)
          // What is not understood is touched by nothing.
          if (unsure !== null) expect(proposal).toBe('leave')
          if (proposal === 'open-pull') expect(commits + dirty).toBeGreaterThan(0)
          // A claim and a rescue hold nothing that could be put away.
          if (kind === 'claim' || kind === 'rescue') expect(proposal).not.toBe('archive')
        }
      }),
    )
  })

  it('that is left in its state is never proposed, whatever it is', () => {
    fc.assert(
      fc.property(facts, known, (facts, known) => {
        const [result] = judgeOrphans([facts], {...known, left: new Set([choiceKey(facts)])})
        expect(result).toMatchObject({proposal: 'leave', isLeft: true})
        expect(isProposed(result!)).toBe(false)
      }),
    )
  })
})

it('closed pull requests are listed whose branch is gone and whose issue waits', () => {
  const state = {issues: [anIssue(9)], pulls: [], config: aConfig({})}
  const closed = [pullAt(12, 'closed'), pullAt(13, 'merged'), pullAt(14, 'closed', 'agent001/8-y')]
  expect(closedPullFacts(closed, [], state).map(({name, issue}) => [name, issue])).toEqual([['pull-12', 9]])
  expect(closedPullFacts(closed, [anOrphan()], state)).toEqual([])
})
