import {safeLine} from '../../base/text.ts'
import {count} from '../../base/words.ts'
import type {Orphan, RecoverAction} from '../../protocol/daemon.ts'
import type {Binding, CommandContext} from '../commands/binding.ts'
import {changeDialog, closeDialog, openDialog} from '../state/update.ts'
import type {Line} from '../text/line.ts'
import {type DialogOf, type DialogSpec, keptIndex, movedIndex} from './dialog-spec.ts'
import {tableHeight} from './lines.ts'

/** Lines below the list that tell about the selected row. */
export const ORPHAN_NOTES = 4

/** Orphaned work; Enter does what is proposed for the selected row. */
export const ORPHANS: DialogSpec<DialogOf<'orphans'>> = {
  context: 'recover',
  height: ({orphans}, width) =>
    tableHeight(orphans, width) + (orphans.state === 'ready' && orphans.value.length > 0 ? ORPHAN_NOTES : 0),
  loaded: ({orphans}) => orphans,
  scrolled: (dialog, rows) => ({...dialog, index: movedIndex(dialog.orphans, dialog.index, rows)}),
  confirm: context => void recover(context),
}

const IN_LIST = {group: 'dialog', where: ['recover'], needs: 'daemon'} as const

export const ORPHANS_KEYS = [
  {
    ...IN_LIST,
    command: 'recover.resume',
    keys: ['r'],
    help: 'let an agent resume the orphan',
    writes: true,
    run: context => void recover(context, 'resume'),
  },
  {
    ...IN_LIST,
    command: 'recover.open-pull',
    keys: ['p'],
    help: 'open a pull request of the orphan for a person',
    writes: true,
    run: context => void recover(context, 'open-pull'),
  },
  {
    ...IN_LIST,
    command: 'recover.archive',
    keys: ['a'],
    help: 'archive the orphan: save it in a rescue ref, then remove it',
    writes: true,
    run: context => void recover(context, 'archive'),
  },
  {
    ...IN_LIST,
    command: 'recover.leave',
    keys: ['l'],
    help: 'leave the orphan as it is and do not propose it again',
    writes: true,
    run: context => void recover(context, 'leave'),
  },
  {
    ...IN_LIST,
    command: 'recover.all',
    keys: ['A'],
    help: 'list everything orphaned, or only what is proposed',
    run: context => void showAll(context),
  },
] as const satisfies readonly Binding[]

export async function openOrphans(context: CommandContext): Promise<void> {
  const orphans = {state: 'loading', since: context.now()} as const
  context.store.apply(openDialog({kind: 'orphans', orphans, index: 0, all: false}))
  await loadOrphans(context, false)
}

async function showAll(context: CommandContext): Promise<void> {
  const dialog = context.store.getState().ui.dialogs.at(-1)
  if (dialog?.kind !== 'orphans') return
  const all = !dialog.all
  const orphans = {state: 'loading', since: context.now()} as const
  context.store.apply(changeDialog('orphans', shown => ({...shown, orphans, index: 0, all})))
  await loadOrphans(context, all)
}

async function loadOrphans({store, operations}: CommandContext, all: boolean): Promise<void> {
  const orphans = await operations.load(daemon => daemon.call('orphans', all ? {all} : {}))
  store.apply(
    changeDialog('orphans', dialog =>
      dialog.all === all ? {...dialog, orphans, index: keptIndex(orphans, dialog.index)} : dialog,
    ),
  )
}

/** Does one thing with the selected orphan; without `action`, what is proposed. */
async function recover(context: CommandContext, action?: RecoverAction): Promise<void> {
  const {store, operations} = context
  const dialog = store.getState().ui.dialogs.at(-1)
  if (dialog?.kind !== 'orphans' || dialog.orphans.state !== 'ready') return
  const orphan = dialog.orphans.value[dialog.index]
  if (!orphan) return store.apply(closeDialog)
  const {kind, name, proposal} = orphan
  const chosen = action ?? proposal
  const label = `${DOING[chosen]} ${safeLine(name)}`
  const recovered = await operations.ask(label, daemon => daemon.call('recover', {kind, name, action: chosen}))
  if (!recovered) return
  operations.notify({level: 'info', text: recovered.done, ...after(chosen, recovered.kept)})
  await loadOrphans(context, dialog.all)
}

const DOING: Readonly<Record<RecoverAction, string>> = {
  resume: 'resuming',
  'open-pull': 'opening a pull request of',
  archive: 'archiving',
  leave: 'leaving',
}

function after(action: RecoverAction, kept: readonly string[]): {kept: string; next?: string} {
  if (action === 'archive') return {kept: kept.join(', '), next: 'u takes it back'}
  if (action === 'leave') return {kept: 'all of it; it is not proposed again', next: 'u takes it back'}
  return {kept: 'nothing was overwritten or deleted'}
}

/** What Enter does with the selected row. */
const WILL: Readonly<Record<RecoverAction, string>> = {
  resume: 'an agent continues it in its worktree',
  'open-pull': 'its branch is pushed and a pull request opened for review; nothing merges by itself',
  archive: 'it goes into a rescue ref first, then its branch or worktree is removed; u takes it back',
  leave: 'it stays as it is and is not proposed again',
}

/** What is known of the selected orphan, and what Enter does. */
export function orphanNotes({issue, place, files, lines, tests, conflicts, pull, proposal, why}: Orphan): Line[] {
  const where = {here: 'here', remote: 'on the remote', both: 'here and on the remote'}[place]
  const facts = [
    ...(issue === null ? [] : [`#${issue}`]),
    where,
    `${count(files, 'file')}, ${count(lines, 'line')}, ${count(tests, 'test file')}`,
    ...(pull ? [`#${pull.number} ${pull.state}`] : []),
  ]
  const clash = conflicts?.length ? ` · conflicts in ${conflicts.slice(0, 3).join(', ')}` : ''
  return [
    [],
    [{text: safeLine(why)}, {text: safeLine(clash), tone: 'bad'}],
    [{text: facts.join(' · '), tone: 'muted'}],
    [
      {text: 'Enter: ', tone: 'accent'},
      {text: WILL[proposal], tone: 'muted'},
    ],
  ]
}
