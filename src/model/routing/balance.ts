import type {State} from '../core/state.ts'
import type {StoredEvent} from '../data/event.ts'
import {type AgentId, parseAgentId} from '../data/ids.ts'
import type {Issue} from '../data/issue.ts'
import type {ClaimTally, LoadBalance} from '../data/load-balance.ts'
import {hasName} from '../data/names.ts'
import {dayOf} from '../data/usage.ts'
import {TICKET_STATES} from '../ticket/states.ts'

type Load = Pick<State, 'agents' | 'tickets' | 'config' | 'tally' | 'spending'>

/** The agent of `free` that takes an issue; null: with `skill`, all of them are good at something else. Pure. */
export function agentFor(options: {
  issue: Pick<Issue, 'labels'>
  free: readonly AgentId[]
  state: Load
  balance: LoadBalance
  at: number
}): AgentId | null {
  const {issue, free, state, balance, at} = options
  const skills = (agent: AgentId) => state.config.agents.slots[agent]?.specializations ?? []
  const matches = (agent: AgentId) => skills(agent).filter(skill => hasName(issue.labels, skill)).length
  const most = balance === 'skill' ? Math.max(...free.map(matches)) : 1
  const groups = [
    free.filter(agent => matches(agent) > 0 && matches(agent) >= most),
    free.filter(agent => skills(agent).length === 0),
    ...(balance === 'skill' ? [] : [free]),
  ]
  const group = groups.find(agents => agents.length > 0)
  if (!group) return null
  return balance === 'round-robin' ? nextAfter(state, group) : leastLoaded(state, group, at)
}

/** Counts the claims from before this start of the daemon, as far as the events go back; newest first. */
export function tallyBefore(events: readonly StoredEvent[], zoneMinutes: number, at: number): ClaimTally {
  const day = dayOf(at, zoneMinutes)
  const claims = events.flatMap(event => {
    const agent = event.type === 'issue_assigned' ? parseAgentId(event.agent ?? '') : null
    return agent ? [{agent, day: dayOf(event.at, zoneMinutes)}] : []
  })
  const today: Record<AgentId, number> = {}
  for (const claim of claims) if (claim.day === day) today[claim.agent] = (today[claim.agent] ?? 0) + 1
  return {day, today, last: claims[0]?.agent ?? null}
}

/** Counts one more ticket that an agent won. */
export function tallied(
  {tally: before, spending}: Pick<State, 'tally' | 'spending'>,
  agent: AgentId,
  at: number,
): ClaimTally {
  const day = dayOf(at, spending.zoneMinutes)
  const today = before.day === day ? before.today : {}
  return {...before, day, today: {...today, [agent]: (today[agent] ?? 0) + 1}}
}

function leastLoaded(state: Load, agents: readonly AgentId[], at: number): AgentId {
  const today = state.tally.day === dayOf(at, state.spending.zoneMinutes) ? state.tally.today : {}
  const open = Object.values(state.tickets).filter(({value}) => !TICKET_STATES[value].is.over)
  const load = new Map<AgentId, number>()
  for (const {context} of open) load.set(context.agent, (load.get(context.agent) ?? 0) + 1)
  const count = (agent: AgentId) => load.get(agent) ?? 0
  return agents.toSorted((a, b) => count(a) - count(b) || (today[a] ?? 0) - (today[b] ?? 0) || (a < b ? -1 : 1))[0]!
}

/** Round all agents, those that are busy left out. */
function nextAfter({agents, tally: {last}}: Load, free: readonly AgentId[]): AgentId {
  const ring = (Object.keys(agents) as AgentId[]).sort()
  const start = last === null ? 0 : ring.indexOf(last) + 1
  return [...ring.slice(start), ...ring.slice(0, start)].find(agent => free.includes(agent)) ?? free[0]!
}
