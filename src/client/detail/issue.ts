import {hasCode} from '../../base/errors.ts'
import {safeLine} from '../../base/text.ts'
import {type AgentId, shortAgent} from '../../model/data/ids.ts'
import type {TicketPhase, TicketRow} from '../../protocol/daemon.ts'
import type {DaemonLink} from '../connection/links.ts'
import type {Line} from '../text/line.ts'
import {wrapText} from '../text/wrap.ts'
import {discussionLines, headLines} from './discussion.ts'
import {datedLines} from './facts.ts'
import {gateSection} from './gate.ts'
import type {DetailOf, SubjectSpec} from './subject-spec.ts'

export const ISSUE: SubjectSpec<'issue'> = {
  title: ({number}) => `Issue #${number}`,
  ticketOf: (_, {number}) => number,
  async fetch(daemon, state, {number}) {
    const row = state.tickets.find(ticket => ticket.number === number) ?? null
    const [issue, why] = await Promise.all([
      daemon.call('issue', {number}),
      row === null ? [] : factsOf(daemon, number),
    ])
    return {kind: 'issue', issue, row, why}
  },
  lines: issueLines,
}

/** Why the issue is in its state; one that was closed a moment ago has none. */
async function factsOf(daemon: DaemonLink, number: number): Promise<DetailOf<'issue'>['why']> {
  try {
    return (await daemon.call('why', {subject: `#${number}`})).facts
  } catch (error) {
    if (hasCode(error, 'unknown-subject')) return []
    throw error
  }
}

function issueLines({issue, row, why}: DetailOf<'issue'>, width: number): Line[] {
  return [
    ...headLines(issue, width),
    ...(row?.gate ? wrapText(safeLine(row.gate.text), width, {tone: 'attention'}) : []),
    ...(row?.attention ? wrapText(safeLine(row.attention), width, {tone: 'attention'}) : []),
    ...(row?.agent ? wrapText(workerText(row, row.agent), width, {tone: 'working'}) : []),
    ...whyLines(why, width),
    ...gateSection(issue.gate, width),
    ...discussionLines(issue, width),
  ]
}

/** Why it is in its state and has its place in the order. */
function whyLines(why: DetailOf<'issue'>['why'], width: number): Line[] {
  if (why.length === 0) return []
  return [[], [{text: 'why', bold: true}], ...datedLines(why, width)]
}

/** What a ticket's agent does, or did until the ticket was bottled or blocked. */
const DOES: Readonly<Record<TicketPhase, 'works' | 'worked'>> = {
  ready: 'worked',
  claimed: 'works',
  working: 'works',
  review: 'worked',
  blocked: 'worked',
  merged: 'worked',
  orphaned: 'worked',
}

/** Who works on a ticket, or did. */
function workerText({phase}: TicketRow, agent: AgentId): string {
  return `${shortAgent(agent)} ${DOES[phase]} on it`
}
