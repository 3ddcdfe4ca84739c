import {describe, expect, it} from 'vitest'
import {DEMO_ISSUES} from '../../fixtures/demo/issues.ts'
import type {FaultKind} from '../../fixtures/github/faults.ts'
import {poll, systemClock} from '../../src/base/clock.ts'
import {quickCi} from './checks.ts'
import {openPlay, type Play} from './stage.ts'
import {PATIENCE, stateWhen} from './steps.ts'

const HOUR_MS = 3_600_000
const ISSUES = DEMO_ISSUES.slice(0, 1)

/** From the issue to main, whatever GitHub's answers are worth meanwhile. */
async function toMain(play: Play): Promise<void> {
  await play.command(['pop', '1'])
  await play.bottled(1)
  await play.command(['land'])
}

/** Once, on main, with nothing left behind and no trouble. */
async function expectLandedOnce(play: Play): Promise<void> {
  const {repository} = play
  const isDone = () => (repository.branches().join() === 'main' && repository.issue(1).state === 'closed') || undefined
  expect(await poll(isDone, PATIENCE)).toBe(true)
  await stateWhen(play, ({tickets, header}) => tickets[0]?.phase === 'merged' && header.troubles.length === 0)
  expect(repository.pulls()).toMatchObject([{merged: true}])
  expect(repository.issue(1)).toMatchObject({
    labels: ['route:priority-high'],
    comments: [{body: expect.stringContaining('landed-')}],
  })
  expect([...repository.refs().keys()].filter(ref => /claims|landing/.test(ref))).toEqual([])
}

// Most of the time each waits, for GitHub to be well again or for a look at it.
describe.concurrent('from the issue to main', () => {
  it.each([-HOUR_MS, HOUR_MS])(
    'a clock that differs by %i ms from that of GitHub changes nothing',
    {
      timeout: 180_000,
    },
    async ahead => {
      const githubClock = {...systemClock, now: () => systemClock.now() + ahead}
      await using play = await openPlay({issues: ISSUES, ci: quickCi, pace: 5, agents: 1, githubClock})
      await toMain(play)
      await expectLandedOnce(play)
    },
  )

  it('old answers lead to no second pull request and no wrong merge, and are over when they are over', {
    timeout: 180_000,
  }, async () => {
    await using play = await openPlay({issues: ISSUES, ci: quickCi, pace: 5, agents: 1})
    await play.command(['pop', '1'])
    await play.bottled(1)
    {
      using old = play.github.fault({kind: 'stale', match: {path: /\/pulls|graphql|check/}, times: 1_000_000})
      await play.command(['land'])
      const {tickets} = await stateWhen(play, state => state.tickets[0]?.pull != null)
      expect(await poll(() => old.hits > 10 || undefined, PATIENCE)).toBe(true)
      expect(play.repository.pulls()).toHaveLength(1)
      expect(tickets[0]?.attention).toBeNull()
    }
    await expectLandedOnce(play)
  })

  it('a storm of lost answers, 502 and 429 costs time, and nothing is done twice', {timeout: 240_000}, async () => {
    await using play = await openPlay({issues: ISSUES, ci: quickCi, pace: 5, agents: 1})
    await play.command(['daemon', 'start'])
    const calm: FaultKind = {kind: 'slow', ms: 0}
    const gusts: FaultKind[] = [
      {kind: 'drop-reply'},
      {kind: 'status', status: 502},
      {kind: 'status', status: 429, retryAfter: 1},
    ]
    const storm = [1, 2, 3].flatMap(() => gusts.flatMap(gust => [gust, calm, calm]))
    const met = storm.map(kind => play.github.fault({...kind, match: {path: /^\/(repos|graphql)/}}))
    await toMain(play)
    await expectLandedOnce(play)
    expect(met.map(({hits}) => hits)).toEqual(storm.map(() => 1))
  })
})
