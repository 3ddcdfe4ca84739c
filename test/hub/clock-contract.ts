import {expect, it} from 'vitest'
import type {FakeClock} from '../../fixtures/clock/clock.ts'
import type {Coordination} from '../../src/hub/coordination.ts'
import {draft, sender, session} from './samples.ts'

const HOUR = 60 * 60_000

/** What the hub promises where the machine's clock is set. */
export function clockContract(hub: () => Coordination, time: () => FakeClock): void {
  it('takes times in the future for now where the clock was set back, but loses no message', async () => {
    const sessions = hub()
    const clock = time()
    await sessions.join(session('w-1'))
    const blocker = draft('@all', {kind: 'blocker', resource: 'docker', lifeMs: HOUR})
    await sessions.send(sender('w-1'), blocker)
    await sessions.reservations.reserve(sender('w-1'), {patterns: ['src/**'], why: '', lifeMs: HOUR})
    const asked = await sessions.send(
      {name: 'ada@laptop', instance: null, project: null},
      draft('w-1', {kind: 'request'}),
    )
    clock.jump(-24 * HOUR)
    await sessions.seen()
    const held = async () => [...(await sessions.blockers()), ...(await sessions.reservations.list())]
    expect((await held()).map(({at, expiresAt}) => [at, expiresAt - at])).toEqual([
      [clock.now(), HOUR],
      [clock.now(), HOUR],
    ])
    const [open] = await sessions.mail({ids: [asked.id], limit: 1})
    expect(open).toEqual({...asked, dueAt: clock.now() + 30 * 60_000})
    await clock.advance(HOUR)
    expect(await held()).toEqual([])
    await clock.advance(HOUR + 1)
    expect((await sessions.seen()).map(({standing}) => standing)).toEqual(['gone'])
    expect(await sessions.beat('w-1')).toBe(true)
    expect((await sessions.seen()).map(({standing}) => standing)).toEqual(['active'])
    // A clock that is wrong by weeks, as that of a machine that has just started, says nothing.
    clock.jump(-30 * 24 * HOUR)
    await sessions.seen()
    clock.jump(31 * 24 * HOUR - 2 * HOUR - 1)
  })
}
