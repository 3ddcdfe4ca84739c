import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import type {Fact} from '../../src/model/core/facts.ts'
import type {State} from '../../src/model/core/state.ts'
import type {Effect} from '../../src/model/data/effects.ts'
import {decide} from '../../src/model/decide/decide.ts'
import {nextRoutable} from '../../src/model/routing/next-routable.ts'
import {selectRoutes} from '../../src/model/routing/select.ts'
import {heldByBudget} from '../../src/model/spending/budget.ts'
import {beforeWork, spent, working} from './spent.ts'

const DAY = 24 * 3_600_000

/** A daemon under test: tells it facts, and keeps what it asked for. */
function play(start: State) {
  const run = {
    state: start,
    tell(fact: Fact, at = 0): Effect[] {
      const {state, effects} = decide(run.state, fact, at)
      run.state = state
      return effects.filter(({name}) => name !== 'showTicket')
    },
    get ticket() {
      return run.state.tickets[7]
    },
  }
  return run
}

const names = (effects: Effect[]) => effects.map(({name}) => name)
const warnings = (effects: Effect[]) =>
  effects.flatMap(effect => (effect.name === 'record' && effect.event.severity ? [effect.event.message] : []))

describe("a ticket's budget", () => {
  it('warns once at 80 %, and stops the agent at its end with its work saved', () => {
    const daemon = play(working({max_budget_usd: 2}))
    expect(daemon.tell(spent({mail: 1, costUsd: 1.59}))).toEqual([])
    const warned = daemon.tell(spent({mail: 2, costUsd: 0.02}))
    expect(warnings(warned)).toEqual(['#7 has used $1.61 of its budget of $2.00'])
    expect(warned.filter(({name}) => name === 'notify')).toMatchObject([{level: 'warning'}])
    expect(daemon.tell(spent({mail: 3, costUsd: 0.2}))).toEqual([])
    expect(daemon.ticket?.value).toBe('working')

    const stopped = daemon.tell(spent({mail: 4, costUsd: 0.22}))
    expect(names(stopped)).toEqual(['record', 'stopAgent', 'blockTicket', 'saveWork', 'notify'])
    expect(daemon.ticket).toMatchObject({
      value: 'blocked',
      context: {reason: 'its budget of $2.00 is used up ($2.03)'},
    })
    expect(stopped[3]).toMatchObject({worktree: '/w', agent: 'agent001'})
    // Its slot is for the next one.
    expect(names(daemon.tell({type: 'agentStopped', agent: 'agent001', ticket: 7}))).toEqual(['claimTicket'])
  })

  it('is given once more by a person, who finds the old one in the books', () => {
    const daemon = play(working({max_budget_usd: 2}))
    daemon.tell(spent({costUsd: 2.03}))
    const retried = daemon.tell({type: 'retryAsked', ticket: 7})
    expect(retried).toMatchObject([{name: 'record', event: {name: 'budget_renewed', metadata: {budgetFrom: 2.03}}}])
    daemon.tell({type: 'agentStopped', agent: 'agent001', ticket: 7})
    daemon.tell({type: 'worktreePrepared', ticket: 7, worktree: '/w'})
    daemon.tell({type: 'agentStarted', ticket: 7, agent: 'agent001', pane: 'p'})
    expect(daemon.ticket?.value).toBe('working')
    daemon.tell(spent({mail: 9, costUsd: 1.9}))
    expect(daemon.ticket?.value).toBe('working')
    daemon.tell(spent({mail: 10, costUsd: 0.2}))
    expect(daemon.ticket?.context.reason).toBe('its budget of $2.00 is used up ($2.10)')
  })

  it('lets work that is done come to its end, and gives it no further turn', () => {
    const daemon = play(working({max_budget_usd: 2}))
    daemon.tell({type: 'agentReported', agent: 'agent001', pane: 'p', report: {kind: 'turnDone'}})
    daemon.tell(spent({costUsd: 5}))
    expect(daemon.ticket?.value).toBe('inspecting')
    const dirty = {head: 'b'.repeat(40), branch: 'b', commits: [], dirty: ['x'], changed: [], loosePointers: []}
    const nudged = daemon.tell({type: 'workInspected', ticket: 7, work: dirty})
    expect(names(nudged)).toEqual(['stopAgent', 'blockTicket', 'saveWork', 'notify'])
  })

  it('holds over a restart: what is over it is stopped when it is taken up', () => {
    const before = working({max_budget_usd: 2})
    const ticket = before.tickets[7]!
    const usage = {...ticket.context.usage, costUsd: 3, requests: 1}
    const daemon = play({...before, tickets: {}, agents: working().agents})
    const restored = {ticket: {...ticket, context: {...ticket.context, usage}}, pane: 'p', prompted: true}
    const effects = daemon.tell({type: 'restored', tickets: [restored]})
    expect(names(effects)).toContain('stopAgent')
    expect(daemon.ticket?.value).toBe('blocked')
    expect(warnings(effects)).toEqual([])
  })
})

