import {describeRepair, type Repair} from '../data/assignment.ts'
import type {TicketContext} from './context.ts'
import type {TicketEvent} from './events.ts'

/** Commits that the server does not take go back to their agent this often before a person is asked. */
const MAX_RULE_REPAIRS = 2

type Refused = {context: TicketContext; event: Extract<TicketEvent, {type: 'mergeRefused' | 'pushRefused'}>}

export function repairsLeft(context: TicketContext): boolean {
  return context.repairs < context.maxRepairs
}

/** Whether the agent can mend what the server does not take, and has not tried too often. */
export function canMend({context, event}: Refused): boolean {
  return event.says === 'agent' && context.ruleRepairs < MAX_RULE_REPAIRS && repairsLeft(context)
}

/** The work goes back to its agent with the server's own words. */
export function mending({context, event}: Refused): Partial<TicketContext> {
  const repair = {kind: 'refused', said: 'said' in event ? event.said : event.reason} as const
  return {...sentBack(context, repair), ruleRepairs: context.ruleRepairs + 1}
}

/** The work goes back to its agent with what the gate found. */
export function repairing(context: TicketContext, event: TicketEvent): Partial<TicketContext> {
  const repair = event.type === 'pullSeen' ? event.answer.repair : null
  return repair ? sentBack(context, repair) : {}
}

function sentBack(context: TicketContext, repair: Repair): Partial<TicketContext> {
  return {
    assignment: {kind: 'repair', repair},
    reason: describeRepair(repair),
    repairs: context.repairs + 1,
    nudges: 0,
    failedVerifies: 0,
    attempts: 0,
    starts: [],
    checks: null,
  }
}
