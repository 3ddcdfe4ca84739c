import {shortAgent} from '../../model/data/ids.ts'
import {conflictSides, type SeenConflict} from '../../model/radar/conflict.ts'
import {openAnswer} from '../dialogs/answer.ts'
import {openDetails} from '../dialogs/detail.ts'
import {writeTo} from '../dialogs/hub/write.ts'
import {openMessage} from '../dialogs/message.ts'
import {openPeek} from '../dialogs/peek.ts'
import {openReset, resetsMeant} from '../dialogs/reset.ts'
import {diffInFocus, openDiff} from '../dialogs/review/diff.ts'
import {openStop} from '../dialogs/stop.ts'
import {allNeeds} from '../fleet/needs-you.ts'
import {hubReason} from '../hub/reason.ts'
import type {Panel} from '../panels/panel.ts'
import {PANELS} from '../panels/panels.ts'
import type {Update} from '../state/client-store.ts'
import type {ClientState} from '../state/state.ts'
import {
  detach,
  dialogsClosed,
  filterIs,
  focusPane,
  markToggled,
  openDialog,
  sortedNext,
  zoomed,
} from '../state/update.ts'
import type {CommandContext} from './binding.ts'
import {ANYWHERE, type Binding} from './binding.ts'
import {browse, copy} from './browse-and-copy.ts'
import {goToNextNeed, showRepositoryBeside} from './go-to-needs.ts'
import {agentInFocus, agentsMeant, subjectInFocus, ticketInFocus} from './in-focus.ts'

