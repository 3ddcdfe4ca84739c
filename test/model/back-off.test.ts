import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {MAX_ATTEMPTS, restartPause} from '../../src/model/back-off.ts'
import {decide} from '../../src/model/decide.ts'
import type {Effect} from '../../src/model/effects.ts'
import type {Fact} from '../../src/model/facts.ts'
import {type Decision, newSupervisor} from '../../src/model/supervisor.ts'
import {aConfig, anIssue} from './builders.ts'

const BASE = 'a'.repeat(40)
const WORK = {head: BASE, commits: [], dirty: []}

describe('an agent whose process dies at once', () => {
  it('is started again after growing pauses and then left to a person', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), {minLength: MAX_ATTEMPTS, maxLength: MAX_ATTEMPTS}), early => {
        let now: Decision = {
          state: newSupervisor({config: aConfig({}), mode: {routing: 'by hand', landing: 'by hand'}, at: 0}),
          effects: [],
        }
        let at = 0
        const tell = (fact: Fact): readonly Effect[] => {
          now = decide(now.state, fact, at)
          return now.effects
        }
        const named = (name: Effect['name']) => now.effects.find(effect => effect.name === name)
        tell({type: 'githubSeen', issues: [anIssue(1)], pulls: [], main: BASE})
        tell({type: 'popAsked', issue: 1})
        tell({type: 'ticketClaimed', ticket: 1, base: BASE, session: 's'})
        const pauses: number[] = []
        for (let start = 1; start <= MAX_ATTEMPTS; start++) {
          tell({type: 'worktreePrepared', ticket: 1, worktree: '/w'})
          tell({type: 'agentStarted', ticket: 1, agent: 'agent001', pane: `p${start}`})
          tell({type: 'agentExited', agent: 'agent001', pane: `p${start}`})
          const timer = tell({type: 'workInspected', ticket: 1, work: WORK as never}).find(({name}) => name === 'timer')
          tell({type: 'agentStopped', agent: 'agent001', ticket: 1})
          if (timer?.name !== 'timer') break
          pauses.push(timer.ms)
          // Neither another look at GitHub nor an older timer ends the pause.
          if (early[start - 1]) tell({type: 'timeout', ticket: 1, epoch: timer.epoch - 1})
          else tell({type: 'githubSeen', issues: [anIssue(1)], pulls: [], main: BASE})
          expect(named('prepareWorktree')).toBeUndefined()
          at += timer.ms
          tell({type: 'timeout', ticket: 1, epoch: timer.epoch})
          expect(named('prepareWorktree')).toBeDefined()
        }
        expect(pauses).toEqual([1000, 2000, 4000, 8000])
        expect(now.state.tickets[1]).toMatchObject({
          value: 'blocked',
          context: {reason: `the agent's process ended ${MAX_ATTEMPTS} times before the work was done`},
        })
      }),
    )
  })

  it('waits twice as long each time', () => {
    fc.assert(fc.property(fc.integer({min: 1, max: 20}), n => restartPause(n + 1) === 2 * restartPause(n)))
  })
})
