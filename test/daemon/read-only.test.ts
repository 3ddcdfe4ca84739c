import {expect, it} from 'vitest'
import {noHost, noHub, readOnlyWorld} from '../../src/daemon/read-only.ts'
import {wireServices} from '../../src/daemon/services.ts'
import {refusal} from '../git/setup.ts'
import {memoryWorld, worldOf} from './memory.ts'

const WRITES = {
  git: [
    ...['claim', 'bumpClaim', 'releaseClaim', 'renewOwner', 'ensureWorktree', 'pushWork', 'rescue', 'removeWorktree'],
    ...['deleteRemoteBranch', 'publishBranch', 'acquireLanding', 'releaseLanding', 'tidy'],
  ],
  github: ['ensureLabels', 'ensureComment', 'ensurePull', 'merge', 'ensureClosed'],
  host: ['spawn', 'write', 'stop', 'close', 'answer'],
  hub: ['append', 'register', 'deregister', 'send', 'messageDelivered', 'messageExpired'],
} as const

it('every write of every gateway is refused, every other method works', async () => {
  const outside = worldOf(memoryWorld())
  const world = readOnlyWorld(outside)
  for (const [name, writes] of Object.entries(WRITES)) {
    const gateway = world[name as keyof typeof WRITES] as unknown as Record<string, (() => Promise<unknown>) | unknown>
    const real = outside[name as keyof typeof WRITES] as unknown as object
    for (const method of writes) {
      expect(
        await refusal((async () => (gateway[method] as () => Promise<unknown>)())()),
        `${name}.${method}`,
      ).toMatchObject({
        code: 'read-only',
      })
      expect(Object.keys(real)).toContain(method)
    }
  }
  expect(await world.git.claims()).toEqual([])
  for (const {append: _append, ...stand} of [noHub()]) {
    for (const method of ['send', 'register', 'deregister', 'messageDelivered', 'messageExpired'] as const) {
      expect((await refusal((stand[method] as () => Promise<unknown>)())).code).toBe('read-only')
    }
  }
  expect((await refusal(noHost().stop('pane', {graceMs: 0}))).code).toBe('read-only')
})

it('no effect is carried out, whatever is decided', async () => {
  const memory = memoryWorld()
  memory.github.openIssue(1)
  using services = await wireServices(readOnlyWorld(worldOf(memory)), {
    mode: {routing: 'auto', landing: 'at once'},
    shutdown: () => {},
  })
  services.reconciler.start()
  await memory.clock.advance(60_000)
  expect(services.state().header).toMatchObject({readOnly: true, troubles: []})
  expect(services.state().tickets).toMatchObject([{number: 1}])
  expect(memory.git.claimRefs.size).toBe(0)
  expect(memory.git.beats).toEqual([])
  expect(memory.host.all.size).toBe(0)
  expect(memory.github.issues.get(1)?.labels).toEqual(['route:ready'])
})
