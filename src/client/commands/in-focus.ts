import type {AgentRow} from '../../protocol/daemon.ts'
import {ticketOf} from '../detail/subjects.ts'
import {markedRows, selectedSubject} from '../panels/lists.ts'
import {agentOfPane} from '../panes/panes.ts'
import type {Dialog} from '../state/dialog.ts'
import type {ClientState} from '../state/state.ts'
import type {Subject} from '../state/subject.ts'

/** The subject that commands act on: the one of a detail view, the agent of the focused pane, or the selected row. */
export function subjectInFocus(state: ClientState): Subject | undefined {
  const {dialogs, focus} = state.ui
  const detail = dialogs.findLast((dialog): dialog is Extract<Dialog, {kind: 'detail'}> => dialog.kind === 'detail')
  if (detail) return detail.subject
  if (focus.place === 'pane') {
    const agent = agentOfPane(state.agents, focus.pane)?.agent
    return agent && {kind: 'agent', agent}
  }
  return selectedSubject(state, focus.panel)
}

/** The ticket that commands act on: the subject's own. */
export function ticketInFocus(state: ClientState): number | undefined {
  return ticketOf(state, subjectInFocus(state))
}

/** The agents that a command means: those of the marked issues, else the one in focus. */
export function agentsMeant(state: ClientState): AgentRow[] {
  const {focus, dialogs} = state.ui
  const isList = focus.place === 'panel' && focus.panel === 'issues' && dialogs.length === 0
  const marked = isList ? markedRows(state, 'issues') : []
  if (marked.length > 0) {
    return marked.flatMap(({number}) => state.agents.find(row => row.ticket === number) ?? [])
  }
  const row = agentInFocus(state)
  return row ? [row] : []
}

/** The agent that commands act on: the subject itself, or the one that works on the subject's ticket. */
export function agentInFocus(state: ClientState): AgentRow | undefined {
  const subject = subjectInFocus(state)
  if (subject?.kind === 'agent') return state.agents.find(row => row.agent === subject.agent)
  const ticket = ticketOf(state, subject)
  return ticket === undefined ? undefined : state.agents.find(row => row.ticket === ticket)
}
