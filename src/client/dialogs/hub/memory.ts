import type {Memory, MemoryStatus} from '../../../model/hub/memory/memory.ts'
import type {Binding, CommandContext} from '../../commands/binding.ts'
import {memoryLines} from '../../hub/memory-lines.ts'
import type {ClientState} from '../../state/state.ts'
import {changeDialog, closeDialog, openDialog} from '../../state/update.ts'
import {clamp, type DialogOf, type DialogSpec, movedIndex} from '../dialog-spec.ts'

type MemoryDialog = DialogOf<'memory'>

/** What sessions learned: a line to search in, what it finds, and the selected one in full. */
export const MEMORY: DialogSpec<MemoryDialog> = {
  context: ({typing}) => (typing ? 'text' : 'memory'),
  height: 'screen',
  covers: 'panes',
  loaded: ({found}) => found,
  edited: (dialog, change) => ({...dialog, text: change(dialog.text), index: 0}),
  scrolled(dialog, rows, {content: {width, height}}) {
    if (dialog.whole === null) return {...dialog, index: movedIndex(dialog.found, dialog.index, rows)}
    const memory = selectedIn(dialog)
    const lines = memory ? memoryLines(memory, width).length : 0
    return {...dialog, whole: clamp(dialog.whole + rows, lines - height)}
  },
  /** From the line into the list, from the list to one memory alone, and back. */
  confirm({store}, dialog) {
    if (dialog.typing) store.apply(changeDialog('memory', open => ({...open, typing: false})))
    else if (selectedIn(dialog)) {
      store.apply(changeDialog('memory', open => ({...open, whole: open.whole === null ? 0 : null})))
    }
  },
  cancel({store}, {whole, typing, text}) {
    if (whole !== null) store.apply(changeDialog('memory', open => ({...open, whole: null})))
    else if (typing && text !== '') store.apply(changeDialog('memory', open => ({...open, typing: false})))
    else store.apply(closeDialog)
  },
}

const IN_MEMORY = {group: 'dialog', where: ['memory']} as const
const CHANGES = {...IN_MEMORY, needs: 'daemon', writes: true} as const

export const MEMORY_KEYS = [
  {
    ...IN_MEMORY,
    command: 'memory.search',
    keys: ['/'],
    help: 'search by words, type:fix, tag:docker, file:src, status:all',
    run: ({store}) => store.apply(changeDialog('memory', open => ({...open, typing: true, whole: null}))),
  },
  {
    ...CHANGES,
    command: 'memory.resolve',
    keys: ['r'],
    help: 'mark the memory as resolved; asks first',
    disabled: state => notTo(state, 'resolved'),
    run: context => ask(context, 'resolved'),
  },
  {
    ...CHANGES,
    command: 'memory.deprecate',
    keys: ['d'],
    help: 'mark the memory as no longer true; asks first',
    disabled: state => notTo(state, 'deprecated'),
    run: context => ask(context, 'deprecated'),
  },
  {
    ...CHANGES,
    command: 'memory.activate',
    keys: ['u'],
    help: 'put a resolved or deprecated memory in force again; asks',
    disabled: state => notTo(state, 'active'),
    run: context => ask(context, 'active'),
  },
] as const satisfies readonly Binding[]

export function openMemory({store, now}: CommandContext): void {
  const found = {state: 'loading', since: now()} as const
  store.apply(openDialog({kind: 'memory', text: '', asked: null, typing: true, found, index: 0, whole: null}))
}

export function selectedIn({found, index}: Pick<MemoryDialog, 'found' | 'index'>): Memory | undefined {
  return found.state === 'ready' ? found.value[index] : undefined
}

function selected({ui}: ClientState): Memory | undefined {
  const dialog = ui.dialogs.findLast((open): open is MemoryDialog => open.kind === 'memory')
  return dialog && selectedIn(dialog)
}

function notTo(state: ClientState, status: MemoryStatus): string | null {
  const memory = selected(state)
  if (!memory) return 'no memory is selected'
  if (memory.status === 'superseded') return `${memory.ref} was replaced by ${memory.supersededBy ?? 'another'}`
  return memory.status === status ? `it is ${status} already` : null
}

function ask({store}: CommandContext, status: MemoryStatus): void {
  const memory = selected(store.getState())
  if (memory) store.apply(openDialog({kind: 'memory-status', memory, status}))
}
