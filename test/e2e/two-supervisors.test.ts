import {readdirSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {DEMO_ISSUES, type DemoIssue} from '../../fixtures/demo/issues.ts'
import {cloneOf} from '../../fixtures/repos/sample.ts'
import {poll} from '../../src/base/clock.ts'
import {disposable} from '../../src/base/dispose.ts'
import type {PassReport} from '../../src/protocol/daemon.ts'
import {quickCi} from './checks.ts'
import {openPlay} from './stage.ts'
import {stateWhen} from './steps.ts'

const PERSON = ['-c', 'user.name=elsewhere', '-c', 'user.email=elsewhere@example.test']
/** Two of them conflict. */
const ISSUES = [1, 2, 3, 5, 6].map(number => DEMO_ISSUES[number - 1]!)
/** How often a command is repeated: each is a program of its own. */
const ASKED = {everyMs: 1000, timeoutMs: 60_000}
const NUMBERS = ISSUES.map((_, index) => index + 1)

it('shares the issues between two clones that work at once', {timeout: 240_000}, async () => {
  await using play = await openPlay({issues: ISSUES, ci: quickCi, agents: 2})
  const {repository, github, env} = play
  const other = join(play.folder, 'other')
  await cloneOf(repository.url, {dir: other, token: github.token, home: env.HOME!})
  const pass = async (cwd?: string) => {
    const {stdout, stderr} = await play.command(['--once', '--json'], {}, cwd)
    expect(stderr).toBe('')
    return JSON.parse(stdout) as PassReport
  }
  const [here, there] = await Promise.all([pass(), pass(other)])
  for (const report of [here, there]) {
    expect(report.merged.length).toBeGreaterThan(0)
    expect(report).toMatchObject({needsHuman: [], lost: []})
  }
  expect([...here.merged, ...there.merged].toSorted((a, b) => a - b)).toEqual(NUMBERS)
  // What one of them has bottled by the time its train leaves lands as one pull request. It is closed when the other lands
  // the ticket that conflicts with one aboard meanwhile, and a single one is left.
  const others = repository.pulls().filter(({merged}) => !merged)
  for (const {state, title} of others)
    expect([state, title]).toEqual(['closed', expect.stringMatching(/^Bundle of 2: /)])
  expect(repository.pulls().length - others.length).toBeLessThanOrEqual(ISSUES.length)
  // A claim that was stolen would have begun a second conversation.
  expect(readdirSync(join(env.HOME!, '.fixture-agent'))).toHaveLength(ISSUES.length)
  expect(repository.branches()).toEqual(['main'])
  expect([...repository.refs().keys()].filter(ref => /claims|landing/.test(ref))).toEqual([])
})

it('waits for its turn, however long another one lands', {timeout: 240_000}, async () => {
  await using play = await openPlay({issues: [DEMO_ISSUES[0]!], ci: quickCi, pace: 5})
  const {repository, github} = play
  const LANDING = 'refs/clambake/landing'
  const record = JSON.stringify({version: 1, owner: 'elsewhere-0123456789ab', nonce: 'a1b2c3d4e5f6'})
  const tree = await repository.git('hash-object', '-t', 'tree', '-w', '/dev/null')
  const theirs = await repository.git(...PERSON, 'commit-tree', '-m', 'landing by elsewhere', '-m', record, tree)
  await repository.git('update-ref', LANDING, theirs)
  await repository.refsChanged()
  const looks = () => github.calls.filter(({path}) => path.endsWith('/check-runs')).length
  const report = play.json('--once')
  // Longer than any number of refusals that GitHub itself is granted.
  expect(await poll(() => (looks() > 8 ? true : undefined), {everyMs: 50, timeoutMs: 90_000})).toBe(true)
  expect(repository.pulls()).toMatchObject([{merged: false}])
  await repository.git('update-ref', '-d', LANDING, theirs)
  await repository.refsChanged()
  expect(await report).toMatchObject({merged: [1], needsHuman: []})
})

it('works without a supervisor that sleeps past its lease, and drops its late work', {
  timeout: 240_000,
}, async () => {
  const COUNTS: DemoIssue = {
    title: 'Count the cups',
    body: 'All of them.',
    labels: ['route:ready'],
    turns: [
      [
        {do: 'edit', file: 'docs/cups.md', content: '# Cups\n\n60\n'},
        {do: 'ask', command: 'count'},
        {do: 'commit', message: 'Write down how many cups there are'},
      ],
    ],
  }
  // Three seconds, renewed every second.
  await using play = await openPlay({issues: [COUNTS], ci: quickCi, agents: 1, leaseMinutes: 0.05})
  const {repository, github, env} = play
  const other = join(play.folder, 'other')
  await cloneOf(repository.url, {dir: other, token: github.token, home: env.HOME!})
  play.alsoIn(other)
  const there = (...args: string[]) => play.command(args, {}, other)
  await play.popped(1)
  await stateWhen(play, ({agents}) => agents[0]?.activity === 'asks')
  const sleeper = play.pids().daemon!
  expect((await play.command(['claims'])).stdout).toMatch(/#1 .* this daemon /)
  const livesThere = async () => (await there('claims')).stdout.includes(' alive ') || undefined
  expect(await poll(livesThere, ASKED)).toBe(true)
  process.kill(sleeper, 'SIGSTOP')
  // A stopped process cannot end.
  using _awake = disposable(() => process.kill(sleeper, 'SIGCONT'))

  const takes = async () => ((await there('pop', '1')).exitCode === 0 ? true : undefined)
  expect((await there('pop', '1')).stderr).toContain('claimed by agent001')
  expect(await poll(takes, ASKED)).toBe(true)
  expect((await there('events')).stdout).toContain('#1 is free again')
  const answers = async () => ((await there('agents', 'answer', 'agent001', 'allow')).exitCode === 0 ? true : undefined)
  expect(await poll(answers, ASKED)).toBe(true)
  const lands = async () => ((await there('land')).stdout.includes('#1') && repository.pulls()[0]?.merged) || undefined
  expect(await poll(lands, ASKED)).toBe(true)
  const main = await repository.git('rev-parse', 'main')

  process.kill(sleeper, 'SIGCONT')
  // Its agent gets its answer now, and commits.
  const late = await stateWhen(play, ({agents}) => agents[0]?.activity === 'asks' || agents[0]?.state === 'available')
  if (late.agents[0]?.asks) await play.command(['agents', 'answer', 'agent001', 'allow'])
  await stateWhen(play, ({tickets}) => !tickets.some(({phase}) => ['claimed', 'working', 'review'].includes(phase)))
  expect(await repository.git('rev-parse', 'main')).toBe(main)
  expect(repository.pulls()).toMatchObject([{merged: true}])
  expect(repository.branches()).toEqual(['main'])
})
