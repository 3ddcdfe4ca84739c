import {expect, it} from 'vitest'
import {broadcastState} from '../../src/daemon/broadcast.ts'
import type {DaemonState, TicketRow} from '../../src/protocol/daemon.ts'
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

it('looks into no row that is the same object as before: thousands of issues wait while agents work', async () => {
  const world = memoryWorld({routing: {max_agents: 1}})
  for (let number = 1; number <= 50; number++) world.github.openIssue(number)
  using daemon = await world.start()
  await daemon.reconciler.look()
  const rows = new Set<unknown>(daemon.state().tickets)
  daemon.engine.dispatch({type: 'popAsked', issue: 7})
  const after = daemon.state()
  expect(after.tickets.filter(row => !rows.has(row)).map(({number}) => number)).toEqual([7])

  let compared = 0
  const counted = (number: number) => ({number, toJSON: () => ++compared && {number}}) as unknown as TicketRow
  const waiting = Array.from({length: 50}, (_, index) => counted(index))
  let now: DaemonState = {...after, tickets: waiting}
  const told: Partial<DaemonState>[] = []
  const changes: (() => void)[] = []
  const onState = (listener: () => void) => {
    changes.push(listener)
    return {[Symbol.dispose]() {}}
  }
  const {clock} = world
  const services = {engine: daemon.engine, state: () => now, onState}
  using _telling = broadcastState({services, clock, send: changed => told.push(changed)})
  const change = async (next: Partial<DaemonState>) => {
    now = {...now, ...next}
    for (const changed of changes) changed()
    await clock.advance(100)
  }
  await change({tickets: [...waiting], events: []})
  await change({tickets: [...waiting.slice(0, 49), counted(49)]})
  expect(told).toEqual([])
  expect(compared).toBe(2)
  await change({tickets: waiting.slice(1)})
  await change({tickets: [...waiting.slice(1, 49), counted(60)]})
  expect(told.map(({tickets}) => tickets?.length)).toEqual([49, 49])
})
