import type {GateVerdict} from '../../../src/model/landing/gate/answer.ts'
import {base, type Change, check, checks, MINUTE, noChecks, OTHER, rules, suites} from './readings.ts'

/** What the gate answers to a change of a pull request against which nothing speaks. */
export type Row = [sentence: string, change: Change, verdict: GateVerdict, reason?: string]

const quiet = (name: string) => ({...check(name), isQuiet: true})
const red = checks(check('test', 'failed'))
const redToo = (...failing: string[]) => ({baseChecks: {shown: true, idleApps: [], failing}})

export const CHECK_ROWS: readonly Row[] = [
  ['wait while one runs', {reading: checks(check('lint'), check('test', 'pending'))}, 'wait', 'checks run: test'],
  ['go back when one failed', {reading: checks(check('lint'), check('test', 'failed'))}, 'repair', 'test'],
  ['go back as soon as one failed', {reading: checks(check('slow', 'pending'), check('test', 'failed'))}, 'repair'],
  [
    'wait when main is red too, and blame nobody',
    {reading: {...red, ...redToo('test')}},
    'wait',
    'main is red too: test',
  ],
  [
    'are shown to a person when main stays red for long',
    {reading: {...red, ...redToo('test')}, expected: {waitedMs: 30 * MINUTE}},
    'hold',
    'main is red too: test; waited 30 minutes',
  ],
  [
    'go back for what is red beside main’s own',
    {reading: {...checks(check('lint', 'failed'), check('test', 'failed')), ...redToo('lint')}},
    'repair',
    'checks failed: test',
  ],
  [
    'run again once main, which was red too, has moved',
    {
      reading: {...checks(check('test', 'failed')), base: base({contained: false})},
      expected: {mainWasRed: true},
    },
    'update',
    'main was red too',
  ],
  ['go back when main was red and has not moved', {reading: red, expected: {mainWasRed: true}}, 'repair', 'test'],
  ['go back when main has moved and was not red', {reading: {...red, base: base({contained: false})}}, 'repair'],
  ['are held when one was cancelled', {reading: checks(check('test', 'stopped', 'cancelled'))}, 'hold', 'cancelled'],
  ['wait when none has reported and main has some', {reading: noChecks}, 'wait', 'no check has reported yet'],
  [
    'are held when none has reported for long',
    {reading: noChecks, expected: {waitedMs: 30 * MINUTE}},
    'hold',
    'no check has reported yet; waited 30 minutes',
  ],
  [
    'wait when none has reported even if none is needed, as main has some',
    {reading: noChecks, policy: {allowNoChecks: true}},
    'wait',
  ],
  [
    'wait when none is known, as the first may be late, and say what allows to have none',
    {reading: {...noChecks, baseChecks: {shown: false, idleApps: [], failing: []}}},
    'wait',
    'integration.allow_no_checks = true in clambake.toml',
  ],
  [
    'are held when none is known after half a minute, with the key that allows it',
    {reading: {...noChecks, baseChecks: {shown: false, idleApps: [], failing: []}}, expected: {waitedMs: MINUTE / 2}},
    'hold',
    'no check has reported and nothing shows that one will; set integration.allow_no_checks = true in clambake.toml to merge without',
  ],
  [
    'are held when a person requires one and there is none, whatever the configuration allows',
    {
      reading: {...noChecks, baseChecks: {shown: false, idleApps: [], failing: []}},
      policy: {allowNoChecks: true, requireCi: true},
      expected: {waitedMs: MINUTE},
    },
    'hold',
    'no check has reported and nothing shows that one will; this landing requires one (--require-ci)',
  ],
  [
    'may be none where none is known and the configuration allows it',
    {reading: {...noChecks, baseChecks: {shown: false, idleApps: [], failing: []}}, policy: {allowNoChecks: true}},
    'merge',
  ],
  [
    'wait when none has reported and workflows are there',
    {
      reading: {
        ...noChecks,
        baseChecks: {shown: false, idleApps: [], failing: []},
        base: base({hasWorkflows: true}),
      },
      policy: {allowNoChecks: true},
    },
    'wait',
  ],
  [
    'wait when none has reported and main could not be asked',
    {reading: {...noChecks, baseChecks: null}, policy: {allowNoChecks: true}},
    'wait',
  ],
  ['wait when they could not be read', {reading: {checks: null}}, 'wait', 'not known'],
  ['wait when they are of another commit', {reading: {checks: {sha: OTHER, checks: [], suites: []}}}, 'wait'],
  [
    'wait between two jobs of a workflow',
    {reading: suites({app: 'github-actions', completed: false, runs: 1})},
    'wait',
    'github-actions has not finished',
  ],
  [
    'wait for a workflow without a run yet',
    {reading: suites({app: 'github-actions', completed: false, runs: 0})},
    'wait',
  ],
  [
    'wait for the suite of another app',
    {reading: suites({app: 'buildkite', completed: false, runs: 0})},
    'wait',
    'buildkite',
  ],
  [
    'do not wait for an app that never begins',
    {
      reading: {
        ...suites({app: 'codecov', completed: false, runs: 0}),
        baseChecks: {shown: true, idleApps: ['codecov'], failing: []},
      },
    },
    'merge',
  ],
  [
    'wait for an idle app that has begun this time',
    {
      reading: {
        ...suites({app: 'codecov', completed: false, runs: 1}),
        baseChecks: {shown: true, idleApps: ['codecov'], failing: []},
      },
    },
    'wait',
  ],
  [
    'wait for GitHub Actions even if main has an idle suite of it',
    {
      reading: {
        ...suites({app: 'github-actions', completed: false, runs: 0}),
        baseChecks: {shown: true, idleApps: ['github-actions'], failing: []},
      },
    },
    'wait',
  ],
  [
    'are held when all were skipped or neutral, as nothing checked the work',
    {reading: checks(quiet('test'), quiet('lint'))},
    'hold',
    'only skipped or neutral checks: test, lint',
  ],
  [
    'may all be skipped where the configuration lets what nothing checks land',
    {reading: checks(quiet('test')), policy: {allowNoChecks: true}},
    'merge',
  ],
  [
    'may not all be skipped where a person requires one',
    {reading: checks(quiet('test')), policy: {allowNoChecks: true, requireCi: true}},
    'hold',
  ],
  ['pass when one was skipped and another tested it', {reading: checks(quiet('docs'), check('test'))}, 'merge'],
  ['wait for a required one', rules({requiredChecks: ['test', 'ci/jenkins']}), 'wait', 'not reported: ci/jenkins'],
  [
    'are held when a required one never reports',
    {...rules({requiredChecks: ['ci/jenkins']}), expected: {waitedMs: 31 * MINUTE}},
    'hold',
    'ci/jenkins',
  ],
  ['pass when the required ones passed', rules({requiredChecks: ['test']}), 'merge'],
]
