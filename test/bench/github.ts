import type {DemoIssue} from '../../fixtures/demo/issues.ts'
import type {PassReport} from '../../src/protocol/daemon.ts'
import {openPlay} from '../e2e/stage.ts'
import {type BenchResult, judge, valueAtMost} from './result.ts'
import type {Say} from './say.ts'

const MANY = 1100
const FEW = 10
const CALLS_LIMIT = 50
const SECONDS_LIMIT = 2

/** What one look at a repository with over a thousand open issues costs, beside one with a few. */
export async function benchGithub(say: Say): Promise<BenchResult[]> {
  say(`github: a look at ${MANY} issues`)
  const few = await look(FEW)
  const many = await look(MANY)
  const beside = (what: string, unit: string, limit: number, of: (report: PassReport) => number) =>
    judge(
      {name: `github: ${what} of a look, ${MANY} issues beside ${FEW}`, value: of(many), unit, reference: of(few)},
      valueAtMost(limit),
    )
  return [
    beside('API calls', 'calls', CALLS_LIMIT, report => report.apiCalls),
    beside('time', 's', SECONDS_LIMIT, report => report.durationMs / 1000),
  ]
}

async function look(count: number): Promise<PassReport> {
  const issues = Array.from(
    {length: count},
    (_, index): DemoIssue => ({
      title: `Issue ${index + 1}`,
      body: 'Somebody has to look at this.',
      labels: ['route:ready'],
      turns: [],
    }),
  )
  await using play = await openPlay({issues})
  return (await play.json('--once', '--no-agents')) as PassReport
}
