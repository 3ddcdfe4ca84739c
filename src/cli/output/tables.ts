import {agentLook} from '../../client/panes/agent-look.ts'
import {UNICODE} from '../../client/text/theme.ts'
import {AGENT_STATES} from '../../model/agent/states.ts'
import {shortAgent} from '../../model/data/ids.ts'
import {money} from '../../model/data/usage.ts'
import type {AgentRow} from '../../protocol/daemon.ts'
import {age, columns, type Paper, paperOf} from './text.ts'

/** The slots as `clambake status` prints them, a row each. */
export function agentTable(agents: readonly AgentRow[], now: number, paper: Paper = paperOf()): string {
  return columns(
    [
      {title: 'AGENT'},
      {title: 'STATE', max: 24},
      {title: 'TICKET', max: 50},
      {title: 'COST', align: 'right'},
      {title: 'SINCE', align: 'right'},
    ],
    agents.map(row => [
      shortAgent(row.agent),
      `${agentLook(row, UNICODE).glyph} ${row.activity || row.state}`,
      row.ticket === null ? '' : `#${row.ticket} ${row.title ?? ''}`,
      row.ticketCost === null ? '' : money(row.ticketCost),
      age(now - row.since),
    ]),
    {
      paper,
      tones: agents.map(({state, ticket}) =>
        AGENT_STATES[state].needsPerson ? 'warning' : ticket === null ? 'muted' : undefined,
      ),
    },
  )
}
