import type {Binding, CommandContext} from '../commands/binding.ts'
import {ticketInFocus} from '../commands/in-focus.ts'
import {fileBeside, parseDiff} from '../detail/diff.ts'
import {changeDialog, openDialog} from '../state/update.ts'
import {clamp, type DialogOf, type DialogSpec} from './dialog-spec.ts'

/** What a ticket's branch changes against main. */
export const DIFF: DialogSpec<DialogOf<'diff'>> = {
  context: 'diff',
  height: 'screen',
  covers: 'body',
  loaded: ({diff}) => diff,
  scrolled(dialog, rows) {
    if (dialog.diff.state !== 'ready') return dialog
    return {...dialog, top: clamp(dialog.top + rows, parseDiff(dialog.diff.value).lines.length - 1)}
  },
}

export const DIFF_KEYS = [
  {
    command: 'diff.next-file',
    keys: ['n'],
    help: 'next file of the diff',
    group: 'dialog',
    where: ['diff'],
    run: context => goToFile(context, 1),
  },
  {
    command: 'diff.previous-file',
    keys: ['p'],
    help: 'previous file of the diff',
    group: 'dialog',
    where: ['diff'],
    run: context => goToFile(context, -1),
  },
] as const satisfies readonly Binding[]

export async function openDiff({store, operations, now}: CommandContext): Promise<void> {
  const ticket = ticketInFocus(store.getState())
  if (ticket === undefined) return
  store.apply(openDialog({kind: 'diff', ticket, diff: {state: 'loading', since: now()}, top: 0}))
  const diff = await operations.load(daemon => daemon.call('diff', {ticket}))
  store.apply(changeDialog('diff', dialog => (dialog.ticket === ticket ? {...dialog, diff} : dialog)))
}

function goToFile({store}: CommandContext, step: 1 | -1): void {
  store.apply(
    changeDialog('diff', dialog => {
      const line = dialog.diff.state === 'ready' ? fileBeside(parseDiff(dialog.diff.value), dialog.top, step) : null
      return line === null ? dialog : {...dialog, top: line}
    }),
  )
}
