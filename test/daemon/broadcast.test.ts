import {expect, it} from 'vitest'
import {broadcastState} from '../../src/daemon/broadcast.ts'
import type {DaemonState} from '../../src/protocol/daemon.ts'
import {memoryWorld} from './memory.ts'

it('sends a change of an agent’s state at once, and other changes together', async () => {
  const world = memoryWorld({routing: {max_agents: 1}})
  world.github.openIssue(7)
  using daemon = await world.start()
  const told: {at: number; changed: Partial<DaemonState>}[] = []
  const {clock} = world
  using _telling = broadcastState({services: daemon, clock, send: changed => told.push({at: clock.now(), changed})})
  const start = clock.now()
  await daemon.reconciler.look()
  await clock.advance(29)
  expect(told).toEqual([])
  await clock.advance(1)
  expect(told).toMatchObject([{at: start + 30, changed: {tickets: [{number: 7}]}}])
  daemon.engine.dispatch({type: 'popAsked', issue: 7})
  await clock.advance(1)
  expect(told[1]!.at).toBeLessThan(start + 60)
  expect(told[1]!.changed.agents).toMatchObject([{ticket: 7}])
})
