import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import type {StepInput} from '../../fixtures/agent/script.ts'
import type {DemoIssue} from '../../fixtures/demo/issues.ts'
import type {FaultKind} from '../../fixtures/github/faults.ts'
import {poll} from '../../src/base/clock.ts'
import type {DaemonState} from '../../src/protocol/daemon.ts'
import type {App} from './driver/app.ts'
import {refusal, refusalData} from './refusals.ts'
import {openPlay, type Play} from './stage.ts'

const LONG_MS = 60_000

function issue(title: string, turns: StepInput[]): DemoIssue {
  return {title, body: 'As the title says.', labels: ['route:ready'], turns: [turns]}
}

const DONE: StepInput[] = [
  {do: 'edit', file: 'done.txt', content: 'done\n'},
  {do: 'commit', message: 'Write done.txt'},
]
const FORBIDDEN = 'Resource not accessible by personal access token'

let play: Play
beforeAll(async () => {
  play = await openPlay({
    agents: 2,
    issues: [
      issue('Outlives the remote', [{do: 'sleep', ms: 1500}, ...DONE]),
      issue('Takes long', [{do: 'sleep', ms: 600_000}]),
    ],
  })
})
afterAll(() => play[Symbol.asyncDispose]())

function everything(kind: FaultKind) {
  return play.github.fault({...kind, match: {path: /./}, times: 1_000_000})
}

async function until(holds: (state: DaemonState) => boolean, what: string): Promise<void> {
  await using daemon = await play.daemon()
  const probe = async () => (holds(await daemon.call('state', {})) ? true : undefined)
  if (await poll(probe, {everyMs: 100, timeoutMs: LONG_MS})) return
  throw new Error(`never: ${what}\n${JSON.stringify(await daemon.call('state', {}))}`)
}

describe('a daemon that starts while GitHub is in trouble', () => {
  it.each([
    [401, {}, {code: 'github-bad-token', exitCode: 2, message: 'GitHub does not accept the token'}],
    [403, {message: FORBIDDEN}, {code: 'github-forbidden', exitCode: 1, message: expect.stringContaining(FORBIDDEN)}],
    [404, {}, {code: 'repository-not-found', exitCode: 2, message: expect.stringContaining('acme/shop')}],
    // Without a time, GitHub asks for a minute, and what follows would wait for it.
    [
      429,
      {retryAfter: 1},
      {code: 'github-rate-limited', exitCode: 1, message: expect.stringContaining('rate limit is reached')},
    ],
  ] as const)('says what it was answered: %i', async (status, more, told) => {
    using _trouble = everything({kind: 'status', status, ...more})
    expect(await refusalData(play, ['peek'])).toMatchObject({...told, next: expect.any(String)})
  })

  it('says so of one that is broken, and starts by itself when it is well again', async () => {
    {
      using _trouble = everything({kind: 'status', status: 503})
      expect(await refusal(play, ['peek'])).toMatchObject({
        exitCode: 1,
        message: expect.stringContaining('GitHub answers 503'),
        kept: 'all work and claims',
      })
    }
    // No command asks again: the host keeps restarting the daemon.
    expect(await poll(() => play.pids().daemon ?? undefined, {everyMs: 100, timeoutMs: LONG_MS})).toBeDefined()
    expect((await play.command(['peek'])).stdout).toContain('Outlives the remote')
  })
})

