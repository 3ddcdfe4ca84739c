import {pathMatcher} from '../path-patterns.ts'
import type {GateLine} from './answer.ts'
import type {GateChange, GateInput} from './reading.ts'
import {countedApprovals} from './reviews.ts'

type Line = Omit<GateLine, 'rule'>

/** Files and folders that hold tests, in the languages' own conventions. */
const TESTS: readonly string[] = [
  'test/',
  'tests/',
  '__tests__/',
  'spec/',
  '*.test.*',
  '*.spec.*',
  'test_*.py',
  '*_test.*',
  '*Test.java',
  '*Tests.cs',
]
/** Whether a path is a test, by the conventions of its language. */
export const isTestPath = pathMatcher(TESTS)
/** More paths than this are counted instead of named. */
const NAMED = 3
/** A test file that keeps less than this share of what was removed from it counts as emptied. */
const EMPTIED_SHARE = 0.1
/** Below so many removed lines a share says nothing. */
const EMPTIED_FROM = 10

/**
 * Whether the work leaves protected files alone: settings of agents and of CI, and tests, which must be neither deleted
 * nor emptied. If not, a person has to approve exactly this head, whatever the checks say.
 */
export function protectedPathsRule({reading, expected, policy}: GateInput): Line {
  const {changes, reviews} = reading
  const hasPolicy = policy.protectedPaths.length > 0 || policy.protectTests
  if (!hasPolicy) return {says: 'yes', text: 'no path is protected'}
  if (changes === null) return {says: 'wait', text: 'its changed files could not be read'}
  const found = protectedChanges(changes, policy)
  if (found.length === 0) return {says: 'yes', text: 'changes no protected path'}
  const approved = countedApprovals(reviews ?? []).filter(({commit}) => commit === expected.head)
  if (approved.length > 0) {
    return {says: 'yes', text: `${approved.map(({by}) => by).join(', ')} approved ${list(found)}`}
  }
  const {number} = reading.pull
  return {says: 'approval', text: `${list(found)}: approve #${number} on GitHub, or merge it there yourself`}
}

/** One phrase for each change that needs a person, such as `changes .github/workflows/ci.yml`. */
export function protectedChanges(
  changes: readonly GateChange[],
  {protectedPaths, protectTests}: {protectedPaths: readonly string[]; protectTests: boolean},
): string[] {
  const isProtected = pathMatcher(protectedPaths)
  return changes.flatMap(change => {
    const {path, from, kind} = change
    const hit = [from, path].find(name => name !== null && isProtected(name))
    if (hit != null) return [`${kind === 'deleted' ? 'deletes' : 'changes'} ${hit}`]
    if (!protectTests) return []
    if (kind === 'deleted' && isTestPath(path)) return [`deletes the test ${path}`]
    if (from !== null && isTestPath(from) && !isTestPath(path)) return [`moves the test ${from} away`]
    if (kind === 'modified' && isTestPath(path) && isEmptied(change)) return [`empties the test ${path}`]
    return []
  })
}

function isEmptied({left, removed}: GateChange): boolean {
  return left === 0 || (removed >= EMPTIED_FROM && left < removed * EMPTIED_SHARE)
}

function list(phrases: readonly string[]): string {
  const named = phrases.slice(0, NAMED).join(', ')
  return phrases.length > NAMED ? `${named} and ${phrases.length - NAMED} more` : named
}
