import {describe, expect, it} from 'vitest'
import {LIFT} from '../../src/model/landing/halt.ts'
import {refusal} from '../git/setup.ts'
import {AT_ONCE, BY_HAND, diligent, type MemoryWorld, memoryWorld} from './memory.ts'
import {shaOf} from './memory-git.ts'

const REWRITE = {from: shaOf('taken away'), to: shaOf('start')}
const TRAIN = {routing: 'by hand', landing: 'train'} as const

/** #7 is bottled, and main was force-pushed while no daemon ran. */
async function bottledThenRewritten(): Promise<MemoryWorld> {
  const world = memoryWorld()
  world.github.openIssue(7)
  const first = await world.start()
  await first.api.pop({issue: 7})
  await world.until(() => world.git.claimRefs.get(7)?.record.phase === 'review', 'it is bottled')
  first.kill()
  world.git.rewrite = REWRITE
  return world
}

const isLanded = ({github}: MemoryWorld) => github.issues.get(7)?.state === 'closed'

describe('a forced push to main that happened while no daemon ran', () => {
  it('halts landing across restarts and trains, is said everywhere, and ends with a person’s land', async () => {
    const world = await bottledThenRewritten()
    const first = await world.start({mode: TRAIN})
    first.reconciler.start()
    await world.until(() => world.git.halts.length === 1, 'it is written')
    first.kill()
    // The record is all that is left of it.
    const next = await world.start({mode: TRAIN})
    next.reconciler.start()
    await world.clock.advance(60 * 60_000)
    expect(isLanded(world)).toBe(false)

    const {header, tickets} = next.state()
    expect(header.halted).toContain(`main was force-pushed`)
    expect(header.halted).toContain(LIFT)
    expect(tickets[0]).toMatchObject({number: 7, phase: 'review'})
    const why = await next.api.why({subject: '7'})
    expect(why.facts.map(({text}) => text).join('\n')).toContain('landing is halted: main was force-pushed')
    const {findings} = await next.api.diagnose({})
    expect(findings).toMatchObject([
      {pattern: 'landing-halted', cure: {by: 'person', next: expect.stringContaining(LIFT)}},
    ])

    const error = await refusal(next.api.land({}))
    expect(error).toMatchObject({code: 'landing-halted', next: expect.stringContaining('git log')})
    const {halt, board, steps} = await next.api.landPlan({})
    expect({board: board.length, first: steps[0]}).toEqual({board: 1, first: expect.stringContaining('halt is lifted')})
    await next.api.land({lift: halt!})
    expect(world.git.halts).toMatchObject([{lifted: {by: 'ada@here'}}])
    expect(next.state().header.halted).toBeNull()
    await world.until(() => isLanded(world), 'it lands')
    next.kill()
  })

  it.each([true, false])('is not lifted by a pass (with agents: %s), which says why nothing lands', async agents => {
    const world = await bottledThenRewritten()
    using daemon = await world.start()
    let report: Awaited<ReturnType<typeof daemon.pass>> | undefined
    void daemon.pass({agents, timeoutMs: null, signal: new AbortController().signal}).then(done => {
      report = done
    })
    await world.until(() => report !== undefined, 'the pass ends')
    expect(report).toMatchObject({
      merged: [],
      halted: expect.stringContaining('main was force-pushed'),
      needsHuman: [{number: 7, reason: expect.stringContaining('landing is halted')}],
    })
    expect(world.git.halts).toMatchObject([{lifted: null}])
  })
})

it('other files on main than were tested halt landing for the tickets behind, and end with a person’s land', async () => {
  const world = memoryWorld()
  for (const number of [7, 8]) world.github.openIssue(number)
  world.host.play = (info, text) => {
    diligent(world)(info, text)
    for (const {head} of world.git.trees.values()) world.git.otherFiles.add(head)
  }
  using daemon = await world.start({mode: AT_ONCE})
  daemon.reconciler.start()
  await world.until(() => world.git.halts.length === 1, 'it is written')
  await world.clock.advance(30 * 60_000)
  const merged = () => [...world.github.pulls.values()].filter(({state}) => state === 'merged').length
  expect(merged()).toBe(1)
  expect(daemon.state().header.halted).toContain('with other files than its checks saw')
  world.git.otherFiles.clear()
  await daemon.api.land({lift: (await daemon.api.landPlan({})).halt!})
  await world.until(() => merged() === 2, 'the other one lands by itself')
  expect(world.git.halts).toHaveLength(1)
})

it('a halt that another daemon wrote since the last look is in the plan of a person who asks for the newest', async () => {
  const world = memoryWorld()
  using daemon = await world.start({mode: BY_HAND})
  await world.git.haltLanding({kind: 'pause', reason: 'paused by eve', from: null, to: null})
  expect((await daemon.api.landPlan({})).halt).toBeNull()
  const {halt} = await daemon.api.landPlan({look: true})
  expect(halt?.causes).toMatchObject([{reason: 'paused by eve'}])
  await daemon.api.land({tickets: [], lift: halt!})
  expect(daemon.state().header.halted).toBeNull()
})

it('a lift that was asked for before a second reason came lifts nothing', async () => {
  const world = await bottledThenRewritten()
  using daemon = await world.start({mode: BY_HAND})
  daemon.reconciler.start()
  await world.until(() => daemon.state().header.halted !== null, 'it is seen')
  const {halt} = await daemon.api.landPlan({})
  daemon.engine.dispatch({type: 'mainRewritten', from: shaOf('start'), to: shaOf('another')})
  await world.clock.advance(1000)
  expect((await refusal(daemon.api.land({lift: halt!}))).code).toBe('landing-halted')
  expect(daemon.state().header.halted).toContain('force-pushed')
})
