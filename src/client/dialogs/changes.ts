import {ACTS} from '../../model/data/show.ts'
import {shownRow} from '../../model/mirror/shown-row.ts'
import type {Binding, CommandContext} from '../commands/binding.ts'
import {changeDialog, closeDialog, openDialog} from '../state/update.ts'
import {type DialogOf, type DialogSpec, keptIndex, movedIndex} from './dialog-spec.ts'
import {tableHeight} from './lines.ts'

/** What people changed by hand on GitHub, to be obeyed or put back. */
export const CHANGES: DialogSpec<DialogOf<'changes'>> = {
  context: 'changes',
  height: ({rows}, width) => tableHeight(rows, width),
  loaded: ({rows}) => rows,
  scrolled: (dialog, rows) => ({...dialog, index: movedIndex(dialog.rows, dialog.index, rows)}),
}

export const CHANGES_KEYS = [
  {
    command: 'change.obey',
    keys: ['o'],
    help: 'take what GitHub shows: stop, release or retry the ticket',
    group: 'dialog',
    where: ['changes'],
    needs: 'daemon',
    writes: true,
    run: context => void settle(context, 'github-wins'),
  },
  {
    command: 'change.put-back',
    keys: ['b'],
    help: 'put back what was changed by hand',
    group: 'dialog',
    where: ['changes'],
    needs: 'daemon',
    writes: true,
    run: context => void settle(context, 'local-wins'),
  },
] as const satisfies readonly Binding[]

export async function openChanges(context: CommandContext): Promise<void> {
  context.store.apply(openDialog({kind: 'changes', rows: {state: 'loading', since: context.now()}, index: 0}))
  await loadChanges(context)
}

async function loadChanges({store, operations}: CommandContext): Promise<void> {
  const rows = await operations.load(daemon => daemon.call('mismatches', {strategy: 'manual'}))
  store.apply(changeDialog('changes', dialog => ({...dialog, rows, index: keptIndex(rows, dialog.index)})))
}

/** Settles everything that was changed on the selected ticket. */
async function settle(context: CommandContext, strategy: 'github-wins' | 'local-wins'): Promise<void> {
  const {store, operations} = context
  const dialog = store.getState().ui.dialogs.at(-1)
  if (dialog?.kind !== 'changes' || dialog.rows.state !== 'ready') return
  const row = dialog.rows.value[dialog.index]
  if (!row) return store.apply(closeDialog)
  const {ticket} = row
  const shown = dialog.rows.value.filter(other => other.ticket === ticket).map(shownRow)
  const label = strategy === 'local-wins' ? `putting #${ticket} back` : `obeying what #${ticket} shows`
  const settled = await operations.ask(label, daemon => daemon.call('sync', {tickets: [ticket], strategy, shown}))
  if (!settled) return
  const done = settled.rows.map(({part, act}) => `${part}: ${ACTS[act]}`).join(', ')
  const text =
    settled.fresh.length > 0 ? 'was changed again since it was shown' : done === '' ? 'no longer differs' : done
  operations.notify({
    level: settled.fresh.length > 0 ? 'warning' : 'info',
    text: `#${ticket} ${text}`,
    ...(settled.fresh.length > 0 && {kept: 'both as they are', next: 'the list shows what differs now'}),
  })
  await loadChanges(context)
}
