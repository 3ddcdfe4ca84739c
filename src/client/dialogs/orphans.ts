import {safeLine} from '../../base/text.ts'
import type {RecoverAction} from '../../protocol/daemon.ts'
import type {Binding, CommandContext} from '../commands/binding.ts'
import {changeDialog, closeDialog, openDialog} from '../state/update.ts'
import {type DialogOf, type DialogSpec, keptIndex, movedIndex} from './dialog-spec.ts'
import {tableHeight} from './lines.ts'

/** Branches, worktrees and claims that have no owner; Enter does what is proposed for the selected one. */
export const ORPHANS: DialogSpec<DialogOf<'orphans'>> = {
  context: 'recover',
  height: ({orphans}, width) => tableHeight(orphans, width),
  loaded: ({orphans}) => orphans,
  scrolled: (dialog, rows) => ({...dialog, index: movedIndex(dialog.orphans, dialog.index, rows)}),
  confirm: context => void recover(context),
}

export const ORPHANS_KEYS = [
  {
    command: 'recover.resume',
    keys: ['r'],
    help: 'let an agent resume the orphan',
    group: 'dialog',
    where: ['recover'],
    needs: 'daemon',
    writes: true,
    run: context => void recover(context, 'resume'),
  },
  {
    command: 'recover.open-pull',
    keys: ['p'],
    help: 'open a pull request of the orphan for a person',
    group: 'dialog',
    where: ['recover'],
    needs: 'daemon',
    writes: true,
    run: context => void recover(context, 'open-pull'),
  },
  {
    command: 'recover.leave',
    keys: ['l'],
    help: 'leave the orphan as it is and do not propose it again',
    group: 'dialog',
    where: ['recover'],
    needs: 'daemon',
    writes: true,
    run: context => void recover(context, 'leave'),
  },
] as const satisfies readonly Binding[]

export async function openOrphans(context: CommandContext): Promise<void> {
  context.store.apply(openDialog({kind: 'orphans', orphans: {state: 'loading', since: context.now()}, index: 0}))
  await loadOrphans(context)
}

async function loadOrphans({store, operations}: CommandContext): Promise<void> {
  const orphans = await operations.load(daemon => daemon.call('orphans', {}))
  store.apply(changeDialog('orphans', dialog => ({...dialog, orphans, index: keptIndex(orphans, dialog.index)})))
}

/** Does one thing with the selected orphan; without `action`, what is proposed. */
async function recover(context: CommandContext, action?: RecoverAction): Promise<void> {
  const {store, operations} = context
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
  operations.notify({level: 'info', text: recovered.done, kept: 'nothing was overwritten or deleted'})
  await loadOrphans(context)
}
