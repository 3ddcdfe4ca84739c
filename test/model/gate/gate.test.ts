import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {judgeMerge} from '../../../src/model/landing/gate/gate.ts'
import {CHECK_ROWS, type Row} from './check-rows.ts'
import {
  base,
  type Change,
  changed,
  check,
  checks,
  EXPECTED,
  gateInput,
  greenReading,
  issue,
  MINUTE,
  NO_RULES,
  OTHER,
  POLICY,
  review,
  rules,
  TIP,
  touching,
} from './readings.ts'

const TABLE: Record<string, readonly Row[]> = {
  'the pull request': [
    ['merges when nothing speaks against it', {}, 'merge'],
    ['is done when it is merged into its base', {pull: {state: 'merged'}}, 'merged'],
    ['stops when it was closed by hand', {pull: {state: 'closed'}}, 'stop', 'closed by hand'],
    [
      'stops when it was merged into another branch',
      {pull: {state: 'merged', base: {branch: 'release', sha: TIP}}},
      'stop',
      'merged into release, not into main',
    ],
    ['is held when its base was changed', {pull: {base: {branch: 'release', sha: TIP}}}, 'hold', 'release by hand'],
    [
      'is held for its base before its conflict with that base reaches the agent',
      {pull: {base: {branch: 'release', sha: TIP}, mergeable: 'conflict'}},
      'hold',
      'release',
    ],
    [
      'is held when its base is GitHub’s default branch and git compared it with another',
      {reading: {comparedWith: 'develop'}},
      'hold',
      "GitHub's default branch is main, and this daemon works with develop",
    ],
    [
      'is held when GitHub names no default branch',
      {reading: {defaultBranch: ''}, pull: {base: {branch: '', sha: TIP}}},
      'hold',
      'not known',
    ],
    ...['dirty', 'draft', 'queued', ''].map(
      (mergeState): Row => [`waits when GitHub says ${mergeState} of its merge`, {reading: {mergeState}}, 'wait'],
    ),
    ['merges when a server has hooks to run before', {reading: {mergeState: 'has_hooks'}}, 'merge'],
    ['is held as a draft', {pull: {draft: true}}, 'hold', 'draft'],
    [
      'is held when it is labelled for people itself',
      {reading: {labels: ['Human-Only']}},
      'hold',
      'is labelled human-only',
    ],
    ['waits when not all of its labels could be read', {reading: {labels: null}}, 'wait', 'its labels'],
    ['waits when another commit is its head', {pull: {head: {branch: 'b', sha: OTHER}}}, 'wait', 'did not push'],
    [
      'is held when another commit stays its head',
      {pull: {head: {branch: 'b', sha: OTHER}}, expected: {waitedMs: 31 * MINUTE}},
      'hold',
      'did not push',
    ],
    ['waits when nothing was pushed', {expected: {head: null}}, 'wait'],
    ['waits while GitHub computes whether it merges', {pull: {mergeable: 'unknown'}}, 'wait', 'does not know yet'],
    ['goes back with its conflict', {pull: {mergeable: 'conflict'}}, 'repair', 'conflicts with main'],
    [
      'does not go back with the conflict of another head',
      {pull: {mergeable: 'conflict', head: {branch: 'b', sha: OTHER}}},
      'wait',
    ],
    ['is held while landing is halted', {expected: {halted: 'main was force-pushed'}}, 'hold', 'force-pushed'],
    ['is done even while landing is halted', {pull: {state: 'merged'}, expected: {halted: 'x'}}, 'merged'],
  ],
  'its issue': [
    [
      'stops it when it was closed as not planned',
      issue({state: 'closed', reason: 'not_planned'}),
      'stop',
      'not planned',
    ],
    ['stops it when it was closed as done', issue({state: 'closed', reason: 'completed'}), 'stop', 'as completed'],
    ['stops it when it was closed without a reason', issue({state: 'closed'}), 'stop', 'closed by hand'],
    ['stops it when it was closed as a duplicate', issue({state: 'closed', reason: 'duplicate'}), 'stop', 'duplicate'],
    ['stops it when it is kept for a person', issue({labels: ['human-only']}), 'stop', 'human-only'],
    ['stops it by a label in other letters', issue({labels: ['Human-Only']}), 'stop', 'human-only'],
    ['stops it by the blocked label', issue({labels: ['route:blocked']}), 'stop', 'route:blocked by hand'],
    ['stops it by the blocked label in other letters', issue({labels: ['Route:Blocked']}), 'stop'],
    [
      'lets it wait while a blocked label may be ours',
      {...issue({labels: ['route:blocked']}), expected: {mayBeOurBlock: true}},
      'wait',
      'route:blocked',
    ],
    [
      'lets it wait while its card may be in Blocked by ours',
      {...issue({column: 'Blocked'}), expected: {mayBeOurBlock: true}},
      'wait',
      'Blocked',
    ],
    ['stops it by its card in Blocked', issue({column: 'Blocked'}), 'stop', 'card was moved to Blocked'],
    ['stops it by its card in Backlog', issue({column: 'Backlog'}), 'stop', 'Backlog'],
    ['does not stop it by a card in Done', issue({column: 'Done'}), 'merge'],
    ['stops it when it is gone', {reading: {issue: null}}, 'stop', 'deleted or transferred'],
    ['lets it wait when it could not be read', {reading: {issue: undefined}}, 'wait', 'could not be read'],
    [
      'stops a red one too: its agent is not asked to repair what nobody wants',
      {reading: {...checks(check('test', 'failed')), issue: {state: 'closed', reason: null, labels: [], column: null}}},
      'stop',
    ],
  ],
  'its checks': CHECK_ROWS,
  'its reviews': [
    [
      'hold it when changes are asked for, until another commit is there',
      {reading: {reviews: [review({state: 'changes'})]}},
      'hold',
      'grace asked',
    ],
    [
      'hold it when changes were asked for on an earlier commit',
      {reading: {reviews: [review({state: 'changes', commit: OTHER})]}},
      'hold',
      'review again',
    ],
    [
      'do not hold it by the word of a stranger',
      {reading: {reviews: [review({state: 'changes', association: 'NONE'})]}},
      'merge',
    ],
    [
      'hold it by the word of anybody who was invited to a private repository',
      {reading: {isPrivate: true, reviews: [review({state: 'changes', association: 'NONE'})]}},
      'hold',
    ],
    [
      'do not hold it by the word of a former contributor',
      {reading: {reviews: [review({state: 'changes', association: 'CONTRIBUTOR'})]}},
      'merge',
    ],
    ['hold it while GitHub counts an objection that was not read', {reading: {reviewDecision: 'changes'}}, 'hold'],
    ['hold it without the approvals that main demands', rules({approvals: 1}), 'hold', '0 of 1 approvals'],
    [
      'hold it without the approvals of the configuration',
      {policy: {requireReviews: 2}, reading: {reviews: [review()]}},
      'hold',
      '1 of 2',
    ],
    [
      'do not count the approval of a stranger',
      {policy: {requireReviews: 1}, reading: {reviews: [review({association: 'NONE'})]}},
      'hold',
    ],
    [
      'do not count the approval of a member of the organization who may only read',
      {policy: {requireReviews: 1}, reading: {reviews: [review({mayPush: false})]}},
      'hold',
      '0 of 1',
    ],
    [
      'count the objection of one who may only read',
      {reading: {reviews: [review({state: 'changes', mayPush: false})]}},
      'hold',
      'asked for changes',
    ],
    ['let it merge with the approvals', {policy: {requireReviews: 1}, reading: {reviews: [review()]}}, 'merge'],
    [
      'hold it without a code owner',
      {reading: {reviewDecision: 'required', rules: {...NO_RULES, codeOwners: true}}},
      'hold',
      'code owner',
    ],
    ['let it wait when they could not be read', {reading: {reviews: null}}, 'wait', 'reviews could not be read'],
    [
      'do not reach the agent while it is a draft',
      {pull: {draft: true}, reading: {reviews: [review({state: 'changes'})]}},
      'hold',
    ],
    [
      'hold it with open conversations',
      {reading: {conversations: 2, rules: {...NO_RULES, conversations: true}}},
      'hold',
      '2 conversations',
    ],
    ['do not mind conversations that need not be resolved', {reading: {conversations: 2}}, 'merge'],
    [
      'let it wait when conversations count and could not be read',
      {reading: {conversations: null, rules: {...NO_RULES, conversations: true}}},
      'wait',
    ],
  ],
  'its files': [
    [
      'hold it when it changes workflows',
      touching(changed('.github/workflows/ci.yml')),
      'hold',
      'changes .github/workflows/ci.yml',
    ],
    ['hold it when it adds settings of agents', touching(changed('.claude/settings.json', {kind: 'added'})), 'hold'],
    [
      'hold it when it adds them deeper',
      touching(changed('packages/a/.claude/settings.json', {kind: 'added'})),
      'hold',
    ],
    ['hold it when it writes them in other letters', touching(changed('.Claude/settings.json')), 'hold'],
    ['hold it when it changes what another service checks by', touching(changed('.circleci/config.yml')), 'hold'],
    ['hold it when it says how files are merged', touching(changed('src/.gitattributes', {kind: 'added'})), 'hold'],
    ['hold it when it moves a submodule to another server', touching(changed('.gitmodules')), 'hold'],
    ['hold it when a name has a line break', touching(changed('.github/workflows/a\nb.yml', {kind: 'added'})), 'hold'],
    [
      'hold it when it deletes a test whose name has a line break',
      touching(changed('test/a\u2028b', {kind: 'deleted'})),
      'hold',
    ],
    [
      'hold it when it deletes code owners',
      touching(changed('docs/CODEOWNERS', {kind: 'deleted'})),
      'hold',
      'deletes docs/CODEOWNERS',
    ],
    [
      'hold it when it moves a protected file away',
      touching(changed('x.toml', {from: 'clambake.toml'})),
      'hold',
      'clambake.toml',
    ],
    [
      'hold it when it deletes a test',
      touching(changed('src/a.test.ts', {kind: 'deleted', left: 0})),
      'hold',
      'deletes the test',
    ],
    [
      'hold it when it empties a test',
      touching(changed('test/a.ts', {left: 0, removed: 3})),
      'hold',
      'empties the test',
    ],
    [
      'hold it when it leaves next to nothing of a test',
      touching(changed('a_test.go', {left: 2, removed: 60})),
      'hold',
    ],
    [
      'hold it when it moves a test out of the tests',
      touching(changed('old/a.ts', {from: 'test/a.ts'})),
      'hold',
      'moves the test',
    ],
    ['let it rename a test', touching(changed('test/b.ts', {from: 'test/a.ts'})), 'merge'],
    ['let it change a test', touching(changed('test/a.ts', {left: 50, removed: 20})), 'merge'],
    ['let it delete what is no test', touching(changed('src/a.ts', {kind: 'deleted', left: 0})), 'merge'],
    [
      'let it merge when a person approved this very commit',
      {reading: {changes: [changed('.github/workflows/ci.yml')], reviews: [review()]}},
      'merge',
    ],
    [
      'hold it when one approved who may only read',
      {reading: {changes: [changed('.github/workflows/ci.yml')], reviews: [review({mayPush: false})]}},
      'hold',
    ],
    [
      'hold it when the approval was of an earlier commit',
      {reading: {changes: [changed('.github/workflows/ci.yml')], reviews: [review({commit: OTHER})]}},
      'hold',
    ],
    [
      'protect lock files where the configuration says so',
      {...touching(changed('package-lock.json')), policy: {protectedPaths: ['package-lock.json']}},
      'hold',
    ],
    [
      'protect a folder with brackets in its name',
      {...touching(changed('app/(pay)/page.tsx')), policy: {protectedPaths: ['app/(pay)/']}},
      'hold',
    ],
    [
      'protect each folder of a choice in braces',
      {...touching(changed('src/pay/x.ts')), policy: {protectedPaths: ['src/{auth,pay}/']}},
      'hold',
    ],
    [
      'take braces for plain characters, as git does',
      {...touching(changed('app/{a,b}/x.ts')), policy: {protectedPaths: ['{a,b}/']}},
      'hold',
    ],
    [
      'let tests go where the configuration says so',
      {...touching(changed('src/a.test.ts', {kind: 'deleted', left: 0})), policy: {protectTests: false}},
      'merge',
    ],
    ['let it wait when they could not be read', {reading: {changes: null}}, 'wait', 'changed files'],
  ],
  main: [
    ['is merged into it when it moved', {reading: {base: base({contained: false})}}, 'update', 'main moved'],
    ['is merged into it when GitHub says that it is behind', {reading: {mergeState: 'behind'}}, 'update'],
    [
      'is not merged into it before its checks have passed',
      {reading: {...checks(check('test', 'pending')), base: base({contained: false})}},
      'wait',
    ],
    [
      'is not merged into it before it is approved',
      {reading: {base: base({contained: false})}, policy: {requireReviews: 1}},
      'hold',
    ],
    ['lets it wait when its tip could not be read', {reading: {base: null}}, 'wait'],
    ['lets it go into a merge queue', rules({mergeQueue: true}), 'merge'],
    [
      'lets the merge queue test it with a main that moved',
      {reading: {...rules({mergeQueue: true}).reading, base: base({contained: false})}},
      'merge',
    ],
    [
      'lets it wait in the merge queue',
      {reading: {...rules({mergeQueue: true}).reading, queue: {in: true, place: 2}}},
      'wait',
      'place 2',
    ],
    [
      'shows what is in the merge queue for longer than ci_timeout',
      {reading: {...rules({mergeQueue: true}).reading, queue: {in: true, place: 2}}, expected: {waitedMs: 31 * MINUTE}},
      'hold',
      'merge queue',
    ],
    [
      'holds what the merge queue gave up',
      {reading: {...rules({mergeQueue: true}).reading, queue: {in: false, reason: 'failed_checks'}}},
      'hold',
      'took it out of the merge queue (failed checks)',
    ],
    [
      'lets it go into the merge queue again when a person wants that',
      {
        reading: {...rules({mergeQueue: true}).reading, queue: {in: false, reason: 'failed_checks'}},
        expected: {requeue: true},
      },
      'merge',
    ],
  ],
}

