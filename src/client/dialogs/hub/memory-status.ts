import {safeLine} from '../../../base/text.ts'
import type {Memory, MemoryStatus} from '../../../model/hub/memory/memory.ts'
import type {CommandContext} from '../../commands/binding.ts'
import {changeDialog, closeDialog} from '../../state/update.ts'
import type {Line} from '../../text/line.ts'
import {wrapText} from '../../text/wrap.ts'
import type {DialogOf, DialogSpec} from '../dialog-spec.ts'
import {numbered} from '../lines.ts'

/** Asks before a memory is resolved, deprecated or put in force again. */
export const MEMORY_STATUS: DialogSpec<DialogOf<'memory-status'>> = {
  context: 'dialog',
  height: ({memory, status}, width) => statusLines(memory, status, width).length,
  confirm(context, {memory, status}) {
    context.store.apply(closeDialog)
    void change(context, memory, status)
  },
}

const DOES: Readonly<Record<MemoryStatus, readonly string[]>> = {
  active: ['sessions are given it again at their start'],
  resolved: ['searches still find it, after what is in force', 'u puts it in force again'],
  deprecated: [
    'no session is given it, and searches leave it out unless they say status:all',
    'u puts it in force again',
  ],
  superseded: [],
}

/** The memory, and what becomes of it. */
export function statusLines({title}: Pick<Memory, 'title'>, status: MemoryStatus, width: number): Line[] {
  return [...wrapText(safeLine(title), width), [], ...numbered([...DOES[status], 'its words stay as they are'], width)]
}

async function change({store, operations}: CommandContext, {ref}: Memory, status: MemoryStatus): Promise<void> {
  const changed = await operations.ask(`changing memory ${ref}`, daemon => daemon.call('memoryStatus', {ref, status}))
  if (!changed) return
  operations.notify({level: 'info', text: `memory ${ref} is ${status}`})
  // It may no longer be among what was found.
  store.apply(changeDialog('memory', open => ({...open, asked: null})))
}
