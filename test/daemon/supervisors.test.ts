import {afterEach, expect, it} from 'vitest'
import {observeSupervisor, silenceOf, supervisorId} from '../../src/model/hub/supervisor.ts'
import {claimOf} from '../git/claim-of.ts'
import {type HubWorld, hubWorld} from './hub-world.ts'
import {shaOf} from './memory-git.ts'

const MINUTE = 60_000

let set: HubWorld | undefined
afterEach(() => set?.[Symbol.asyncDispose]())

it('tells of a silent supervisor before its lease ends, and leaves its claim until then', async () => {
  set = await hubWorld()
  const {world, hub} = set
  const {git} = world
  world.github.openIssue(7)
  await git.claim({...claimOf(7, shaOf('start'), {owner: 'other'}), branch: 'agent002/7-cart', host: 'studio'})
  const renew = () => git.renewOwner({owner: 'other', host: 'studio', pid: 1, beat: 0, startedAt: ''})
  const beat = () => {
    const more = {
      directory: '/',
      task: '',
      model: '',
      status: 'active',
      host: null,
      process: null,
      session: null,
    } as const
    return hub.join({id: supervisorId('other'), project: 'acme/widgets', ...more})
  }
  using daemon = await world.start()
  daemon.reconciler.start()
  const told = async () => ({
    claims: (await daemon.api.claims({})).map(({silence}) => silence),
    why: (await daemon.api.why({subject: '#7'})).facts
      .filter(({text}) => text.includes('supervisor'))
      .map(({text}) => text),
    header: daemon.state().header.troubles.filter(text => text.includes('supervisor')),
  })
  for (let n = 0; n < 8; n++) {
    await renew()
    await beat()
    await world.clock.advance(30_000)
  }
  expect(await told()).toEqual({claims: [null], why: [], header: []})
  await world.clock.advance(4 * MINUTE)
  const silent = 'has not been seen by the hub for 4 minutes; its claim stays until its lease ends'
  const {claims, ...shown} = await told()
  expect(claims).toEqual([{ms: expect.any(Number), ended: false}])
  expect(shown).toEqual({why: [`its supervisor ${silent}`], header: [`#7: the supervisor on studio ${silent}`]})
  expect(git.claimRefs.get(7)?.record.owner).toBe('other')
  await world.clock.advance(10 * MINUTE)
  expect(git.claimRefs.get(7)?.record.owner).not.toBe('other')
  expect((await told()).header).toEqual([])
  // It is no session, so no mail waits for it.
  expect((await hub.seen()).map(({peer}) => peer.id)).not.toContain(supervisorId('other'))
  expect((await hub.supervisors()).map(({owner}) => owner).toSorted()).toEqual(['me', 'other'])
})

it('compares the clock of another machine with itself only, and says at once that a process has ended', () => {
  const first = observeSupervisor(undefined, {beatAt: 9_999_999, ended: false}, 0)
  const later = observeSupervisor(first, {beatAt: 9_999_999, ended: false}, MINUTE)
  expect(silenceOf(later, MINUTE)).toBeNull()
  expect(silenceOf(later, 2 * MINUTE)).toEqual({ms: 2 * MINUTE, ended: false})
  expect(silenceOf(observeSupervisor(later, {beatAt: 1, ended: false}, 3 * MINUTE), 3 * MINUTE)).toBeNull()
  expect(silenceOf(observeSupervisor(later, {beatAt: 9_999_999, ended: true}, MINUTE), MINUTE)).toEqual({
    ms: MINUTE,
    ended: true,
  })
  expect(silenceOf(undefined, MINUTE)).toBeNull()
})
