import {safeLine} from '../../base/text.ts'
import type {CommandContext} from '../commands/binding.ts'
import {changeDialog, closeDialog, openDialog} from '../state/update.ts'
import type {Line} from '../text/line.ts'
import {wrapText} from '../text/wrap.ts'
import type {DialogOf, DialogSpec} from './dialog-spec.ts'
import {loadedHeight} from './lines.ts'

/** A person's last step that put work away, and a question whether to take it back. */
export const UNDO: DialogSpec<DialogOf<'undo'>> = {
  context: 'dialog',
  height: ({step}, width) => loadedHeight(step, width, value => undoLines(value, width).length),
  loaded: ({step}) => step,
  confirm(context, {step}) {
    context.store.apply(closeDialog)
    if (step.state === 'ready' && step.value !== null) void undo(context, step.value.at)
  },
}

export async function openUndo({store, operations, now}: CommandContext): Promise<void> {
  store.apply(openDialog({kind: 'undo', step: {state: 'loading', since: now()}}))
  const step = await operations.load(daemon => daemon.call('undo', {dryRun: true}))
  store.apply(changeDialog('undo', dialog => ({...dialog, step})))
}

async function undo({operations}: CommandContext, at: string): Promise<void> {
  const undone = await operations.ask('taking the last step back', daemon => daemon.call('undo', {at}))
  if (!undone) return
  operations.notify({
    level: 'info',
    text: `taken back: ${safeLine(undone.what)}`,
    kept: undone.done.map(safeLine).join('; '),
  })
}

export function undoLines(step: {what: string; by: string} | null, width: number): Line[] {
  if (step === null) return [[{text: 'there is nothing to undo'}]]
  return [
    ...wrapText(safeLine(`${step.what}, by ${step.by}`), width),
    [],
    ...wrapText('what was put away comes back; nothing that is there now is overwritten', width, {tone: 'muted'}),
  ]
}
