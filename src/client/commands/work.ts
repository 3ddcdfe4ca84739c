import {safeLine} from '../../base/text.ts'
import {shortAgent} from '../../model/data/ids.ts'
import {ACTS} from '../../model/mirror/manual-changes.ts'
import type {LandPlan, RecoverAction} from '../../protocol/daemon.ts'
import type {Operations} from '../connection/operations.ts'
import {isClaimable} from '../panels/issues.ts'
import {markedForLanding, markedRows, selectedRow} from '../panels/lists.ts'
import type {Dialog, Loaded} from '../state/dialog.ts'
import type {ClientStore} from '../state/store.ts'
import {changeDialog, closeDialog, marksCleared, openDialog} from '../state/update.ts'
import type {CommandId} from './bindings.ts'
import {agentInFocus} from './in-focus.ts'

type WorkCommand = Extract<
  CommandId,
  | `queue.${string}`
  | `train.${string}`
  | `recovery.${string}`
  | `recover.${string}`
  | `sync.${string}`
  | `change.${string}`
  | 'agent.stop'
  | 'app.refresh'
>

export type Work = Record<WorkCommand, () => void> & {
  /** Does with the selected orphan what is proposed for it. */
  recoverAsProposed(): void
  /** Does what an open dialog asked about; the dialog is closed by then. */
  confirm(dialog: Dialog): void
}

