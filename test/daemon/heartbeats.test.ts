import {expect, it} from 'vitest'
import {memoryWorld} from './memory.ts'

it('an agent that works for hours stays registered, also after the daemon was restarted', async () => {
  const world = memoryWorld({}, () => {})
  world.github.openIssue(1)
  const first = await world.start()
  await first.api.pop({})
  await world.until(() => world.host.prompts.length === 1, 'the agent works')
  first.kill()
  using daemon = await world.start()
  await world.clock.advance(2 * 60 * 60_000)
  const [instance, ...more] = await daemon.api.who({})
  expect(more).toEqual([])
  expect(instance).toMatchObject({id: 'agent001@/repo', task: '#1 Issue 1', status: 'busy'})
  expect(world.clock.now() - instance!.heartbeatAt).toBeLessThan(10 * 60_000)
})
