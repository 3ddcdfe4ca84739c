import type {State} from '../core/state.ts'
import type {Claim} from '../data/claim.ts'
import {parseAgentId} from '../data/ids.ts'
import {haltNext, haltOf} from '../landing/halt.ts'
import {RETRY_LANDING} from '../ticket/effects.ts'
import {TICKET_STATES} from '../ticket/states.ts'
import type {TicketState} from '../ticket/ticket.ts'
import {adoptionOf} from './adoption.ts'
import {about, type Finding, type Found} from './finding.ts'
import {leftLabels, leftWork, missingLabels} from './label-findings.ts'
import {orphanFindings} from './orphan-findings.ts'
import {withoutChange, withoutProcess, withoutStep} from './progress-findings.ts'
import {heldSlots, leftProcesses, strayPanes} from './slot-findings.ts'

/** Finds every contradiction in what was read. Pure. */
export function diagnose(found: Found): Finding[] {
  const {state, at} = found
  return [
    ...leftLabels(state, leftWork(found.orphans)),
    ...missingLabels(state),
    ...deadClaims(found),
    ...(found.orphans ?? []).flatMap(orphan => orphanFindings(orphan, found)),
    ...Object.values(state.tickets).flatMap(ticket => ticketFindings(ticket, found)),
    ...heldSlots(state, at),
    ...strayPanes(found),
    ...leftProcesses(found),
    ...deadLock(found),
    ...haltFindings(state),
  ]
}

function deadClaims({state, dead}: Found): Finding[] {
  return Object.values(state.foreign).flatMap(({record}: Claim): Finding[] => {
    if (!dead.has(record.owner)) return []
    const {issue, owner, host, claimedAt, phase} = record
    const how = adoptionOf(record, state)
    return [
      {
        pattern: 'claim-without-owner',
        subject: `#${issue}`,
        issue,
        agent: parseAgentId(record.agent) ?? null,
        what: `is claimed by ${owner} on ${host}, which did not renew its lease (${phase})`,
        since: Date.parse(claimedAt) || null,
        cure:
          how === 'leave'
            ? {by: 'person', next: `clambake recover ${issue}`}
            : {by: 'itself', will: how === 'release' ? 'the issue is released' : 'it is taken over with its work'},
      },
    ]
  })
}

function ticketFindings(ticket: TicketState, found: Found): Finding[] {
  const {value, context} = ticket
  const {issue, agent, since, pull} = context
  const {landing, over} = TICKET_STATES[value].is
  const findings: Finding[] = [
    ...withoutProcess(ticket, found),
    ...withoutStep(ticket, found),
    ...withoutChange(ticket, found),
  ]
  if (found.closed.has(issue) && !landing && !over) {
    findings.push({
      ...about(ticket, 'closed-while-claimed'),
      what: `was closed while ${agent} had it (${value})`,
      since: null,
      cure: {
        by: 'command',
        treatment: {do: 'reset', issue},
        will: `stop ${agent}, save its work in a rescue ref, release the claim`,
        safe: false,
        next: `clambake agents recover ${agent}`,
      },
    })
  }
  if (value === 'uncleaned') {
    const next = `resolve that, then ${RETRY_LANDING}`
    const what = context.reason?.replace(/^it /, '') ?? 'has landed, and is not cleaned up'
    findings.push({...about(ticket, 'landed-not-freed'), what, since, cure: {by: 'person', next}})
  }
  if (value === 'blocked' && pull !== null && found.merged.has(pull)) {
    findings.push({
      ...about(ticket, 'landed-not-freed'),
      what: `landed through #${pull}, and still has branch, worktree and claim`,
      since,
      cure: {
        by: 'command',
        treatment: {do: 'look-at-pull', issue, pull},
        will: 'close it, and clean up as after any landing',
        safe: true,
        next: `clambake agents diagnose ${issue} --fix`,
      },
    })
  }
  return findings
}

/** Blocked tickets whose pull request is no longer open: a person may have merged it. */
export function goneOfBlocked(state: State): {issue: number; pull: number}[] {
  const open = new Set(state.pulls.map(({number}) => number))
  return Object.values(state.tickets).flatMap(({value, context: {issue, pull}}) =>
    value === 'blocked' && pull !== null && !open.has(pull) ? [{issue, pull}] : [],
  )
}

function deadLock({landing, dead}: Found): Finding[] {
  if (landing === null || !dead.has(landing)) return []
  const what = `is held by ${landing}, which did not renew its lease`
  const cure = {by: 'itself', will: 'the next merge takes it over'} as const
  return [{pattern: 'lock-without-owner', subject: 'landing lock', issue: null, agent: null, what, since: null, cure}]
}

function haltFindings(state: State): Finding[] {
  return (haltOf(state.halt)?.causes ?? []).map((cause): Finding => {
    const next = haltNext({oid: null, causes: [cause]})
    return {
      pattern: 'landing-halted',
      subject: 'landing',
      issue: null,
      agent: null,
      what: `is halted: ${cause.reason}`,
      since: Date.parse(cause.at) || null,
      cure: {by: 'person', next},
    }
  })
}