describe('trouble while agents work', () => {
  let app: App
  beforeAll(async () => {
    app = play.open()
    await app.sees('Outlives the remote')
    await app.press('p')
    await app.sees(/a001 #1 .*● thinking/, {timeoutMs: LONG_MS})
  })
  afterAll(async () => {
    await app.press('q')
    expect(await app.gone()).toMatchObject({exitCode: 0})
  })

  it('is shown on the screen and by status, costs no work, and heals by itself: the remote was gone', {
    timeout: 120_000,
  }, async () => {
    await play.github.goAway()
    await using stack = new AsyncDisposableStack()
    stack.defer(() => play.github.comeBack())
    await app.sees(/✗ .*(does not answer|cannot be reached|git could not)/, {timeoutMs: LONG_MS})
    // The agent finishes meanwhile; its commits wait where they are.
    await until(({tickets}) => tickets.some(({number, detail}) => number === 1 && detail === 'pushing'), 'it is pushed')
    const {stdout} = await play.command(['status'])
    expect(stdout).toMatch(/does not answer|cannot be reached/)
    const told = await refusal(play, ['pop', '99'])
    expect(told).toMatchObject({exitCode: 1, message: expect.stringMatching(/does not answer|cannot be reached/)})
    await stack.disposeAsync()
    await until(
      ({tickets}) => tickets.some(({number, detail}) => number === 1 && detail === 'bottled'),
      'it is bottled',
    )
    await until(({header}) => header.troubles.length === 0, 'no trouble is left')
    await app.sees('bottled')
    await app.seesNo(/✗ /)
  })

  it.each([
    [401, {}, /does not accept the token|refused the login/],
    [403, {message: FORBIDDEN}, /Resource not accessible/],
    [429, {retryAfter: 1}, /rate limit is reached|answers 429/],
    [500, {}, /answers 500/],
  ] as const)('is told and heals by itself: %i', {timeout: 180_000}, async (status, more, told) => {
    {
      using _trouble = everything({kind: 'status', status, ...more})
      await until(({header}) => header.troubles.some(text => told.test(text)), `troubles tell of ${status}`)
      expect((await refusal(play, ['pop', '99'])).message).toMatch(told)
    }
    await until(({header}) => !header.troubles.some(text => told.test(text)), 'it is well again')
  })

  it('that is the daemon’s own death is over in a moment, and the agent has missed nothing', {
    timeout: 60_000,
  }, async () => {
    await app.press('p')
    await app.sees(/a00\d #2 .*● thinking/, {timeoutMs: LONG_MS})
    const {daemon} = play.pids()
    process.kill(daemon!, 'SIGKILL')
    expect((await play.command(['claims'])).stdout).toContain('#2')
    expect(play.pids().daemon).not.toBe(daemon)
    await until(({agents}) => agents.some(({ticket}) => ticket === 2), 'it was taken up again')
    await app.sees(/a00\d #2 .*●/)
    await app.press('R')
    await app.sees('acme/shop')
    expect((await play.command(['status'])).exitCode).toBe(0)
  })
})

describe('two at a time', () => {
  it('a pass is named by every command that meets it, and parks at Ctrl-C', {timeout: 180_000}, async () => {
    await using alone = await openPlay({agents: 1, issues: [issue('Takes long', [{do: 'sleep', ms: 600_000}])]})
    const pass = alone.open({args: ['--once'], cols: 100})
    await pass.sees('agent001 starts on #1', {timeoutMs: LONG_MS})
    for (const args of [['--once'], ['peek'], ['daemon', 'start']]) {
      expect(await refusal(alone, args)).toMatchObject({
        exitCode: 1,
        message: expect.stringMatching(
          /^A pass \(clambake --once, pid \d+\) works on this repository since \d\d:\d\d$/,
        ),
        kept: 'it was left alone',
        next: `wait for its end, or park it: kill -INT ${pass.pid}`,
      })
    }
    for (const args of [['status'], ['daemon', 'stop']]) {
      expect((await alone.command(args)).stdout).toContain(
        `a pass (clambake --once, pid ${pass.pid}) runs in its place`,
      )
    }
    await pass.press('ctrl+c')
    await pass.sees(/#1 needs a person: not finished: working; its work is kept/, {timeoutMs: LONG_MS})
    expect(await pass.gone({timeoutMs: LONG_MS})).toMatchObject({exitCode: 1})
    expect(alone.repository.refs().has('refs/clambake/claims/issue-1'), 'the claim stays').toBe(true)
  })
})