/** Commands on the selected row or the focused agent, and the way to the next one, in the order of the footer. */
export const ROWS_AND_AGENTS = [
  {
    command: 'row.open',
    keys: ['enter'],
    help: "open the row: its agent's terminal, or else its details",
    short: 'open',
    group: 'row',
    where: ['panel'],
    disabled: noRow,
    run: context => openRow(context),
  },
  {
    command: 'agent.attach',
    keys: ['enter'],
    help: "type into the agent's terminal",
    short: 'attach',
    group: 'pane',
    where: ['pane', 'detail'],
    writes: true,
    disabled: noTerminal,
    run: context => attach(context),
  },
  {
    command: 'agent.detach',
    keys: ['ctrl+]'],
    help: 'take the keyboard back; twice sends the key',
    short: 'detach',
    group: 'pane',
    where: ['attached'],
    run: ({store}) => store.apply(detach),
  },
  {
    command: 'agent.peek',
    keys: ['space'],
    help: "see the end of the agent's terminal, answer in one line",
    short: 'peek',
    group: 'pane',
    where: ANYWHERE,
    disabled: noTerminal,
    run: context => openPeek(context),
  },
  {
    command: 'app.next-attention',
    keys: ['!'],
    help: 'go to the next thing that needs you, in any repository',
    short: 'next',
    group: 'move',
    where: ANYWHERE,
    disabled: nothingNeedsYou,
    run: context => goToNextNeed(context),
  },
  {
    command: 'app.attention',
    keys: ['A'],
    help: 'list what needs you in all repositories; enter goes there',
    group: 'move',
    where: ANYWHERE,
    disabled: nothingNeedsYou,
    run: ({store}) => store.apply(openDialog({kind: 'attention', index: 0})),
  },
  {
    command: 'repository.next',
    keys: [']'],
    help: 'go to the next repository',
    group: 'move',
    where: ANYWHERE,
    disabled: oneRepository,
    run: context => showRepositoryBeside(context, 1),
  },
  {
    command: 'repository.previous',
    keys: ['['],
    help: 'go to the previous repository',
    group: 'move',
    where: ANYWHERE,
    disabled: oneRepository,
    run: context => showRepositoryBeside(context, -1),
  },
  {
    command: 'agent.answer',
    keys: ['a'],
    help: 'answer what the agent asks: allow, always allow or deny',
    short: 'answer',
    group: 'pane',
    where: [...ANYWHERE, 'detail'],
    disabled: asksNothing,
    run: context => openAnswer(context),
  },
  {
    command: 'row.diff',
    keys: ['d'],
    help: 'show the changes, to be reviewed',
    short: 'diff',
    group: 'row',
    where: [...ANYWHERE, 'detail'],
    needs: 'daemon',
    disabled: state => (diffInFocus(state) === undefined ? 'nothing here belongs to a ticket' : null),
    run: context => void openDiff(context),
  },
  {
    command: 'agent.message',
    keys: ['n'],
    help: 'message the session, the agent, or those of marked issues',
    short: 'message',
    group: 'pane',
    where: [...ANYWHERE, 'detail'],
    needs: 'daemon',
    writes: true,
    disabled: noReader,
    run: context => message(context),
  },
  {
    command: 'agent.stop',
    keys: ['D'],
    help: 'stop the agent, or those of marked issues; saves work first',
    short: 'stop',
    group: 'pane',
    where: ANYWHERE,
    needs: 'daemon',
    writes: true,
    disabled: noAgent,
    run: context => void openStop(context),
  },
  {
    command: 'agent.reset',
    keys: ['x'],
    help: 'release the issue, or the marked ones; saves work, asks',
    group: 'pane',
    where: [...ANYWHERE, 'detail'],
    needs: 'daemon',
    writes: true,
    disabled: state => (resetsMeant(state).length > 0 ? null : 'no agent has or had this issue'),
    run: context => void openReset(context),
  },
  {
    command: 'app.zoom',
    keys: ['z'],
    help: 'zoom the focused place, or back',
    short: 'zoom',
    group: 'pane',
    where: ANYWHERE,
    run: ({store}) => store.apply(zoomed(!store.getState().ui.zoom)),
  },
  {
    command: 'row.details',
    keys: ['i'],
    help: 'show everything about the row or the agent',
    short: 'details',
    group: 'row',
    where: ANYWHERE,
    disabled: noRow,
    run: context => void openDetails(context),
  },
  {
    command: 'row.browse',
    keys: ['o'],
    help: 'open it on GitHub',
    short: 'browser',
    group: 'row',
    where: [...ANYWHERE, 'detail'],
    needs: 'daemon',
    disabled: noAddress,
    run: context => void browse(context),
  },
  {
    command: 'row.copy',
    keys: ['y'],
    help: 'copy its address, branch or text',
    short: 'copy',
    group: 'row',
    where: [...ANYWHERE, 'detail'],
    disabled: noRow,
    run: context => void copy(context),
  },
  {
    command: 'list.filter',
    keys: ['/'],
    help: 'filter the list by words',
    short: 'filter',
    group: 'row',
    where: ['panel'],
    run: ({store}) =>
      inList(store, panel => filterIs(panel, {text: store.getState().ui.filters[panel], editing: true})),
  },
  {
    command: 'list.sort',
    keys: ['s'],
    help: 'change the order of the list',
    short: 'sort',
    group: 'row',
    where: ['panel'],
    disabled: ({ui: {focus}}) =>
      focus.place === 'panel' && PANELS[focus.panel].orders.length > 1 ? null : 'this is not a list',
    run: ({store}) => inList(store, sortedNext),
  },
  {
    command: 'list.mark',
    keys: ['v'],
    help: 'mark or unmark the row; commands act on all that is marked',
    short: 'mark',
    group: 'row',
    where: ['panel'],
    disabled: noRow,
    run: ({store}) => inList(store, markToggled),
  },
  {
    command: 'conflicts.matrix',
    keys: ['m'],
    help: 'see who conflicts with whom, as a table',
    group: 'row',
    where: ANYWHERE,
    run: ({store}) => store.apply(openDialog({kind: 'matrix', top: 0})),
  },
  {
    command: 'conflicts.tell',
    keys: ['t'],
    help: 'tell the agents of the selected conflict about it',
    group: 'row',
    where: ['panel', 'detail'],
    needs: 'daemon',
    writes: true,
    disabled: notTellable,
    run: context => void tellConflict(context),
  },
] as const satisfies readonly Binding[]

