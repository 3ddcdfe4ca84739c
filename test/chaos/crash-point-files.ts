import {ANY_EXIT_CODE, run} from '../../src/base/run.ts'
import {killedIn} from '../e2e/points.ts'
import {NOTHING, type Tally} from './seeds.ts'

const FILES = [
  'test/daemon/crash-points.test.ts',
  'test/daemon/restart.test.ts',
  'test/e2e/crash-points.test.ts',
  'test/chaos/ways-out.test.ts',
]

type Report = {testResults: {assertionResults: {status: string; fullName: string}[]}[]}

/**
 * Runs the tests that kill a daemon at each named effect, in memory and as real processes, and those in which an effect
 * fails for ever; counts their points.
 */
export async function crashPointFiles(): Promise<Tally> {
  const args = ['run', '--config', 'test/vitest.config.ts', '--reporter=json', ...FILES]
  const {stdout} = await run('vitest', {
    args,
    accept: ANY_EXIT_CODE,
    env: {...(process.env as Record<string, string>), CLAMBAKE_CHAOS: 'all'},
  })
  const report = JSON.parse(stdout.slice(stdout.indexOf('{"'))) as Report
  const tests = report.testResults.flatMap(({assertionResults}) => assertionResults)
  const failed = tests.filter(({status}) => status !== 'passed')
  for (const {fullName} of failed)
    console.log(`failed: ${fullName}: npx vitest run --config test/vitest.config.ts ${FILES.join(' ')}`)
  console.log(`crash points: ${tests.length} tests, ${failed.length} failed`)
  return {...NOTHING, stuck: failed.length, points: tests.filter(({status}) => status === 'passed').flatMap(pointsOf)}
}

/** The points at which a test killed a daemon, by its name. */
function pointsOf({fullName}: {fullName: string}): string[] {
  const sides = ['before', 'after'].filter(side => new RegExp(`\\b${side}\\b`).test(fullName))
  const at = (names: readonly string[]) => names.flatMap(name => sides.map(side => `${name}:${side}`))
  if (fullName.includes('each effect')) return at(killedIn('pass'))
  if (fullName.includes('a ticket is blocked')) return at(killedIn('blocked pass'))
  return at(killedIn('memory').filter(name => fullName.includes(`killed at ${name}`)))
}
