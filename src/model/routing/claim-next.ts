import {type Draft, moveAgent, setTicket} from '../core/draft.ts'
import {freeAgents} from '../core/slots.ts'
import type {State} from '../core/state.ts'
import {branchName} from '../data/names.ts'
import type {ThinkLevel} from '../data/think-level.ts'
import {NO_USAGE} from '../data/usage.ts'
import {heldByBudget} from '../spending/budget.ts'
import type {TicketState} from '../ticket/ticket.ts'
import {agentFor} from './balance.ts'
import {nextRoutable} from './next-routable.ts'

/** Claims the tickets that were asked for and, routing by itself, as many as there are free slots. */
export function claimNext(draft: Draft): void {
  if (draft.state.mode.routing === 'off') return
  if (heldByBudget(draft.state, draft.at) !== null) {
    draft.state = {...draft.state, asked: []}
    return
  }
  for (let free = freeAgents(draft.state); free.length > 0; free = freeAgents(draft.state)) {
    const {state} = draft
    const open = new Set(state.issues.map(issue => issue.number))
    const pop = state.asked.find(({issue}) => open.has(issue) && !state.tickets[issue])
    const number = pop?.issue ?? (state.mode.routing === 'auto' ? nextRoutable(state, draft.at) : undefined)
    if (number === undefined) {
      if (state.asked.length > 0) draft.state = {...state, asked: []}
      return
    }
    const issue = state.issues.find(candidate => candidate.number === number)!
    draft.state = {...state, asked: state.asked.filter(other => other !== pop)}
    const balance = state.config.routing.load_balance
    const fit = agentFor({issue, free, state, balance, at: draft.at}) ?? free[0]!
    const agent = pop?.agent && free.includes(pop.agent) ? pop.agent : fit
    const template = state.config.agents.branch
    const branch = pop?.branch ?? branchName({template, agent, issue: number, title: issue.title})
    const {title} = issue
    const ticket = claiming({state, issue: number, title, agent, branch, at: draft.at, think: pop?.think})
    setTicket(draft, pop?.branch === undefined ? ticket : goingOn(ticket))
    moveAgent(draft, agent, {type: 'assign', ticket: number})
    draft.state = {...draft.state, dealt: {...draft.state.dealt, last: agent}}
    const base = pop?.base ?? null
    draft.effects.push({name: 'claimTicket', ticket: number, title: issue.title, body: issue.body, agent, branch, base})
  }
}

/** Its branch holds work of an earlier agent. */
function goingOn({value, context}: TicketState): TicketState {
  return {value, context: {...context, assignment: {kind: 'repair', repair: {kind: 'resume'}}}}
}

function claiming(options: {
  state: State
  issue: number
  title: string
  agent: TicketState['context']['agent']
  branch: string
  at: number
  think: ThinkLevel | undefined
}): TicketState {
  const {state, issue, title, agent, branch, at, think} = options
  return {
    value: 'claiming',
    context: {
      issue,
      title,
      agent,
      branch,
      session: '',
      base: null,
      worktree: null,
      head: null,
      pull: null,
      mergeCommit: null,
      attempts: 0,
      starts: [],
      repairs: 0,
      maxRepairs: state.config.integration.max_repairs,
      nudges: 0,
      setsUp: state.config.agents.setup.length > 0,
      verifies: state.config.agents.verify.length > 0,
      failedVerifies: 0,
      alive: false,
      refusals: 0,
      assignment: {kind: 'first'},
      boarded: false,
      reason: null,
      checks: null,
      usage: NO_USAGE,
      budgetFrom: 0,
      think,
      since: at,
      epoch: 0,
    },
  }
}