function selectedConflict(state: ClientState): SeenConflict | null {
  const subject = subjectInFocus(state)
  return subject?.kind === 'conflict' ? subject.conflict : null
}

function notTellable(state: ClientState): string | null {
  const conflict = selectedConflict(state)
  if (conflict === null) return 'this is not a conflict'
  return (conflict.one.agent ?? conflict.other?.agent) ? null : 'no agent works on either side'
}

async function tellConflict({store, operations}: CommandContext): Promise<void> {
  const conflict = selectedConflict(store.getState())
  if (conflict === null) return
  const {one, other} = conflict
  const told = await operations.ask(`telling the agents of ${conflictSides(conflict)}`, daemon =>
    daemon.call('tellConflict', {one: one.key, other: other?.key ?? null}),
  )
  if (told) operations.notify({level: 'info', text: `${told.agents.map(shortAgent).join(' and ')} will read of it`})
}

function inList(store: CommandContext['store'], update: (panel: Panel) => Update): void {
  const {focus} = store.getState().ui
  if (focus.place === 'panel') store.apply(update(focus.panel))
}

/** One line to agents of this repository; to a session of another project, a message of the hub. */
function message(context: CommandContext): void {
  const state = context.store.getState()
  const subject = subjectInFocus(state)
  if (subject?.kind === 'peer' && agentsMeant(state).length === 0) writeTo(context, subject.peer)
  else openMessage(context)
}

/** In the queue, Enter goes straight to the agent's terminal; elsewhere, and without an agent, it opens the details. */
function openRow(context: CommandContext): void {
  const {store} = context
  const state = store.getState()
  const {focus} = state.ui
  const pane = focus.place === 'panel' && focus.panel === 'issues' ? agentInFocus(state)?.pane : null
  if (pane == null || state.header?.readOnly) void openDetails(context)
  else store.apply(focusPane(pane, {attached: true}))
}

function attach({store}: CommandContext): void {
  const pane = agentInFocus(store.getState())?.pane
  if (pane == null) return
  store.apply(dialogsClosed)
  store.apply(focusPane(pane, {attached: true}))
}

// ── why a command cannot be done now ─────────────────────────────────────────────────────────────────────

function noRow(state: ClientState): string | null {
  return subjectInFocus(state) ? null : 'no row is selected'
}

function noAgent(state: ClientState): string | null {
  return agentsMeant(state).length > 0 ? null : 'no agent works on this row'
}

function noReader(state: ClientState): string | null {
  const subject = subjectInFocus(state)
  return subject?.kind === 'peer' && agentsMeant(state).length === 0 ? hubReason(state) : noAgent(state)
}

function noTerminal(state: ClientState): string | null {
  if (agentInFocus(state)?.pane != null) return null
  return state.ui.focus.place === 'pane' ? 'its terminal is gone' : 'no agent works on this row'
}

function noAddress(state: ClientState): string | null {
  if (subjectInFocus(state)?.kind === 'pull') return null
  return ticketInFocus(state) === undefined ? 'nothing here belongs to an issue' : null
}

function nothingNeedsYou(state: ClientState): string | null {
  return allNeeds(state).length > 0 ? null : 'nothing needs you'
}

function oneRepository({fleet}: ClientState): string | null {
  return fleet ? null : 'this screen has one repository; start clambake with several'
}

function asksNothing(state: ClientState): string | null {
  const row = agentInFocus(state)
  if (!row) return 'no agent works on this row'
  if (row.asks) return null
  return row.state === 'waiting' ? 'only its terminal can answer that: attach' : `${shortAgent(row.agent)} asks nothing`
}
