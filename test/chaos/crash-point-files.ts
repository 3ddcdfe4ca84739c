import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {ANY_EXIT_CODE, run} from '../../src/base/run.ts'
import {KILLED_REQUESTS} from '../../src/daemon/api/index.ts'
import {killedIn} from '../e2e/points.ts'
import {NOTHING, type Tally} from './seeds.ts'

const FILES = [
  'test/daemon/crash-points.test.ts',
  'test/daemon/killed-requests.test.ts',
  'test/daemon/restart.test.ts',
  'test/e2e/crash-points.test.ts',
  'test/chaos/ways-out.test.ts',
  'test/chaos/repositories.test.ts',
]

/** The machine may be busy with other runs for hours. */
const TIMEOUT_MS = '3600000'

type Report = {
  testResults: {message: string; assertionResults: {status: string; fullName: string; failureMessages: string[]}[]}[]
}

/**
 * Runs the tests that kill a daemon at each named effect, in memory and as real processes, and those in which an effect
 * fails for ever, and takes tickets through the corpus of repositories; counts the points.
 */
export async function crashPointFiles(): Promise<Tally> {
  using folder = temporaryFolder('report-')
  const file = join(folder.path, 'report.json')
  const args = [
    ...['run', '--config', 'test/vitest.config.ts', '--testTimeout', TIMEOUT_MS],
    ...['--reporter=json', `--outputFile=${file}`, ...FILES],
  ]
  const {stdout, stderr} = await run('vitest', {
    args,
    accept: ANY_EXIT_CODE,
    env: {...(process.env as Record<string, string>), CLAMBAKE_CHAOS: 'all'},
  })
  if (!existsSync(file)) throw new Error(`vitest wrote no report: ${`${stdout}\n${stderr}`.trim().slice(-4000)}`)
  const report = JSON.parse(readFileSync(file, 'utf8')) as Report
  const tests = report.testResults.flatMap(({assertionResults}) => assertionResults)
  const failed = tests.filter(({status}) => status !== 'passed')
  // A file that cannot be loaded has no tests.
  for (const {message} of report.testResults) if (message !== '') console.log(message)
  for (const {fullName, failureMessages} of failed) {
    console.log(`failed: ${fullName}: npx vitest run --config test/vitest.config.ts ${FILES.join(' ')}`)
    console.log(failureMessages.join('\n').slice(0, 2000))
  }
  console.log(`crash points: ${tests.length} tests, ${failed.length} failed`)
  return {...NOTHING, stuck: failed.length, points: tests.filter(({status}) => status === 'passed').flatMap(pointsOf)}
}

/** The points at which a test killed a daemon, by its name. */
function pointsOf({fullName}: {fullName: string}): string[] {
  const sides = ['before', 'after'].filter(side => new RegExp(`\\b${side}\\b`).test(fullName))
  const at = (names: readonly string[]) => names.flatMap(name => sides.map(side => `${name}:${side}`))
  if (fullName.includes('each effect')) return at(killedIn('pass'))
  if (fullName.includes('a ticket is blocked')) return at(killedIn('blocked pass'))
  if (fullName.includes('asked to')) return at(KILLED_REQUESTS.filter(name => fullName.includes(`asked to ${name} `)))
  return at(killedIn('memory').filter(name => fullName.includes(`killed at ${name}`)))
}
