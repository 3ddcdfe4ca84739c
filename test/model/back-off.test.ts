import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import type {Fact} from '../../src/model/core/facts.ts'
import {type Decision, newState} from '../../src/model/core/state.ts'
import type {Effect} from '../../src/model/data/effects.ts'
import {decide} from '../../src/model/decide/decide.ts'
import {
  isQuarantined,
  MAX_STARTS,
  recentStarts,
  restartPause,
  STARTS_WINDOW_MS,
  withStart,
} from '../../src/model/ticket/back-off.ts'
import {aConfig, anIssue} from './builders.ts'

const BASE = 'a'.repeat(40)
const WORK = {head: BASE, commits: [], dirty: []}

/** #1 with an agent that can be let die; effects are those of the newest fact. */
function begin() {
  let now: Decision = {
    state: newState({config: aConfig({}), mode: {routing: 'by hand', landing: 'by hand'}, at: 0}),
    effects: [],
  }
  const run = {
    at: 0,
    tell(fact: Fact): readonly Effect[] {
      now = decide(now.state, fact, run.at)
      return now.effects
    },
    ticket: () => now.state.tickets[1]!,
    named: (name: Effect['name']) => now.effects.find(effect => effect.name === name),
    /** Starts it, lets it live so long and die; gives the pause before it is started again; undefined: it is not. */
    die(pane: string, livesMs: number) {
      run.tell({type: 'worktreePrepared', ticket: 1, worktree: '/w'})
      run.tell({type: 'agentStarted', ticket: 1, agent: 'agent001', pane})
      run.at += livesMs
      run.tell({type: 'agentExited', agent: 'agent001', pane})
      const asked = run.tell({type: 'workInspected', ticket: 1, work: WORK as never})
      run.tell({type: 'agentStopped', agent: 'agent001', ticket: 1})
      const timer = asked.find(({name}) => name === 'timer')
      return timer?.name === 'timer' ? timer : undefined
    },
  }
  run.tell({type: 'githubSeen', issues: [anIssue(1)], pulls: [], main: BASE})
  run.tell({type: 'popAsked', issue: 1})
  run.tell({type: 'ticketClaimed', ticket: 1, base: BASE, session: 's'})
  return run
}

describe('an agent whose process dies at once', () => {
  it('is started again after growing pauses and then left to a person', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), {minLength: MAX_STARTS, maxLength: MAX_STARTS}), early => {
        const run = begin()
        const pauses: number[] = []
        for (let start = 1; start <= MAX_STARTS; start++) {
          const timer = run.die(`p${start}`, 0)
          if (!timer) break
          pauses.push(timer.ms)
          // Neither another look at GitHub nor an older timer ends the pause.
          if (early[start - 1]) run.tell({type: 'timeout', ticket: 1, epoch: timer.epoch - 1})
          else run.tell({type: 'githubSeen', issues: [anIssue(1)], pulls: [], main: BASE})
          expect(run.named('prepareWorktree')).toBeUndefined()
          run.at += timer.ms
          run.tell({type: 'timeout', ticket: 1, epoch: timer.epoch})
          expect(run.named('prepareWorktree')).toBeDefined()
        }
        expect(pauses).toEqual([1000, 4000, 16_000, 64_000])
        const reason = 'its agent was started 5 times within 10 minutes and ended each time before the work was done'
        expect(run.ticket()).toMatchObject({value: 'blocked', context: {reason}})
        // When a person asks again, it starts over.
        run.tell({type: 'retryAsked', ticket: 1})
        expect(run.ticket().context.starts).toEqual([])
      }),
    )
  })
})

describe('an agent that dies now and then', () => {
  it('continues as long as no window has too many starts, and no longer', () => {
    const lives = fc.array(fc.integer({min: 0, max: STARTS_WINDOW_MS}), {minLength: 1, maxLength: 30})
    fc.assert(
      fc.property(lives, all => {
        const run = begin()
        const starts: number[] = []
        for (const [index, livesMs] of all.entries()) {
          starts.push(run.at)
          const timer = run.die(`p${index}`, livesMs)
          const recent = starts.filter(start => run.at - start < STARTS_WINDOW_MS).length
          expect(timer === undefined).toBe(recent >= MAX_STARTS)
          expect(run.ticket().value).toBe(timer === undefined ? 'blocked' : 'queued')
          if (!timer) return
          expect(timer.ms).toBe(recent === 0 ? 1000 : 1000 * 4 ** (recent - 1))
          run.at += timer.ms
          run.tell({type: 'timeout', ticket: 1, epoch: timer.epoch})
        }
      }),
    )
  })
})

describe('starts', () => {
  const at = fc.integer({min: 0, max: 4 * STARTS_WINDOW_MS})

  it('count within the window only, and a wrong clock does not count for ever', () => {
    fc.assert(
      fc.property(fc.array(at), at, (starts, now) => {
        for (const start of recentStarts(starts, now)) expect(Math.abs(now - start)).toBeLessThan(STARTS_WINDOW_MS)
        expect(isQuarantined([...starts, now + 2 * STARTS_WINDOW_MS], now)).toBe(isQuarantined(starts, now))
      }),
    )
  })

  it('are kept as far as they decide anything', () => {
    fc.assert(
      fc.property(fc.array(at), gaps => {
        let now = 0
        let kept: readonly number[] = []
        const all: number[] = []
        for (const gap of gaps) {
          now += gap
          all.push(now)
          kept = withStart(kept, now)
          expect(kept.length).toBeLessThanOrEqual(MAX_STARTS)
          expect(isQuarantined(kept, now)).toBe(isQuarantined(all, now))
        }
      }),
    )
  })

  it('make the pause four times as long each time', () => {
    fc.assert(
      fc.property(fc.integer({min: 1, max: MAX_STARTS - 1}), n => {
        const starts = Array.from({length: n}, () => 0)
        expect(restartPause([...starts, 0], 0)).toBe(4 * restartPause(starts, 0))
      }),
    )
  })
})