/** Commands that ask the daemon for work. What can destroy or publish something asks in a dialog first. */
export function createWork(context: {store: ClientStore; operations: Operations; now: () => number}): Work {
  const {store, operations, now} = context

  async function pop(issue: number | null): Promise<void> {
    const label = issue === null ? 'claiming the next issue' : `claiming #${issue}`
    const popped = await operations.ask(label, daemon => daemon.call('pop', issue === null ? {} : {issue}))
    if (popped) operations.tell({level: 'info', text: `#${popped.ticket} claimed by ${shortAgent(popped.agent)}`})
  }

  async function route(): Promise<void> {
    const routed = await operations.ask('claiming issues for free agents', daemon => daemon.call('route', {}))
    if (!routed) return
    const claimed = routed.claimed.map(({ticket, agent}) => `#${ticket} by ${shortAgent(agent)}`)
    const refused = routed.refused.map(({ticket, reason}) => `#${ticket}: ${reason}`)
    operations.tell({
      level: claimed.length > 0 ? 'info' : 'warning',
      text: claimed.length > 0 ? `claimed ${claimed.join(', ')}` : 'nothing was claimed',
      kept: refused.length > 0 ? `not claimed ${refused.join(', ')}` : undefined,
    })
  }

  /** The marked issues, or the selected one. */
  async function popSelected(): Promise<void> {
    const state = store.getState()
    const marked = markedRows(state, 'issues').filter(isClaimable)
    if (marked.length === 0) return pop(selectedRow(state, 'issues')?.number ?? null)
    store.apply(marksCleared('issues'))
    // One after the other: each claim must see who is free after the one before.
    for (const {number} of marked) await pop(number)
  }

  async function openLand(): Promise<void> {
    const only = markedTickets()
    store.apply(openDialog({kind: 'land', plan: {state: 'loading', since: now()}, only}))
    const found = await operations.load(daemon => daemon.call('landPlan', {}))
    const plan = found.state === 'ready' ? {...found, value: planOf(found.value, only)} : found
    store.apply(changeDialog('land', dialog => ({...dialog, plan})))
  }

  /** The tickets that are marked in the focused list, or null. */
  function markedTickets(): number[] | null {
    const state = store.getState()
    const {focus} = state.ui
    if (focus.place !== 'panel') return null
    const tickets = markedForLanding(state, focus.panel)
    return tickets.length === 0 ? null : tickets
  }

  async function openOrphans(): Promise<void> {
    store.apply(openDialog({kind: 'orphans', orphans: {state: 'loading', since: now()}, index: 0}))
    await loadOrphans()
  }

  async function loadOrphans(): Promise<void> {
    const orphans = await operations.load(daemon => daemon.call('orphans', {}))
    store.apply(changeDialog('orphans', dialog => ({...dialog, orphans, index: lastIndex(orphans, dialog.index)})))
  }

  /** Does one thing with the selected orphan; without `action`, what is proposed. */
  async function recover(action?: RecoverAction): Promise<void> {
    const dialog = store.getState().ui.dialogs.at(-1)
    if (dialog?.kind !== 'orphans' || dialog.orphans.state !== 'ready') return
    const orphan = dialog.orphans.value[dialog.index]
    if (!orphan) return store.apply(closeDialog)
    const {kind, name, proposal} = orphan
    const label = `recovering ${safeLine(name)}`
    const recovered = await operations.ask(label, daemon =>
      daemon.call('recover', {kind, name, action: action ?? proposal}),
    )
    if (!recovered) return
    operations.tell({level: 'info', text: recovered.done, kept: 'nothing was overwritten or deleted'})
    await loadOrphans()
  }

  async function openChanges(): Promise<void> {
    store.apply(openDialog({kind: 'changes', rows: {state: 'loading', since: now()}, index: 0}))
    await loadChanges()
  }

  async function loadChanges(): Promise<void> {
    const rows = await operations.load(daemon => daemon.call('mismatches', {strategy: 'manual'}))
    store.apply(changeDialog('changes', dialog => ({...dialog, rows, index: lastIndex(rows, dialog.index)})))
  }

  /** Settles all that was changed on the selected ticket. */
  async function settle(strategy: 'github-wins' | 'local-wins'): Promise<void> {
    const dialog = store.getState().ui.dialogs.at(-1)
    if (dialog?.kind !== 'changes' || dialog.rows.state !== 'ready') return
    const row = dialog.rows.value[dialog.index]
    if (!row) return store.apply(closeDialog)
    const {ticket} = row
    const label = strategy === 'local-wins' ? `putting #${ticket} back` : `obeying what #${ticket} shows`
    const settled = await operations.ask(label, daemon => daemon.call('sync', {tickets: [ticket], strategy}))
    if (!settled) return
    const done = settled.rows.map(({part, act}) => `${part}: ${ACTS[act]}`).join(', ')
    operations.tell({level: 'info', text: `#${ticket} ${done === '' ? 'differs no more' : done}`})
    await loadChanges()
  }

  /** Exactly the tickets that the dialog showed: what boarded since then waits for the next train. */
  async function land(dialog: Extract<Dialog, {kind: 'land'}>): Promise<void> {
    if (dialog.plan.state !== 'ready' || dialog.plan.value.board.length === 0) return
    const tickets = dialog.plan.value.board.map(({ticket}) => ticket)
    const landed = await operations.ask('sending the train', daemon => daemon.call('land', {tickets}))
    if (!landed) return
    for (const panel of ['issues', 'pulls'] as const) store.apply(marksCleared(panel))
    operations.tell({level: 'info', text: `landing ${landed.landing.map(ticket => `#${ticket}`).join(' ')}`})
  }

  async function openStop(): Promise<void> {
    const row = agentInFocus(store.getState())
    if (!row) return
    const {agent, ticket, title} = row
    const loading = ticket === null ? null : ({state: 'loading', since: now()} as const)
    store.apply(openDialog({kind: 'stop', agent, ticket, title, work: loading}))
    if (ticket === null) return
    const work = await operations.load(daemon => daemon.call('diff', {ticket}))
    store.apply(changeDialog('stop', dialog => (dialog.ticket === ticket ? {...dialog, work} : dialog)))
  }

  async function stop(dialog: Extract<Dialog, {kind: 'stop'}>): Promise<void> {
    const name = shortAgent(dialog.agent)
    const stopped = await operations.ask(`stopping ${name}`, daemon => daemon.call('stopAgent', {agent: dialog.agent}))
    if (!stopped) return
    operations.tell({
      level: 'info',
      text: `${name} stopped`,
      kept: stopped.saved === null ? 'nothing was left to save' : `its work is saved in ${stopped.saved}`,
    })
  }

  return {
    'queue.pop': () => void pop(null),
    'queue.pop-selected': () => void popSelected(),
    'queue.route': () => void route(),
    'train.land': () => void openLand(),
    'recovery.orphans': () => void openOrphans(),
    'recover.resume': () => void recover('resume'),
    'recover.open-pull': () => void recover('open-pull'),
    'recover.leave': () => void recover('leave'),
    'sync.changes': () => void openChanges(),
    'change.obey': () => void settle('github-wins'),
    'change.put-back': () => void settle('local-wins'),
    'agent.stop': () => void openStop(),
    'app.refresh': () => void operations.ask('looking at GitHub', daemon => daemon.call('refresh', {})),
    recoverAsProposed: () => void recover(),
    confirm(dialog) {
      if (dialog.kind === 'land') void land(dialog)
      if (dialog.kind === 'stop') void stop(dialog)
    },
  }
}

/** A plan for some of its tickets only: the others are put off, and the dialog says so. */
function planOf(plan: LandPlan, only: readonly number[] | null): LandPlan {
  if (only === null) return plan
  const isMeant = ({ticket}: {ticket: number}) => only.includes(ticket)
  const others = plan.board.filter(entry => !isMeant(entry))
  return {
    ...plan,
    board: plan.board.filter(isMeant),
    putOff: [...others.map(({ticket, title}) => ({ticket, title, reason: 'not marked'})), ...plan.putOff],
  }
}

function lastIndex(orphans: Loaded<readonly unknown[]>, index: number): number {
  return orphans.state === 'ready' ? Math.max(0, Math.min(index, orphans.value.length - 1)) : 0
}