describe.each(Object.entries(TABLE))('%s', (_, rows) => {
  it.each(rows)('%s', (_sentence, change, verdict, reason) => {
    const answer = judgeMerge(gateInput(change))
    expect(answer).toMatchObject({verdict})
    if (reason !== undefined) expect(answer.reason).toContain(reason)
  })
})

it('the table has at least sixty rows', () => {
  expect(Object.values(TABLE).flat().length).toBeGreaterThanOrEqual(60)
})

/** What a row changes, such as `reading.checks`. */
function fieldsOf(change: Change): string[] {
  return Object.entries(change).flatMap(([part, fields]) => Object.keys(fields).map(field => `${part}.${field}`))
}

describe('whatever is read', () => {
  const unknown = fc.record({
    checks: fc.constantFrom(null, greenReading().checks),
    reviews: fc.constantFrom(null, []),
    issue: fc.constantFrom(undefined, greenReading().issue),
    base: fc.constantFrom(null, greenReading().base),
    changes: fc.constantFrom(null, greenReading().changes),
  })

  it('what is not known is never a yes', () => {
    fc.assert(
      fc.property(unknown, reading => {
        const isKnown = Object.values(reading).every(value => value !== null && value !== undefined)
        expect(judgeMerge(gateInput({reading})).verdict === 'merge').toBe(isKnown)
      }),
    )
  })

  it('what forbids a merge alone forbids it beside all but a consent, or a merge queue, which tests with main itself', () => {
    const rows = Object.values(TABLE).flat()
    const forbidding = rows.filter(([, , verdict]) => verdict !== 'merge' && verdict !== 'merged')
    const consents = ({reading}: Change) =>
      reading?.reviews?.some(({state}) => state === 'approved') || reading?.rules?.mergeQueue
    const others = rows.filter(([, change]) => !consents(change))
    fc.assert(
      fc.property(fc.constantFrom(...forbidding), fc.constantFrom(...others), ([, one], [, other]) => {
        // Two changes of the same thing are not beside each other.
        fc.pre(fieldsOf(one).every(field => !fieldsOf(other).includes(field)))
        const both = {
          reading: {...other.reading, ...one.reading},
          pull: {...other.pull, ...one.pull},
          expected: {...other.expected, ...one.expected},
          policy: {...other.policy, ...one.policy},
        }
        expect(judgeMerge(gateInput(both)).verdict).not.toBe('merge')
      }),
      {numRuns: 2000},
    )
  })

  // The look right before the merge does not know how long it has waited: else both would take turns without an end.
  it('what merges after a wait merges at once', () => {
    const rows = Object.values(TABLE).flat()
    const patience = fc.record({waitedMs: fc.constantFrom(0, 31_000, POLICY.ciTimeoutMs), mayBeOurBlock: fc.boolean()})
    fc.assert(
      fc.property(fc.constantFrom(...rows), patience, ([, change], waited) => {
        const judge = (expected: typeof waited) =>
          judgeMerge(gateInput({...change, expected: {...change.expected, ...expected}})).verdict
        if (judge(waited) === 'merge') expect(judge({waitedMs: 0, mayBeOurBlock: false})).toBe('merge')
      }),
      {numRuns: 2000},
    )
  })

  it('nothing waits past the time that the configuration gives', () => {
    const forbidding = Object.values(TABLE).flat()
    fc.assert(
      fc.property(fc.constantFrom(...forbidding), ([, change]) => {
        const late = {...change, expected: {...change.expected, waitedMs: POLICY.ciTimeoutMs}}
        expect(judgeMerge(gateInput(late)).verdict).not.toBe('wait')
      }),
    )
  })

  it('the answer names every rule', () => {
    expect(judgeMerge(gateInput({expected: EXPECTED})).lines).toHaveLength(13)
  })
})
