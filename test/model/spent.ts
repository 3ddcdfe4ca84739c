import type {Fact} from '../../src/model/core/facts.ts'
import {newState, type State} from '../../src/model/core/state.ts'
import {NO_USAGE, type Usage} from '../../src/model/data/usage.ts'
import {decide} from '../../src/model/decide/decide.ts'
import {aConfig, anIssue} from './builders.ts'

type UsageSeen = Extract<Fact, {type: 'usageSeen'}>

/** A telemetry post about one request for #7. */
export function spent(change: Partial<Usage> & Partial<Pick<UsageSeen, 'mail' | 'seenAt' | 'ticket'>>): UsageSeen {
  const {mail = 1, seenAt = 0, ticket = 7, ...usage} = change
  const told = {...NO_USAGE, requests: 1, ...usage}
  return {type: 'usageSeen', agent: 'agent001', pane: 'p', ticket, mail, seenAt, usage: told, fill: null}
}

/** agent001 works on #7 in pane p; #8 waits in the queue. */
export function working(agents: Record<string, unknown> = {}): State {
  return told(beforeWork(agents), [
    {type: 'worktreePrepared', ticket: 7, worktree: '/w'},
    {type: 'agentStarted', ticket: 7, agent: 'agent001', pane: 'p'},
  ])
}

/** agent001 has claimed #7, whose worktree is being made; #8 waits in the queue. */
export function beforeWork(agents: Record<string, unknown> = {}): State {
  const config = aConfig({agents, routing: {max_agents: 1}})
  return told(newState({config, mode: {routing: 'auto', landing: 'by hand'}, at: 0}), [
    {type: 'githubSeen', issues: [anIssue(7), anIssue(8)], pulls: [], main: 'a'.repeat(40)},
    {type: 'ticketClaimed', ticket: 7, base: 'a'.repeat(40), session: 's'},
  ])
}

function told(start: State, facts: readonly Fact[]): State {
  return facts.reduce((state, fact) => decide(state, fact, 0).state, start)
}
