import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import type {AgentFact, Fact} from '../../src/model/core/facts.ts'
import {newState, type State} from '../../src/model/core/state.ts'
import {decide} from '../../src/model/decide/decide.ts'
import {aConfig, anIssue} from './builders.ts'

const sha = (n: number) => n.toString(16).padStart(40, '0')
const STARTED: Fact = {type: 'agentStarted', ticket: 7, agent: 'agent001', pane: 'p'}
const EXITED: AgentFact = {type: 'agentExited', agent: 'agent001', pane: 'p'}
const TURN_DONE: AgentFact = {type: 'agentReported', agent: 'agent001', pane: 'p', report: {kind: 'turnDone'}}

/** #7, whose agent is being started. */
function starting(): State {
  const config = aConfig({routing: {max_agents: 1}})
  return told(newState({config, mode: {routing: 'by hand', landing: 'by hand'}, at: 0}), [
    {type: 'githubSeen', issues: [anIssue(7)], pulls: [], main: sha(1)},
    {type: 'popAsked', issue: 7},
    {type: 'ticketClaimed', ticket: 7, base: sha(1), session: 's', branch: 'b'},
    {type: 'worktreePrepared', ticket: 7, worktree: '/w'},
  ])
}

function told(state: State, facts: readonly Fact[]): State {
  return facts.reduce((last, fact) => decide(last, fact, 1).state, state)
}

describe('what an agent does before its start is known', () => {
  it.each<[string, AgentFact[]]>([
    ['ends', [EXITED]],
    ['finishes its turn', [TURN_DONE]],
    ['finishes its turn and ends', [TURN_DONE, EXITED]],
  ])('counts once it is: it %s', (_what, facts) => {
    const inOrder = told(starting(), [STARTED, ...facts])
    expect(inOrder.tickets[7]?.value).toBe('inspecting')
    const late = told(starting(), [...facts, STARTED])
    expect(late.tickets[7]).toEqual(inOrder.tickets[7])
    expect(late.agents).toEqual(inOrder.agents)
  })

  it('counts for its own process only', () => {
    const ofAnother = told(starting(), [{...EXITED, pane: 'older'}, STARTED])
    expect(ofAnother.tickets[7]?.value).toBe('working')
    // Nor for the slot's next ticket.
    const next = told(starting(), [EXITED, {type: 'agentStopped', agent: 'agent001', ticket: 7}])
    expect(next.early).toEqual({})
  })

  it('ends the same in any order of start, reports and end', () => {
    const facts: Fact[] = [STARTED, TURN_DONE, EXITED]
    fc.assert(
      fc.property(fc.shuffledSubarray(facts, {minLength: 3}), order => {
        expect(told(starting(), order).tickets[7]?.value).toBe('inspecting')
      }),
    )
  })
})
