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
    command: 'recover.mark',
    keys: ['v'],
    help: 'mark the orphan; what is done then is done with all marked',
    run: context => mark(context, (one, other) => one === other),
  },
  {
    ...IN_LIST,
    command: 'recover.mark-alike',
    keys: ['V'],
    help: 'mark all orphans with the same proposal',
    run: context => mark(context, (one, other) => one.proposal === other.proposal),
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
  context.store.apply(openDialog({kind: 'orphans', orphans, index: 0, all: false, marked: []}))
  await loadOrphans(context, {all: false})
}

async function showAll(context: CommandContext): Promise<void> {
  const dialog = context.store.getState().ui.dialogs.at(-1)
  if (dialog?.kind !== 'orphans') return
  const all = !dialog.all
  const orphans = {state: 'loading', since: context.now()} as const
  context.store.apply(changeDialog('orphans', shown => ({...shown, orphans, index: 0, all, marked: []})))
  await loadOrphans(context, {all})
}

async function loadOrphans({store, operations}: CommandContext, {all}: {all: boolean}): Promise<void> {
  const orphans = await operations.load(daemon => daemon.call('orphans', all ? {all} : {}))
  store.apply(
    changeDialog('orphans', dialog =>
      dialog.all === all ? {...dialog, orphans, index: keptIndex(orphans, dialog.index)} : dialog,
    ),
  )
}

/** Marks what is like the selected orphan, or takes the marks off if all of it is marked. */
function mark({store}: CommandContext, isAlike: (one: Orphan, other: Orphan) => boolean): void {
  store.apply(
    changeDialog('orphans', dialog => {
      const all = dialog.orphans.state === 'ready' ? dialog.orphans.value : []
      const selected = all[dialog.index]
      if (!selected) return dialog
      const names = all.filter(orphan => isAlike(orphan, selected)).map(({name}) => name)
      const isMarked = names.every(name => dialog.marked.includes(name))
      const others = dialog.marked.filter(name => !names.includes(name))
      return {...dialog, marked: isMarked ? others : [...others, ...names]}
    }),
  )
}

/** Does one thing with the marked orphans, or else the selected one; without `action`, what is proposed for each. */
async function recover(context: CommandContext, action?: RecoverAction): Promise<void> {
  const {store, operations} = context
  const dialog = store.getState().ui.dialogs.at(-1)
  if (dialog?.kind !== 'orphans' || dialog.orphans.state !== 'ready') return
  const all = dialog.orphans.value
  const marked = all.filter(({name}) => dialog.marked.includes(name))
  const chosen = marked.length > 0 ? marked : all.slice(dialog.index, dialog.index + 1)
  if (chosen.length === 0) return store.apply(closeDialog)
  // One group: a single undo takes all of it back, and the daemon scans once.
  const group = chosen.length > 1 ? {group: crypto.randomUUID()} : {}
  let done = 0
  for (const {kind, name, proposal} of chosen) {
    const wanted = action ?? proposal
    const count = chosen.length > 1 ? ` (${done + 1} of ${chosen.length})` : ''
    const recovered = await operations.ask(`${DOING[wanted]} ${safeLine(name)}${count}`, daemon =>
      daemon.call('recover', {kind, name, action: wanted, ...group}),
    )
    // A refusal was shown; the others are not begun, as it may hold for them too.
    if (!recovered) break
    done++
    if (chosen.length === 1) operations.notify({level: 'info', text: recovered.done, ...after(wanted, recovered.kept)})
  }
  if (chosen.length > 1) {
    operations.notify({level: 'info', text: `${done} of ${chosen.length} done`, next: 'u takes back what was put away'})
  }
  store.apply(changeDialog('orphans', shown => ({...shown, marked: []})))
  await loadOrphans(context, dialog)
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
  'open-pull': 'a pull request is opened for review; it does not merge by itself',
  archive: 'saved in a rescue ref, then removed; u takes it back',
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
  const clash = (conflicts ?? []).slice(0, 3).join(', ')
  return [
    [],
    [{text: safeLine(why)}],
    [
      {text: facts.join(' · '), tone: 'muted'},
      {text: clash === '' ? '' : ' · ', tone: 'muted'},
      {text: safeLine(clash), tone: 'bad'},
    ],
    [
      {text: 'Enter: ', tone: 'accent'},
      {text: WILL[proposal], tone: 'muted'},
    ],
  ]
}