describe("a day's budget", () => {
  it('stops what runs and starts nothing until the next day, when it continues by itself', () => {
    const daemon = play(working({max_budget_usd_per_day: 10}))
    expect(warnings(daemon.tell(spent({costUsd: 8})))).toEqual(["$8.00 of today's budget of $10.00 are used"])
    const stopped = daemon.tell(spent({mail: 2, costUsd: 2.5}))
    expect(names(stopped)).toEqual(['record', 'stopAgent', 'saveWork', 'notify'])
    expect(daemon.ticket).toMatchObject({
      value: 'queued',
      context: {reason: "today's budget of $10.00 is used up ($10.50); it continues tomorrow"},
    })
    expect(daemon.tell({type: 'agentStopped', agent: 'agent001', ticket: 7})).toEqual([])
    expect(daemon.tell({type: 'popAsked', issue: 8})).toEqual([])
    expect(nextRoutable(daemon.state, 1)).toBeUndefined()
    const held = "today's budget of $10.00 is used up ($10.50)"
    expect(selectRoutes(daemon.state, {}, {at: 1, max: 1})).toMatchObject([{held: 'with agent001'}, {held}])

    const {issues, pulls} = daemon.state
    const seen = {type: 'githubSeen', issues, pulls, main: 'a'.repeat(40)} as const
    expect(daemon.tell(seen, DAY - 1)).toEqual([])
    expect(names(daemon.tell(seen, DAY))).toEqual(['prepareWorktree'])
    expect(daemon.ticket?.context.assignment).toEqual({kind: 'repair', repair: {kind: 'resume'}})
  })
})

describe('a worktree that is being set up', () => {
  const settingUp = (agents: Record<string, unknown>) => {
    const daemon = play(beforeWork({setup: ['npm ci'], ...agents}))
    daemon.tell({type: 'worktreePrepared', ticket: 7, worktree: '/w'})
    expect(daemon.ticket?.value).toBe('settingUp')
    return daemon
  }

  it('is stopped at the end of its own budget', () => {
    const daemon = settingUp({max_budget_usd: 2})
    expect(names(daemon.tell(spent({costUsd: 2.03})))).toEqual([
      'record',
      'stopAgent',
      'blockTicket',
      'saveWork',
      'notify',
    ])
    expect(daemon.ticket).toMatchObject({
      value: 'blocked',
      context: {reason: 'its budget of $2.00 is used up ($2.03)'},
    })
  })

  it("is put off at the end of the day's budget", () => {
    const daemon = settingUp({max_budget_usd_per_day: 2})
    expect(names(daemon.tell(spent({costUsd: 2.03})))).toEqual(['record', 'stopAgent', 'saveWork', 'notify'])
    expect(daemon.ticket?.value).toBe('queued')
  })

  it('is not begun when its ticket is put off in the same decision', () => {
    const daemon = play(beforeWork({setup: ['npm ci'], max_budget_usd_per_day: 2}))
    // The clock was set back to a day whose budget is used up.
    daemon.state = {...daemon.state, spending: {...daemon.state.spending, day: '1970-01-01', costUsd: 2.5}}
    const prepared = daemon.tell({type: 'worktreePrepared', ticket: 7, worktree: '/w'})
    expect(names(prepared)).toEqual(['stopAgent', 'saveWork', 'notify'])
  })
})

describe('any spending', () => {
  it('is never over a budget while an agent works, and warned of at most once', () => {
    const cents = fc.array(fc.integer({min: 1, max: 150}), {maxLength: 30})
    fc.assert(
      fc.property(
        cents,
        fc.option(fc.integer({min: 1, max: 20})),
        fc.option(fc.integer({min: 1, max: 20})),
        (all, own, day) => {
          const budgets = {
            ...(own === null ? {} : {max_budget_usd: own}),
            ...(day === null ? {} : {max_budget_usd_per_day: day}),
          }
          const daemon = play(working(budgets))
          const effects = all.flatMap((amount, index) => daemon.tell(spent({mail: index + 1, costUsd: amount / 100})))
          const used = all.reduce((sum, amount) => sum + amount, 0) / 100
          // Sums of floating numbers are off by less than this.
          const over = (limit: number | null) => limit !== null && used > limit + 1e-6
          const under = (limit: number | null) => limit === null || used < limit - 1e-6
          if (over(own) || over(day)) expect(daemon.ticket?.value).not.toBe('working')
          if (under(own) && under(day)) {
            expect(daemon.ticket?.value).toBe('working')
            expect(heldByBudget(daemon.state, 0)).toBeNull()
          }
          const told = warnings(effects)
          expect(told.filter(text => text.startsWith('#7')).length).toBeLessThanOrEqual(1)
          expect(told.filter(text => text.includes('today')).length).toBeLessThanOrEqual(1)
          expect(effects.filter(({name}) => name === 'stopAgent').length).toBeLessThanOrEqual(1)
        },
      ),
    )
  })
})
