import {shortAgent} from '../../model/data/ids.ts'
import type {AgentRow} from '../../protocol/daemon.ts'
import {contextIn} from '../dialogs/dialogs.ts'
import {allNeeds} from '../fleet/needs-you.ts'
import {isClaimable} from '../panels/issues.ts'
import {markedRows, selectedRow, selectedSubject} from '../panels/lists.ts'
import {PANELS} from '../panels/panels.ts'
import {agentOfPane} from '../panes/panes.ts'
import type {Dialog} from '../state/dialog.ts'
import type {ClientState} from '../state/state.ts'
import type {Subject} from '../state/subject.ts'
import {arrangingReason} from './arrange.ts'
import type {CommandId, KeyContext} from './bindings.ts'

/** Where a key pressed now would go. */
export function contextOf(state: ClientState): KeyContext {
  const {dialogs, filtering, focus} = state.ui
  const dialog = dialogs.at(-1)
  if (dialog) return contextIn(dialog)
  if (filtering) return 'text'
  if (focus.place === 'panel') return 'panel'
  return focus.attached ? 'attached' : 'pane'
}

/** What commands mean now: what a detail view shows, the agent of the focused pane, or the selected row. */
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

/** The ticket that a subject is or belongs to. */
export function ticketOf(state: ClientState, subject: Subject | undefined): number | undefined {
  switch (subject?.kind) {
    case 'issue':
      return subject.number
    case 'pull':
      return state.pulls.find(row => row.number === subject.number)?.ticket ?? undefined
    case 'agent':
      return state.agents.find(row => row.agent === subject.agent)?.ticket ?? undefined
    case 'conflict':
      return subject.conflict.ticket
    case 'event':
      return subject.event.ticket
    case undefined:
      return undefined
  }
}

export function ticketInFocus(state: ClientState): number | undefined {
  return ticketOf(state, subjectInFocus(state))
}

/** The agent that commands mean now: the subject itself, or the one that works on the subject's ticket. */
export function agentInFocus(state: ClientState): AgentRow | undefined {
  const subject = subjectInFocus(state)
  if (subject?.kind === 'agent') return state.agents.find(row => row.agent === subject.agent)
  const ticket = ticketOf(state, subject)
  return ticket === undefined ? undefined : state.agents.find(row => row.ticket === ticket)
}

/** Commands that the daemon carries out and that change something, or that write into an agent's terminal. */
const WRITES = new Set<CommandId>([
  'queue.pop',
  'queue.pop-selected',
  'queue.route',
  'train.land',
  'agent.stop',
  'agent.attach',
  'agent.message',
  'answer.allow',
  'answer.always',
  'answer.deny',
  'answer.choose',
  'recover.resume',
  'recover.open-pull',
  'recover.leave',
  'change.obey',
  'change.put-back',
])
const ASKS_DAEMON = new Set<CommandId>([
  'queue.pop',
  'queue.pop-selected',
  'queue.route',
  'train.land',
  'recovery.orphans',
  'recover.resume',
  'recover.open-pull',
  'recover.leave',
  'sync.changes',
  'change.obey',
  'change.put-back',
  'agent.stop',
  'agent.message',
  'answer.allow',
  'answer.always',
  'answer.deny',
  'answer.choose',
  'row.diff',
  'row.browse',
  'app.refresh',
])

/** Why a command cannot be done now, for the footer, the palette and the toast; null when it can. */
export function disabledReason(command: CommandId, state: ClientState): string | null {
  if (ASKS_DAEMON.has(command) && state.link.state !== 'connected') return 'the daemon does not answer yet'
  if (WRITES.has(command) && state.header?.readOnly) return 'this is a read-only screen'
  switch (command) {
    case 'layout.narrower':
    case 'layout.wider':
    case 'layout.abreast':
      return arrangingReason(state)
    case 'queue.pop-selected':
      return popReason(state)
    case 'agent.attach':
    case 'agent.peek':
      if (agentInFocus(state)?.pane != null) return null
      return state.ui.focus.place === 'pane' ? 'its terminal is gone' : 'no agent works on this row'
    case 'agent.answer':
      return answerReason(state)
    case 'answer.allow':
    case 'answer.always':
      return asksQuestion(state) ? 'it asks a question: choose by a number, or deny' : null
    case 'agent.stop':
    case 'agent.message':
      return agentInFocus(state) ? null : 'no agent works on this row'
    case 'row.open':
    case 'row.details':
    case 'row.copy':
    case 'list.mark':
      return subjectInFocus(state) ? null : 'no row is selected'
    case 'row.diff':
      return ticketInFocus(state) === undefined ? 'nothing here belongs to a ticket' : null
    case 'row.browse':
      if (subjectInFocus(state)?.kind === 'pull') return null
      return ticketInFocus(state) === undefined ? 'nothing here belongs to an issue' : null
    case 'list.sort': {
      const {focus} = state.ui
      return focus.place === 'panel' && PANELS[focus.panel].orders.length > 1 ? null : 'this is no list'
    }
    case 'app.next-attention':
    case 'app.attention':
      return allNeeds(state).length > 0 ? null : 'nothing needs you'
    case 'repository.next':
    case 'repository.previous':
      return state.fleet ? null : 'this screen has one repository; start clambake with several'
    default:
      return null
  }
}

function answerReason(state: ClientState): string | null {
  const row = agentInFocus(state)
  if (!row) return 'no agent works on this row'
  if (row.asks) return null
  return row.state === 'waiting' ? 'only its terminal can answer that: attach' : `${shortAgent(row.agent)} asks nothing`
}

function asksQuestion({ui}: ClientState): boolean {
  const dialog = ui.dialogs.at(-1)
  return dialog?.kind === 'answer' && dialog.asks.kind === 'question'
}

function popReason(state: ClientState): string | null {
  const marked = markedRows(state, 'issues')
  if (marked.length > 0) return marked.some(isClaimable) ? null : 'none of the marked issues is ready'
  const row = selectedRow(state, 'issues')
  if (!row) return 'no issue is selected'
  if (isClaimable(row)) return null
  return row.gate?.text ?? (row.foreignOwner ? `claimed by ${row.foreignOwner}` : `#${row.number} is ${row.phase}`)
}
