import {type Draft, moveAgent, setTicket} from '../core/draft.ts'
import {freeAgents, slotsAtWork} from '../core/slots.ts'
import {type Assignment, RESUME} from '../data/assignment.ts'
import {branchName} from '../data/names.ts'
import {heldByBudget} from '../spending/budget.ts'
import {newContext} from '../ticket/context.ts'
import {agentFor} from './balance.ts'
import {nextRoutable} from './next-routable.ts'
import {heldByProfile} from './profile.ts'
import {whyTaken} from './taken.ts'

/**
 * Claims the tickets that were asked for and, routing by itself, as many as there are free slots. What was asked for and
 * cannot be claimed now is refused, as its caller is answered now: it must not be claimed later.
 */
export function claimNext(draft: Draft): void {
  claimFree(draft)
  if (draft.state.asked.length > 0) draft.state = {...draft.state, asked: []}
}

function claimFree(draft: Draft): void {
  if (draft.state.mode.routing === 'off') return
  if (heldByBudget(draft.state, draft.at) !== null || heldByProfile(draft.state) !== null) return
  for (let free = freeAgents(draft.state); free.length > 0; free = freeAgents(draft.state)) {
    const {state} = draft
    const open = new Set(state.issues.map(issue => issue.number))
    const pop = state.asked.find(({issue}) => open.has(issue) && !state.tickets[issue])
    const number = pop?.issue ?? (state.mode.routing === 'auto' ? nextRoutable(state, draft.at) : undefined)
    if (number === undefined) return
    const issue = state.issues.find(candidate => candidate.number === number)!
    draft.state = {...state, asked: state.asked.filter(other => other !== pop)}
    const balance = state.config.routing.load_balance
    // A person's word counts at any hour.
    const atWork = slotsAtWork(state, draft.at)
    const fit = agentFor({issue, free: atWork.length > 0 ? atWork : free, state, balance, at: draft.at}) ?? free[0]!
    const agent = pop?.agent && free.includes(pop.agent) ? pop.agent : fit
    const template = state.config.agents.branch
    const branch = pop?.branch ?? branchName({template, agent, issue: number, title: issue.title})
    const {title} = issue
    // A branch that was asked for holds work of an earlier agent.
    const assignment: Assignment = pop?.branch === undefined ? {kind: 'first'} : RESUME
    const taken = pop && !pop.inOrder ? null : whyTaken(state, number, draft.at)
    const known = {issue: number, title, agent, branch, assignment, think: pop?.think, taken, since: draft.at}
    setTicket(draft, {value: 'claiming', context: newContext(state.config, known)})
    moveAgent(draft, agent, {type: 'assign', ticket: number})
    draft.state = {...draft.state, tally: {...draft.state.tally, last: agent}}
    const base = pop?.base ?? null
    draft.effects.push({
      name: 'claimTicket',
      ticket: number,
      title,
      body: issue.body,
      agent,
      branch,
      base,
      ...(taken !== null && {taken}),
    })
  }
}
