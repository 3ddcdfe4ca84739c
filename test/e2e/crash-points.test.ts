import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {DEMO_ISSUES, type DemoIssue} from '../../fixtures/demo/issues.ts'
import {run} from '../../src/base/run.ts'
import type {DaemonState, PassReport} from '../../src/protocol/daemon.ts'
import {quickCi} from './checks.ts'
import {type KilledIn, killedIn} from './points.ts'
import {openPlay, type Play} from './stage.ts'
import {stateWhen} from './steps.ts'

const LOGIN = DEMO_ISSUES[0]!
/** Its checks are red at first. */
const CENTS = DEMO_ISSUES[3]!
/** Its agent does nothing, so that a person is asked. */
const NOTHING: DemoIssue = {
  title: 'Ponder the shop',
  body: 'Nothing will come of it.',
  labels: ['route:ready'],
  turns: [[{do: 'say', text: 'I see nothing to change.'}]],
}

const ALL = process.env.CLAMBAKE_CHAOS === 'all'
/** A whole chaos run shares a busy machine; what never ends is noticed by what it waits for. */
const TIMEOUT = ALL ? 3_600_000 : 240_000
type Side = 'before' | 'after'
/** A run of all kills on both sides of each effect; a short one at those that change the remote, on the sides in turn. */
const RUNS: {when: string; sides: Side[]}[] = ALL
  ? [
      {when: 'before', sides: ['before']},
      {when: 'after', sides: ['after']},
    ]
  : [{when: 'before or after', sides: ['before', 'after']}]
const SHORT: KilledIn<'pass'>[] = ['claimTicket', 'bottleTicket', 'openPull', 'mergePull', 'finishTicket']
const crash = (point: string, side: Side) => ({CLAMBAKE_CRASH: `${point}:${side}`})

async function pass(play: Play): Promise<PassReport> {
  const {stdout, stderr} = await play.command(['--once', '--json'])
  expect(stderr).toBe('')
  return JSON.parse(stdout) as PassReport
}

/** What must hold after any kills and one run that was left alone. */
async function expectLanded(play: Play, issues: readonly DemoIssue[]): Promise<void> {
  const {repository, checkout, env} = play
  const git = async (...args: string[]) => (await run('git', {args, cwd: checkout, env})).stdout.split('\n')
  expect(repository.issues().map(({state}) => state)).toEqual(issues.map(() => 'closed'))
  // One pull request a ticket, and merged.
  const pulls = repository.pulls().map(({merged, body}) => ({merged, closes: /^Closes #(\d+)/.exec(body)?.[1]}))
  expect(pulls.toSorted((a, b) => Number(a.closes) - Number(b.closes))).toEqual(
    issues.map((_, index) => ({merged: true, closes: String(index + 1)})),
  )
  // Every commit of the agents is on main, once.
  const wanted = issues.flatMap(({turns}) => turns.flat().flatMap(step => (step.do === 'commit' ? step.message : [])))
  const byAgents = (await repository.log()).filter(({author}) => author.name.startsWith('agent'))
  expect(byAgents.map(({message}) => message.trim()).toSorted()).toEqual(wanted.toSorted())
  // One claim and one conversation a ticket: a claim's session has its id.
  expect(readdirSync(join(env.HOME ?? '', '.fixture-agent'))).toHaveLength(issues.length)
  expect(repository.branches()).toEqual(['main'])
  expect([...repository.refs().keys()].filter(ref => /claims|landing/.test(ref))).toEqual([])
  expect(await git('branch', '--format=%(refname:short)')).toEqual(['main'])
  expect(await git('worktree', 'list', '--porcelain')).toContain(`worktree ${checkout}`)
  expect((await git('worktree', 'list', '--porcelain')).filter(line => line.startsWith('worktree '))).toHaveLength(1)
}

/** How often the daemon has begun to serve. */
function lives({folder}: Play): number {
  const repositories = join(folder, 'state/repositories')
  const log = readFileSync(join(repositories, readdirSync(repositories)[0]!, 'daemon.jsonl'), 'utf8')
  return log.split('\n').filter(line => line.includes('"daemon started"')).length
}

/** Passes that are killed one after the other, each at a later point, on these sides in turn, and a last one that lives. */
async function killAt(play: Play, points: readonly string[], sides: readonly Side[]): Promise<PassReport> {
  for (const [at, point] of points.entries()) {
    const side = sides[at % sides.length]!
    const signal = await play.dies(['--once', '--json'], crash(point, side))
    expect(signal, `${side} ${point}`).toBe('SIGKILL')
  }
  return pass(play)
}

describe.concurrent('passes that are killed', () => {
  it.for(RUNS)('$when each effect: the last one lands everything, once', {timeout: TIMEOUT}, async ({sides}) => {
    const issues = [CENTS, LOGIN]
    const commands = {setup: ['true'], verify: ['true']}
    // The effects of single pull requests; those of bundles have their crash points in the world in memory.
    const bundling = {max_bundle_size: 1}
    await using play = await openPlay({issues, ci: quickCi, pace: 5, agents: 2, commands, bundling})
    const report = await killAt(play, ALL ? killedIn('pass') : SHORT, sides)
    expect(report).toMatchObject({needsHuman: [], lost: []})
    await expectLanded(play, issues)
    expect(await play.processes()).toEqual([])
  })

  it.for(RUNS)('$when a ticket is blocked: a person is asked, once', {timeout: TIMEOUT}, async ({sides}) => {
    await using play = await openPlay({issues: [NOTHING], pace: 5})
    const points = killedIn('blocked pass').flatMap(point => sides.map(() => point))
    const report = await killAt(play, points, sides)
    expect(report).toMatchObject({merged: [], lost: []})
    const reason = expect.stringMatching(/^the agent made no commit after 2 reminders/)
    expect(report.needsHuman).toEqual([{number: 1, reason}])
    const {labels, comments} = play.repository.issue(1)
    expect(labels).toEqual(['route:blocked'])
    expect(comments).toHaveLength(1)
    expect(play.repository.pulls()).toEqual([])
    expect(await play.processes()).toEqual([])
  })

  it.for(['claimTicket', 'startAgent', 'bottleTicket'])(
    'after %s, in the daemon: it continues by itself when it is restarted',
    {timeout: TIMEOUT},
    async point => {
      await using play = await openPlay({issues: [LOGIN], ci: quickCi, pace: 5})
      await play.command(['pop'], crash(point, 'after'))
      const bottled = ({tickets}: DaemonState) => tickets[0]?.detail === 'bottled'
      await stateWhen(play, state => bottled(state) && state.agents[0]?.state === 'available')
      expect(lives(play)).toBe(2)
      // No agent that did the work is left.
      expect((await play.processes()).filter(line => line.includes('demo-agent'))).toEqual([])
      await play.landed(1)
      await play.command(['daemon', 'stop'])
      await expectLanded(play, [LOGIN])
    },
  )
})
