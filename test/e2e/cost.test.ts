import {expect, it} from 'vitest'
import type {DemoIssue} from '../../fixtures/demo/issues.ts'
import {poll} from '../../src/base/clock.ts'
import {isAlive} from '../../src/base/run.ts'
import type {DaemonState} from '../../src/protocol/daemon.ts'
import {quickCi} from './checks.ts'
import {openPlay} from './stage.ts'
import {PATIENCE, stateWhen, type} from './steps.ts'

const READY = ['route:ready']
/** Spends, then asks; once it may, it works and is done. */
const ASKS: DemoIssue = {
  title: 'Count the spoons',
  body: 'All of them.',
  labels: READY,
  turns: [
    [
      {do: 'spend', usd: 1.25, input: 40_000, output: 500},
      {do: 'ask', command: 'count --again'},
      {do: 'edit', file: 'docs/spoons.md', content: '# Spoons\n\n60\n'},
      {do: 'commit', message: 'Write down how many spoons there are'},
    ],
  ],
}
/** Writes a file that it does not commit, spends more than it may, and would think for ever. */
const WASTES: DemoIssue = {
  title: 'Polish the spoons',
  body: 'Until they shine.',
  labels: READY,
  turns: [[{do: 'edit', file: 'docs/shine.md', content: '# Shine\n'}, {do: 'spend', usd: 2.5}, {do: 'hang'}]],
}

const costOf = ({agents}: DaemonState, ticket: number) => agents.find(row => row.ticket === ticket)?.ticketCost

it('shows what agents cost, also after the daemon was killed, and stops one whose budget is used up', {
  timeout: 240_000,
}, async () => {
  await using play = await openPlay({issues: [ASKS, WASTES], ci: quickCi, budget: 2})
  const app = play.open()
  await app.sees('Count the spoons')
  await app.press('p')
  await app.sees('Do you want to proceed?', {timeoutMs: 20_000})
  // Asking costs a cent too.
  await app.sees(/a001 #1 [^\n]*\$1\.26/)
  await app.sees(/^ ?clambake[^\n]*\$1\.26/)
  const before = (await play.json('status')) as {state: DaemonState}
  expect(costOf(before.state, 1)).toBeCloseTo(1.26)
  expect(before.state.header.costToday).toBeCloseTo(1.26)
  expect((await play.command(['status'])).stdout).toMatch(/COST[\s\S]*\$1\.26/)
  expect((await play.command(['context', 'a1'])).stdout).toMatch(/scripted-model[\s\S]*1 % {2}1,200 of 200,000 tokens/)

  const {daemon} = play.pids()
  process.kill(daemon!, 'SIGKILL')
  expect(await poll(() => (isAlive(daemon!) ? undefined : true), PATIENCE)).toBe(true)
  const after = await stateWhen(play, ({header}) => header.main !== null)
  expect(costOf(after, 1)).toBeCloseTo(1.26)
  expect(after.header.costToday).toBeCloseTo(1.26)

  await type(play, 1, 'y')
  await stateWhen(play, ({header}) => header.aboard === 1)
  await play.landed(1)
  expect(play.repository.pulls()).toMatchObject([{body: expect.stringContaining('It used $1.28, ')}])

  // What it wrote is kept.
  await play.popped(2)
  const spent = ({tickets, agents}: DaemonState) =>
    tickets.find(({number}) => number === 2)?.phase === 'blocked' && agents.every(({state}) => state === 'available')
  const {tickets} = await stateWhen(play, spent)
  const reason = /^its budget of \$2\.00 is used up \(\$2\.5\d\)$/
  expect(tickets.find(({number}) => number === 2)?.attention).toMatch(reason)
  const rescued = () => [...play.repository.refs().keys()].find(ref => ref.startsWith('refs/clambake/rescue/'))
  expect(await poll(() => rescued(), PATIENCE)).toBeDefined()
  const {stdout, exitCode} = await play.command(['status'])
  expect(stdout).toMatch(/#2 its budget of \$2\.00 is used up \(\$2\.5\d\): clambake pop 2/)
  expect(exitCode).toBe(1)
})
