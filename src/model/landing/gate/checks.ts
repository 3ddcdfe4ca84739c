import {count} from '../../../base/words.ts'
import type {CheckFailure} from '../../data/pull.ts'
import type {GateLine} from './answer.ts'
import type {GateCheck, GateInput, GateReading, GateSuite} from './reading.ts'

type Line = Omit<GateLine, 'rule'>

/** GitHub's own app: a suite of its is not completed before every job of its workflow is. */
const ACTIONS = 'github-actions'
/** A service outside of GitHub may check pull requests alone, and needs a moment to report that it began. */
const FIRST_CHECK_MS = 30_000

/**
 * Whether everything that checks the head has passed: all runs and statuses, all suites that were promised, and every
 * check that the base demands. That nothing was reported yet says nothing, unless the configuration takes it for a yes.
 */
export function checksRule({reading, expected, policy}: GateInput): Line {
  const {checks, rules, baseChecks} = reading
  if (checks === null || checks.sha !== expected.head)
    return {says: 'wait', text: 'the checks of its head are not known'}
  const failed = checks.checks.filter(({state}) => state === 'failed')
  if (failed.length > 0) return redLine(failed, {reading, expected})
  const stopped = checks.checks.filter(({state}) => state === 'stopped')
  if (stopped.length > 0) {
    const why = stopped.map(({name, summary}) => `${name} (${summary.split('\n')[0]})`).join(', ')
    return {says: 'approval', text: `checks ended without a verdict: ${why}; run them again on GitHub`}
  }
  const pending = checks.checks.filter(({state}) => state === 'pending')
  if (pending.length > 0) return {says: 'wait', text: `checks run: ${names(pending)}`}
  const unfinished = checks.suites.filter(suite => isUnfinished(suite, baseChecks))
  if (unfinished.length > 0)
    return {says: 'wait', text: `${unfinished.map(({app}) => app).join(', ')} has not finished`}
  const missing = (rules?.requiredChecks ?? []).filter(name => !checks.checks.some(check => check.name === name))
  if (missing.length > 0) return {says: 'wait', text: `required checks have not reported: ${missing.join(', ')}`}
  const quiet = checks.checks.filter(({isQuiet}) => isQuiet === true)
  if (quiet.length < checks.checks.length) return {says: 'yes', text: passedText(checks.checks.length)}
  if (quiet.length > 0) return onlyQuiet(quiet, policy)
  return noChecks(reading, {policy, waitedMs: expected.waitedMs})
}

/**
 * Blames the work for what fails, but for what fails on main as well. Once main has moved on, the old failure says nothing
 * any more: the branch gets main, and its checks run again.
 */
function redLine(failed: readonly GateCheck[], {reading, expected}: Pick<GateInput, 'reading' | 'expected'>): Line {
  const onMain = reading.baseChecks?.failing ?? []
  const own = failed.filter(({name}) => !onMain.includes(name))
  if (own.length === 0) return {says: 'wait', text: `main is red too: ${names(failed)}`, mainIsRed: true}
  if (expected.mainWasRed && reading.base?.contained === false) {
    return {says: 'update', text: `main was red too, and has moved: ${names(failed)} will run again`}
  }
  return {
    says: 'agent',
    text: `checks failed: ${names(own)}`,
    repair: {kind: 'checks', failures: own.map(failure)},
  }
}

/** An app that left a suite without a run on the base's tip too never begins one; all others have to complete theirs. */
function isUnfinished({app, completed, runs}: GateSuite, base: GateReading['baseChecks']): boolean {
  if (completed) return false
  return app === ACTIONS || runs > 0 || !base?.idleApps.includes(app)
}

/** What every check left out was checked by none. */
function onlyQuiet(quiet: readonly GateCheck[], {allowNoChecks, requireCi}: GateInput['policy']): Line {
  const were = `only skipped or neutral checks: ${names(quiet)}`
  if (allowNoChecks && !requireCi) return {says: 'yes', text: `${were}, which integration.allow_no_checks permits`}
  return {says: 'approval', text: `${were}; run one that tests it, or merge it on GitHub yourself`}
}

function noChecks(
  {base, baseChecks, rules}: GateReading,
  {policy: {allowNoChecks, requireCi}, waitedMs}: Pick<GateInput, 'policy'> & {waitedMs: number},
): Line {
  if (base === null || baseChecks === null || rules === null) {
    return {says: 'wait', text: 'no check has reported, and whether there are any is not known'}
  }
  if (base.hasWorkflows || baseChecks.shown || rules.requiredChecks.length > 0)
    return {says: 'wait', text: 'no check has reported yet'}
  if (allowNoChecks && !requireCi)
    return {says: 'yes', text: 'has no checks, which integration.allow_no_checks permits'}
  const without = requireCi
    ? 'this landing requires one (--require-ci)'
    : 'set integration.allow_no_checks = true in clambake.toml to merge without'
  return {
    says: waitedMs < FIRST_CHECK_MS ? 'wait' : 'approval',
    text: `no check has reported and nothing shows that one will; ${without}`,
  }
}

function passedText(checks: number): string {
  return `${count(checks, 'check')} passed`
}

function names(checks: readonly GateCheck[]): string {
  return checks.map(({name}) => name).join(', ')
}

function failure({name, summary, url}: GateCheck): CheckFailure {
  return {name, summary, url}
}
