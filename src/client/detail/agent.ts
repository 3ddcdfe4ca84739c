import {safeLine} from '../../base/text.ts'
import type {StoredEvent} from '../../model/data/event.ts'
import {shortAgent} from '../../model/data/ids.ts'
import type {Message} from '../../protocol/daemon.ts'
import type {Line} from '../text/line.ts'
import {wrapLine} from '../text/wrap.ts'
import {dateColumn, datedLines} from './facts.ts'
import {gateSection} from './gate.ts'
import type {DetailOf, SubjectSpec} from './subject-spec.ts'

/** Events of an agent's slot, and messages to it, that its details show. */
const HISTORY = 50

export const AGENT: SubjectSpec<'agent'> = {
  title: ({agent}) => `Agent ${shortAgent(agent)}`,
  ticketOf: ({agents}, {agent}) => agents.find(row => row.agent === agent)?.ticket ?? undefined,
  copied(state, subject) {
    const ticket = AGENT.ticketOf(state, subject)
    return state.tickets.find(row => row.number === ticket)?.branch ?? subject.agent
  },
  async fetch(daemon, _state, {agent}) {
    const [why, messages, history] = await Promise.all([
      daemon.call('why', {subject: agent}),
      daemon.call('messages', {agent, limit: HISTORY}),
      daemon.call('history', {agent, limit: HISTORY}),
    ])
    return {kind: 'agent', why, messages, history}
  },
  lines: agentLines,
}

/** Why an agent is in its state, what was said to it, and what its slot did, newest first. */
function agentLines({why, messages, history}: DetailOf<'agent'>, width: number): Line[] {
  const heading = (text: string): Line[] => [[], [{text, bold: true}]]
  return [
    [{text: 'why it is in this state', bold: true}],
    ...datedLines(why.facts, width),
    ...gateSection(why.gate, width),
    ...(messages.length === 0 ? [] : heading('what was said')),
    ...messages.flatMap(message => messageLines(message, width)),
    ...heading('what it did'),
    ...(history.length === 0 ? [[{text: 'nothing yet', tone: 'muted'} as const]] : []),
    ...history.flatMap(event => historyLines(event, width)),
  ]
}

function messageLines({from, to, text, at, deliveredAt}: Message, width: number): Line[] {
  return wrapLine(
    [
      {text: `${safeLine(from)} to ${safeLine(to)} `, tone: 'accent'},
      {text: safeLine(text)},
      {text: deliveredAt === null ? ' (not delivered)' : '', tone: 'muted'},
    ],
    width,
    {first: [{text: dateColumn(at), tone: 'muted'}]},
  )
}

function historyLines({at, message, severity}: StoredEvent, width: number): Line[] {
  const tone = severity === 'critical' ? 'bad' : severity === 'warning' ? 'attention' : 'text'
  return wrapLine([{text: safeLine(message), tone}], width, {first: [{text: dateColumn(at), tone: 'muted'}]})
}
