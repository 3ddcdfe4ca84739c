import type {Clock} from '../../base/clock.ts'
import type {Operations} from '../connection/operations.ts'
import {keptIndex} from '../dialogs/dialog-spec.ts'
import type {ClientStore} from '../state/client-store.ts'
import type {Dialog} from '../state/dialog.ts'
import {changeDialog} from '../state/update.ts'
import {memoryQuery} from './memory-query.ts'

/** A search is sent when nothing was typed for so long. */
const AFTER_MS = 150

/** Looks for memories as a person types: one search at a time, and the last one that was typed always. */
export function searchMemories(options: {store: ClientStore; operations: Operations; clock: Clock}): Disposable {
  const {store, operations, clock} = options
  let timer: Disposable | null = null
  let searching = false

  const wanted = () => {
    const dialog = store.getState().ui.dialogs.findLast(isMemory)
    return dialog && dialog.text !== dialog.asked ? dialog.text : null
  }

  function later(ms: number): void {
    timer?.[Symbol.dispose]()
    timer = clock.after(ms, () => void search())
  }

  async function search(): Promise<void> {
    const text = wanted()
    if (text === null || searching) return
    searching = true
    store.apply(changeDialog('memory', dialog => ({...dialog, asked: text})))
    const found = await operations.load(daemon => daemon.call('recall', memoryQuery(text)))
    searching = false
    store.apply(
      changeDialog('memory', dialog => ({
        ...dialog,
        found,
        index: keptIndex(found, dialog.index),
        whole: found.state === 'ready' && found.value.length > 0 ? dialog.whole : null,
      })),
    )
    if (wanted() !== null) later(0)
  }

  const unsubscribe = store.subscribe((state, before) => {
    if (state.ui.dialogs === before.ui.dialogs) return
    const [now, then] = [state.ui.dialogs.findLast(isMemory), before.ui.dialogs.findLast(isMemory)]
    if (now === undefined || now.text === now.asked || searching) return
    // The first search, and one after a change, need not wait for a person to end typing.
    if (now.asked === null) later(0)
    else if (now.text !== then?.text) later(AFTER_MS)
  })
  return {
    [Symbol.dispose]() {
      unsubscribe()
      timer?.[Symbol.dispose]()
    },
  }
}

function isMemory(dialog: Dialog): dialog is Extract<Dialog, {kind: 'memory'}> {
  return dialog.kind === 'memory'
}
