import type {DaemonLink} from '../connection/links.ts'
import type {Operations} from '../connection/operations.ts'
import {fileBeside, parseDiff} from '../detail/diff.ts'
import type {Dialog} from '../state/dialog.ts'
import type {ClientState} from '../state/state.ts'
import type {ClientStore} from '../state/store.ts'
import type {Detail, Subject} from '../state/subject.ts'
import {changeDialog, focusPane, openDialog} from '../state/update.ts'
import type {CommandId} from './bindings.ts'
import {agentInFocus, subjectInFocus, ticketInFocus} from './in-focus.ts'

type DetailCommand = Extract<CommandId, 'row.open' | 'row.details' | 'row.diff' | `diff.${string}`>

/** Events of an agent's slot, and words to it, that a person reads through. */
const HISTORY = 50

/** Detail views and diffs: opened at once, filled when the daemon has answered. */
export function createDetails(context: {
  store: ClientStore
  operations: Operations
  now: () => number
}): Record<DetailCommand, () => void> {
  const {store, operations, now} = context

  async function open(subject: Subject): Promise<void> {
    store.apply(openDialog({kind: 'detail', subject, detail: {state: 'loading', since: now()}, top: 0}))
    const state = store.getState()
    const detail = await operations.load(daemon => fetchDetail(daemon, subject, state))
    // Another one may have been opened meanwhile.
    const isSame = (dialog: Extract<Dialog, {kind: 'detail'}>) => dialog.subject === subject
    store.apply(changeDialog('detail', dialog => (isSame(dialog) ? {...dialog, detail} : dialog)))
  }

  async function openDiff(ticket: number): Promise<void> {
    store.apply(openDialog({kind: 'diff', ticket, diff: {state: 'loading', since: now()}, top: 0}))
    const diff = await operations.load(daemon => daemon.call('diff', {ticket}))
    store.apply(changeDialog('diff', dialog => (dialog.ticket === ticket ? {...dialog, diff} : dialog)))
  }

  function openFocused(): void {
    const subject = subjectInFocus(store.getState())
    if (subject) void open(subject)
  }

  function goToFile(step: 1 | -1): void {
    store.apply(
      changeDialog('diff', dialog => {
        const line = dialog.diff.state === 'ready' ? fileBeside(parseDiff(dialog.diff.value), dialog.top, step) : null
        return line === null ? dialog : {...dialog, top: line}
      }),
    )
  }

  return {
    'row.open': () => {
      const state = store.getState()
      const {focus} = state.ui
      const pane = focus.place === 'panel' && focus.panel === 'issues' ? agentInFocus(state)?.pane : null
      if (pane == null || state.header?.readOnly) openFocused()
      else store.apply(focusPane(pane, {attached: true}))
    },
    'row.details': openFocused,
    'row.diff': () => {
      const ticket = ticketInFocus(store.getState())
      if (ticket !== undefined) void openDiff(ticket)
    },
    'diff.next-file': () => goToFile(1),
    'diff.previous-file': () => goToFile(-1),
  }
}

async function fetchDetail(daemon: DaemonLink, subject: Subject, state: ClientState): Promise<Detail> {
  switch (subject.kind) {
    case 'issue': {
      const row = state.tickets.find(({number}) => number === subject.number) ?? null
      return {kind: 'issue', issue: await daemon.call('issue', {number: subject.number}), row}
    }
    case 'pull':
      return {kind: 'pull', pull: await daemon.call('pull', {number: subject.number})}
    case 'agent': {
      const {agent} = subject
      const [why, messages, history] = await Promise.all([
        daemon.call('why', {subject: agent}),
        daemon.call('messages', {agent, limit: HISTORY}),
        daemon.call('history', {agent, limit: HISTORY}),
      ])
      return {kind: 'agent', why, messages, history}
    }
    case 'conflict':
    case 'event':
      return subject
  }
}
