import {describe, expect, it} from 'vitest'
import {createFakeClock} from '../../fixtures/clock/clock.ts'
import {silentLog} from '../../src/base/log.ts'
import {createEngine} from '../../src/daemon/engine.ts'
import type {Fact} from '../../src/model/core/facts.ts'
import {newState} from '../../src/model/core/state.ts'
import type {Effect} from '../../src/model/data/effects.ts'
import {aConfig, anIssue} from '../model/builders.ts'

const SEEN: Fact = {type: 'githubSeen', issues: [anIssue(7)], pulls: [], main: 'a'.repeat(40)}

function setUp(clock = createFakeClock()) {
  const effects: Effect[] = []
  const engine = createEngine({
    initial: newState({config: aConfig(), mode: {routing: 'by hand', landing: 'by hand'}, at: 0}),
    clock,
    log: silentLog,
    run: effect => effects.push(effect),
  })
  return {engine, effects}
}

describe('the engine', () => {
  it('knows the local day through the change to summer time', () => {
    const {TZ} = process.env
    process.env.TZ = 'Europe/Berlin'
    try {
      const clock = createFakeClock({now: Date.parse('2026-03-28T12:00:00Z')})
      const {engine} = setUp(clock)
      engine.dispatch(SEEN)
      expect(engine.state().spending.zoneMinutes).toBe(60)
      clock.jump(24 * 3_600_000)
      engine.dispatch(SEEN)
      expect(engine.state().spending.zoneMinutes).toBe(120)
    } finally {
      if (TZ === undefined) delete process.env.TZ
      else process.env.TZ = TZ
    }
  })

  it('lets a fact that arrives during a decision wait until every listener got the first', () => {
    const {engine, effects} = setUp()
    const heard: string[] = []
    engine.subscribe((state, fact) => {
      heard.push(`first: ${fact.type}, ${Object.keys(state.tickets).length} tickets`)
      if (fact.type === 'githubSeen') engine.dispatch({type: 'popAsked', issue: 7})
    })
    engine.subscribe((state, fact) => {
      heard.push(`second: ${fact.type}, ${Object.keys(state.tickets).length} tickets`)
    })
    engine.dispatch(SEEN)
    expect(heard).toEqual([
      'first: githubSeen, 0 tickets',
      'second: githubSeen, 0 tickets',
      'first: popAsked, 1 tickets',
      'second: popAsked, 1 tickets',
    ])
    expect(effects.map(({name}) => name)).toEqual(['claimTicket'])
  })

  it('continues after a listener that fails', () => {
    const {engine} = setUp()
    const broken = engine.subscribe(() => {
      throw new Error('broken listener')
    })
    expect(() => engine.dispatch(SEEN)).toThrow('broken listener')
    broken[Symbol.dispose]()
    engine.dispatch({type: 'popAsked', issue: 7})
    expect(engine.state().tickets[7]?.value).toBe('claiming')
  })

  it('waits until a state gives a value, at once if it does already', async () => {
    const {engine} = setUp()
    const claimed = engine.until(state => state.tickets[7]?.context.agent)
    engine.dispatch(SEEN)
    engine.dispatch({type: 'popAsked', issue: 7})
    expect(await claimed).toBe('agent001')
    expect(await engine.until(state => state.main ?? undefined)).toBe('a'.repeat(40))
  })

  it('does not call a listener that has unsubscribed', () => {
    const {engine} = setUp()
    let heard = 0
    engine.subscribe(() => void heard++)[Symbol.dispose]()
    engine.dispatch(SEEN)
    expect(heard).toBe(0)
  })
})
